using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>One shard of the replay buffer of a deterministic run, from one barrier to the next: what a shard's actor does, without the actor.</summary>
internal sealed class DeterministicShard : IDisposable
{
    private readonly int _index;
    private readonly long _incarnation;
    private readonly ReplayBuffer _buffer;
    private readonly RandomSource _random;
    private long _environmentSteps;

    /// <summary>Makes a shard of its own memory.</summary>
    /// <param name="index">The shard's index.</param>
    /// <param name="incarnation">Under which its inserts are counted; larger after each barrier.</param>
    /// <param name="layout">The network's shape: what it takes is what a shard holds.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="seed">What its draws derive from.</param>
    public DeterministicShard(int index, long incarnation, NetworkLayout layout, TrainingOptions options, ulong seed)
    {
        _index = index;
        _incarnation = incarnation;
        StreamShape shape = new(options.Runner.Fragment, options.Runner.Environments, options.Learner.NStep);
        _buffer = new ReplayBuffer(ReplayShardActor.ShardCapacity(options.Replay, index), layout.Observation, options.Replay, shape);
        _random = new RandomSource(seed, SeedStreams.Replay + (ulong)index);
    }

    /// <summary>What it holds; to be filled once with what it held before the barrier.</summary>
    public ReplayBuffer Buffer => _buffer;

    /// <summary>Its account.</summary>
    public ReplayProtocol.ShardState State() =>
        new(_index, _incarnation, _buffer.Inserts, _environmentSteps, _buffer.Count, _buffer.Mass)
        {
            Position = _buffer.NextKey,
            MinimumMass = _buffer.Count == 0 ? 0 : _buffer.MinimumMass,
            LargestPriority = _buffer.LargestPriority,
            HoldsAtMost = _buffer.HoldsAtMost,
        };

    /// <summary>Inserts a fragment.</summary>
    /// <param name="batch">The transitions.</param>
    /// <param name="environmentSteps">Agent decisions behind them.</param>
    public void Insert(TransitionBatch batch, int environmentSteps)
    {
        _buffer.Append(batch);
        _environmentSteps += environmentSteps;
    }

    /// <summary>Draws its part of a round.</summary>
    /// <param name="request">The round's number.</param>
    /// <param name="counts">Transitions of each batch.</param>
    /// <param name="largestPriority">The largest priority of all shards.</param>
    public ReplayProtocol.SampleReply Sample(long request, IReadOnlyList<int> counts, double largestPriority)
    {
        _buffer.RaiseLargestPriority(largestPriority);
        return new ReplayProtocol.SampleReply(request, _buffer.Sample(counts, _random), State());
    }

    /// <summary>Gives transitions new priorities.</summary>
    public void Update(ReplayProtocol.UpdatePriorities update) => _buffer.UpdatePriorities(update.Keys, update.AbsoluteTdErrors);

    /// <inheritdoc />
    public void Dispose() => _buffer.Dispose();
}
