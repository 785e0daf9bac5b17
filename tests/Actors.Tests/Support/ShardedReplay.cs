using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// A buffer in shards without actors: the learner's planner and rounds over real buffers, and beside them a plain list of what is held.
/// Every transition has a number of its own, which is its return.
/// </summary>
internal sealed class ShardedReplay : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly Shard[] _shards;
    private readonly RandomSource _random = new(11);
    private readonly List<float> _errors = [];
    private float _largestError = 1;

    public ShardedReplay(TrainingOptions options, int[] capacities)
    {
        _options = options with { Replay = options.Replay with { Shards = capacities.Length, Capacity = capacities.Sum(), SamplesPerInsert = 0, MinSize = 1 } };
        _shards = [.. capacities.Select(capacity => new Shard(capacity, MakeBuffer(capacity)))];
        Planner = new SamplePlanner(_options, new RandomSource(12));
    }

    public TrainingOptions Options => _options;

    public SamplePlanner Planner { get; }

    /// <summary>Transitions of one batch over all rounds of <see cref="NextRound"/>.</summary>
    public int BatchSize => _options.Learner.BatchSize;

    /// <summary>Transitions ever inserted: their numbers are below.</summary>
    public int Numbers => _errors.Count;

    /// <summary>Inserts transitions with |δ|, or with the largest priority so far.</summary>
    public void Insert(int shard, int count, Func<int, float>? errorOf)
    {
        int first = _errors.Count;
        float[] errors = errorOf is null ? [] : [.. Enumerable.Range(first, count).Select(errorOf)];
        // As a shard is told by the learner's next message.
        _shards[shard].Buffer.RaiseLargestPriority(Planner.Accounts.LargestPriority);
        foreach (int[] part in Enumerable.Range(0, count).Chunk(64))
        {
            _shards[shard].Buffer.Append(Make.Batch(part.Length, first + part[0], errors.Length == 0 ? [] : [.. part.Select(i => errors[i])]));
        }

        _errors.AddRange(errors.Length > 0 ? errors : Enumerable.Repeat(_largestError, count));
        _largestError = Math.Max(_largestError, errors.DefaultIfEmpty().Max());
        _shards[shard].Numbers.AddRange(Enumerable.Range(first, count));
        _shards[shard].Numbers.RemoveRange(0, Math.Max(0, _shards[shard].Numbers.Count - _shards[shard].Capacity));
        Report(shard);
    }

    /// <summary>A shard begins anew, empty.</summary>
    public void Restart(int shard)
    {
        _shards[shard].Buffer.Dispose();
        _shards[shard].Buffer = MakeBuffer(_shards[shard].Capacity);
        _shards[shard].Incarnation++;
        _shards[shard].Numbers.Clear();
        Report(shard);
        Planner.GiveUpOn(shard);
    }

    /// <summary>Plans a round and has it drawn.</summary>
    /// <param name="isReported">Whether the learner takes note of the accounts that come with the draws.</param>
    public SampleRound NextRound(bool isReported = true)
    {
        SampleRound round = Planner.TryPlan()!;
        SampleRound? complete = null;
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (round.Counts[shard] is { } counts)
            {
                ReplayProtocol.SampleReply reply = new(round.Number, _shards[shard].Buffer.Sample(counts, _random), State(shard));
                complete = Planner.Complete(reply);
                if (isReported)
                {
                    Planner.Accounts.Apply(reply.State);
                }
            }
        }

        Assert.Same(round, complete);
        return round;
    }

    /// <summary>Draws as often as asked, at least.</summary>
    /// <returns>How often each transition was drawn, by number.</returns>
    public long[] Draw(int draws, bool isReported = true)
    {
        long[] drawn = new long[_errors.Count];
        TrainingBatch batch = new(BatchSize, Make.ObservationSize);
        double[] probabilities = new double[BatchSize];
        for (long sum = 0; sum < draws;)
        {
            SampleRound round = NextRound(isReported);
            for (int index = 0; index < round.Batches; index++)
            {
                round.Fill(index, batch, probabilities);
                Assert.Equal(BatchSize, batch.Count);
                sum += batch.Count;
                foreach (float number in batch.Returns)
                {
                    drawn[(int)number]++;
                }
            }
        }

        return drawn;
    }

    /// <summary>Gives new |δ| to what is drawn in some rounds, by way of the learner's messages.</summary>
    public void Update(int rounds, Func<int, float> errorOf)
    {
        TrainingBatch batch = new(BatchSize, Make.ObservationSize);
        for (int i = 0; i < rounds; i++)
        {
            SampleRound round = NextRound();
            List<float> errors = [];
            for (int index = 0; index < round.Batches; index++)
            {
                round.Fill(index, batch, new double[BatchSize]);
                foreach (int number in batch.Returns.ToArray().Select(number => (int)number))
                {
                    _errors[number] = errorOf(number);
                    _largestError = Math.Max(_largestError, _errors[number]);
                    errors.Add(_errors[number]);
                }
            }

            foreach (ReplayProtocol.UpdatePriorities update in round.Priorities([.. errors]))
            {
                Assert.Equal(_shards[update.Shard].Incarnation, update.Incarnation);
                _shards[update.Shard].Buffer.UpdatePriorities(update.Keys, update.AbsoluteTdErrors);
            }

            Report();
        }
    }

    /// <summary>Changes |δ| behind the learner's back.</summary>
    public void Disturb(int shard, Func<int, float> errorOf)
    {
        long first = _shards[shard].Buffer.Inserts - _shards[shard].Numbers.Count;
        long[] keys = [.. Enumerable.Range(0, _shards[shard].Numbers.Count).Select(i => first + i)];
        foreach (int number in _shards[shard].Numbers)
        {
            _errors[number] = errorOf(number);
        }

        _shards[shard].Buffer.UpdatePriorities(keys, [.. _shards[shard].Numbers.Select(number => _errors[number])]);
    }

    /// <summary>Probabilities of all transitions by number, as one buffer has them that holds what all shards hold.</summary>
    public double[] SingleBuffer()
    {
        int[] held = [.. _shards.SelectMany(shard => shard.Numbers)];
        using ReplayBuffer single = MakeBuffer(held.Length);
        foreach (int[] part in held.Chunk(64))
        {
            foreach (int number in part)
            {
                single.Append(Make.Batch(1, number, [_errors[number]]));
            }
        }

        double[] masses = single.ReadOldest(0, held.Length).Masses;
        double[] probabilities = new double[_errors.Count];
        for (int i = 0; i < held.Length; i++)
        {
            probabilities[held[i]] = masses[i] / single.Mass;
        }

        return probabilities;
    }

    /// <summary>The sampling mass of a transition by the definition.</summary>
    public double MassOf(int number) => _options.Replay.Prioritized ? Math.Pow(_errors[number] + _options.Replay.PriorityEpsilon, _options.Replay.Alpha) : 1;

    /// <summary>Numbers of the transitions that a shard holds.</summary>
    public IReadOnlyList<int> Held(int shard) => _shards[shard].Numbers;

    /// <summary>The shards report to the learner.</summary>
    public void Report()
    {
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            Report(shard);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Shard shard in _shards)
        {
            shard.Buffer.Dispose();
        }
    }

    private void Report(int shard) => Assert.True(Planner.Accounts.Apply(State(shard)));

    private ReplayProtocol.ShardState State(int shard)
    {
        ReplayBuffer buffer = _shards[shard].Buffer;
        return new(shard, _shards[shard].Incarnation, buffer.Inserts, buffer.Inserts, buffer.Count, buffer.Mass)
        {
            MinimumMass = buffer.Count == 0 ? 0 : buffer.MinimumMass,
            LargestPriority = buffer.LargestPriority,
        };
    }

    private ReplayBuffer MakeBuffer(int capacity) => new(capacity, Make.Layout(_options).Observation, _options.Replay);

    private sealed class Shard(int capacity, ReplayBuffer buffer)
    {
        public int Capacity { get; } = capacity;

        public ReplayBuffer Buffer { get; set; } = buffer;

        public long Incarnation { get; set; } = 1;

        public List<int> Numbers { get; } = [];
    }
}
