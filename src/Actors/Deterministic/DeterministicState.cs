using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The whole state of a deterministic run at a barrier: from here the run goes on in one way only.</summary>
internal sealed record DeterministicState
{
    /// <summary>The barrier's number; 0 is the start.</summary>
    public required long Barrier { get; init; }

    /// <summary>Networks and optimizer.</summary>
    public required TrainerState Trainer { get; init; }

    /// <summary>The learner's counters (<see cref="LearnerCounters"/>), the limiter's and the shards' accounts among them.</summary>
    public required IReadOnlyDictionary<string, long> Counters { get; init; }

    /// <summary>The online policy.</summary>
    public required PolicySnapshot Snapshot { get; init; }

    /// <summary>What each shard holds.</summary>
    public required IReadOnlyList<ShardContents> Shards { get; init; }

    /// <summary>What the run has seen.</summary>
    public required RunCourse Course { get; init; }

    /// <summary>The policy to use: the best evaluated, the newest where none was.</summary>
    public PolicySnapshot Policy => Course.Best ?? Snapshot;

    /// <summary>Environment steps of the run.</summary>
    public long Steps => Counters.GetValueOrDefault(CounterNames.Steps);

    /// <summary>The start of a run: networks from its seed, nothing else.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    public static DeterministicState Begin(NetworkLayout layout, TrainingOptions options)
    {
        using LearningProcess process = new(layout, options);
        return new DeterministicState
        {
            Barrier = 0,
            Trainer = process.Capture(),
            Counters = LearnerCounters.Write(new SamplePlanner(options, new RandomSource(options.Run.Seed)), 0, 0, 0, 0),
            Snapshot = new PolicySnapshot(0, 0, 0, 0, process.CopyParameters()),
            Shards = [.. Enumerable.Repeat(ShardContents.Empty, options.Replay.Shards)],
            Course = RunCourse.Begin(options),
        };
    }

    /// <summary>Why the run is at its end here, or null where it goes on.</summary>
    /// <param name="stop">When runs end.</param>
    public StopReason? End(StopOptions stop) =>
        Course.IsDecided && Course.BestResult?.Mean >= stop.Score ? StopReason.Score
        : stop.Steps > 0 && Steps >= stop.Steps ? StopReason.Steps
        : null;
}
