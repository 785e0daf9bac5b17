namespace DqnAkka.Actors;

/// <summary>The learner's counters as a checkpoint holds them.</summary>
internal static class LearnerCounters
{
    /// <summary>Everything that another learner needs to go on with the same account.</summary>
    public static Dictionary<string, long> Write(SamplePlanner planner, long updates, long generation, long elapsedMilliseconds)
    {
        Dictionary<string, long> counters = new()
        {
            [CounterNames.Steps] = planner.Accounts.EnvironmentSteps,
            [CounterNames.Updates] = updates,
            [CounterNames.Inserts] = planner.Accounts.Inserts,
            [CounterNames.Samples] = planner.Samples,
            [CounterNames.Generation] = generation,
            [CounterNames.ElapsedMilliseconds] = elapsedMilliseconds,
        };
        foreach (ShardRecord record in planner.Accounts.Records())
        {
            counters[CounterNames.ShardIncarnation(record.Shard)] = record.Incarnation;
            counters[CounterNames.ShardInserts(record.Shard)] = record.Inserts;
            counters[CounterNames.ShardSteps(record.Shard)] = record.EnvironmentSteps;
            counters[CounterNames.ShardPosition(record.Shard)] = record.Position;
        }

        return counters;
    }

    /// <summary>Goes on from them.</summary>
    public static void Read(IReadOnlyDictionary<string, long> counters, SamplePlanner planner)
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
                    counters.GetValueOrDefault(CounterNames.ShardPosition(shard))));
            }
        }

        planner.Restore(
            counters.GetValueOrDefault(CounterNames.Inserts),
            counters.GetValueOrDefault(CounterNames.Steps),
            counters.GetValueOrDefault(CounterNames.Samples),
            records);
        Incarnations.Observe(counters.GetValueOrDefault(CounterNames.Generation));
    }
}
