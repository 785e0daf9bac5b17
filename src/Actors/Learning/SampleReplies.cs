using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Takes in what shards answer: puts replies together that came in pieces, and holds them against what was asked for.</summary>
internal sealed class SampleReplies
{
    private const long SmallestBound = 16L << 20;
    private const long MostGranted = 1L << 40;
    private readonly NetworkLayout _layout;
    private readonly ISampleRequests _requests;
    private readonly int _shards;
    private readonly PartAssembly<(long Request, int Shard)> _parts;

    /// <summary>Starts with nothing; what is held is bounded by what may be asked for at once.</summary>
    public SampleReplies(NetworkLayout layout, TrainingOptions options, ISampleRequests requests)
    {
        _layout = layout;
        _requests = requests;
        _shards = options.Replay.Shards;
        long rowBytes = (2L * layout.Observation.Bytes) + (3 * sizeof(float)) + sizeof(long) + sizeof(double);
        long rows = (long)options.Learner.BatchSize * options.Learner.BatchesPerRequest * (options.Learner.Prefetch + 1);
        _parts = new PartAssembly<(long, int)>(SmallestBound + (2 * rows * rowBytes), options.Replay.Shards * (options.Learner.Prefetch + 1));
    }

    /// <summary>Takes a piece of a reply.</summary>
    /// <returns>The reply that it completes, or null.</returns>
    public ReplayProtocol.SampleReply? Join(ReplayProtocol.SampleReplyPart part)
    {
        if (!_requests.IsAwaited(part.Request))
        {
            _parts.DropWhere(key => !_requests.IsAwaited(key.Request));
            return null;
        }

        return _parts.AddPiece((part.Request, part.Shard), part.Index, part.Count, part.Bytes) is { } pieces ? WireParts.JoinSampleReply(pieces) : null;
    }

    /// <summary>What is wrong with a report: one line, or null.</summary>
    public string? Fault(ReplayProtocol.ShardState state) =>
        state.Shard < 0 || state.Shard >= _shards ? $"there is no replay shard {state.Shard}: all nodes must use the same dqn.replay.shards"
        : state.Count < 0 || !IsMass(state.Mass) || !IsMass(state.MinimumMass) ? $"replay shard {state.Shard} reports {state.Count} transitions of the mass {state.Mass}, the smallest {state.MinimumMass}"
        : !IsMass(state.LargestPriority) ? $"replay shard {state.Shard} reports {state.LargestPriority} as its largest priority"
        : state.Granted < state.Inserts || state.Granted - state.Inserts > MostGranted ? $"replay shard {state.Shard} reports {state.Inserts} inserts and credit up to {state.Granted}"
        : null;

    /// <summary>What is wrong with a reply: one line, or null.</summary>
    public string? Fault(ReplayProtocol.SampleReply reply)
    {
        if (Fault(reply.State) is { } fault)
        {
            return fault;
        }

        SampledTransitions samples = reply.Samples;
        return samples.Format != _layout.Observation
            ? $"replay shard {reply.State.Shard} holds observations of {samples.Format}, where {_layout.Observation} are expected: all nodes must use the same environment"
            : samples.Actions.AsSpan().ContainsAnyExceptInRange(0, _layout.ActionCount - 1)
            ? $"replay shard {reply.State.Shard} holds an action outside 0 to {_layout.ActionCount - 1}: all nodes must use the same environment"
            : HasNoMass(reply) ? $"replay shard {reply.State.Shard} gave a transition of no mass"
            : _requests.FaultOfCount(reply);
    }

    private static bool HasNoMass(ReplayProtocol.SampleReply reply)
    {
        foreach (double mass in reply.Samples.Masses)
        {
            if (!(mass > 0 && double.IsFinite(mass)))
            {
                return true;
            }
        }

        return !(reply.State.Mass > 0 && reply.State.MinimumMass > 0);
    }

    private static bool IsMass(double value) => value >= 0 && double.IsFinite(value);
}
