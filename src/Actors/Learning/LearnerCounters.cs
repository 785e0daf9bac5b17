using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The learner's counters as a checkpoint holds them.</summary>
internal static class LearnerCounters
{
    /// <summary>Name of the learner's random stream, which allots batches to shards, in a checkpoint.</summary>
    public const string RandomStream = "learner";

    /// <summary>Everything that another learner needs to go on with the same account.</summary>
    public static Dictionary<string, long> Write(SamplePlanner planner, long updates, long generation, long elapsedMilliseconds, long skippedUpdates = 0)
    {
        Dictionary<string, long> counters = new()
        {
            [CounterNames.Steps] = planner.Accounts.EnvironmentSteps,
            [CounterNames.Updates] = updates,
            [CounterNames.SkippedUpdates] = skippedUpdates,
            [CounterNames.Inserts] = planner.Accounts.Inserts,
            [CounterNames.Samples] = planner.Learned,
            [CounterNames.Generation] = generation,
            [CounterNames.ElapsedMilliseconds] = elapsedMilliseconds,
        };
        foreach ((string name, long value) in Settings(planner.Replay))
        {
            counters[name] = value;
        }

        (counters[CounterNames.LimiterInserts], counters[CounterNames.LimiterSamples]) = planner.LimiterOrigin;
        foreach (ShardRecord record in planner.Accounts.Records())
        {
            counters[CounterNames.ShardIncarnation(record.Shard)] = record.Incarnation;
            counters[CounterNames.ShardInserts(record.Shard)] = record.Inserts;
            counters[CounterNames.ShardSteps(record.Shard)] = record.EnvironmentSteps;
            counters[CounterNames.ShardPosition(record.Shard)] = record.Position;
        }

        return counters;
    }

    /// <summary>A learner, of whatever mode, goes on from a checkpoint: its account, its random stream and its count of skipped updates.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="planner">Who keeps the account.</param>
    /// <param name="random">The learner's random stream.</param>
    /// <param name="skipped">Who counts skipped updates.</param>
    public static void Read(CheckpointContent checkpoint, TrainingOptions options, SamplePlanner planner, RandomSource random, SkippedUpdates skipped)
    {
        // Of a run that is resumed without its shards' files the user knows that the buffer begins empty.
        bool expectsShards = options.Run.Resumption == 0 || options.Replay.Durable != ReplayDurability.Off;
        Read(checkpoint.Counters, planner, expectsShards);
        if (checkpoint.RandomStates.TryGetValue(RandomStream, out RandomState state))
        {
            random.Restore(state);
        }

        skipped.Total = checkpoint.Counters.GetValueOrDefault(CounterNames.SkippedUpdates);
    }

    /// <summary>Goes on from them.</summary>
    /// <param name="counters">The counters.</param>
    /// <param name="planner">Who goes on.</param>
    /// <param name="expectsShards">Whether shards should still hold what they held: where they cannot, no loss is worth a word.</param>
    public static void Read(IReadOnlyDictionary<string, long> counters, SamplePlanner planner, bool expectsShards = true)
    {
        List<ShardRecord> records = [];
        for (int shard = 0; shard < planner.Accounts.Shards; shard++)
        {
            if (counters.TryGetValue(CounterNames.ShardIncarnation(shard), out long incarnation))
            {
                records.Add(new ShardRecord(
                    shard,
                    incarnation,
                    counters.GetValueOrDefault(CounterNames.ShardInserts(shard)),
                    counters.GetValueOrDefault(CounterNames.ShardSteps(shard)),
                    expectsShards ? counters.GetValueOrDefault(CounterNames.ShardPosition(shard)) : 0));
            }
        }

        long inserts = counters.GetValueOrDefault(CounterNames.Inserts);
        long samples = counters.GetValueOrDefault(CounterNames.Samples);
        planner.Restore(inserts, counters.GetValueOrDefault(CounterNames.Steps), samples, records);
        RestoreLimiter(counters, planner, inserts, samples);
        Incarnations.Observe(counters.GetValueOrDefault(CounterNames.Generation));
    }

    /// <summary>
    /// Under the same settings the limiter goes on with its account. Under others it begins a new one here: by the old account a raised ratio
    /// would have the learner sample at once what it has not sampled in the whole run, and a lowered one would stop it for as long.
    /// </summary>
    private static void RestoreLimiter(IReadOnlyDictionary<string, long> counters, SamplePlanner planner, long inserts, long samples)
    {
        if (!counters.TryGetValue(CounterNames.LimiterInserts, out long originInserts))
        {
            // Written before settings could change: the account is the run's.
            return;
        }

        bool isSame = Settings(planner.Replay).All(setting => counters.GetValueOrDefault(setting.Name) == setting.Value);
        planner.CountFrom(isSame ? originInserts : inserts, isSame ? counters.GetValueOrDefault(CounterNames.LimiterSamples) : samples);
    }

    private static IEnumerable<(string Name, long Value)> Settings(ReplayOptions replay) =>
    [
        (CounterNames.LimiterRatioBits, BitConverter.DoubleToInt64Bits(replay.SamplesPerInsert)),
        (CounterNames.LimiterToleranceBits, BitConverter.DoubleToInt64Bits(replay.SamplesPerInsertTolerance)),
        (CounterNames.LimiterMinimumSize, replay.MinSize),
    ];
}
