using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

/// <summary>Stored transitions that lie in memory.</summary>
internal sealed class MemoryReplay(ReplayDescription description, params MemoryShard[] shards) : IReplayContents
{
    public ReplayDescription Description => description;

    public IReadOnlyList<IShardContents> Shards => shards;

    public MissingShards Missing => MissingShards.None;

    public void Dispose()
    {
    }

    /// <summary>
    /// Random episodes of random lengths, of several environments in turn, with stacked frames and n-step returns, in shards that hold the
    /// newest of them.
    /// </summary>
    public static MemoryReplay Random(ulong seed, ObservationFormat format, int steps, int shards, int transitions)
    {
        ReplayDescription description = Describe(format) with { NStep = steps, IsPrioritized = true, Alpha = 0.6, PriorityEpsilon = 1e-6 };
        RandomSource random = new(seed, 0);
        return new MemoryReplay(description, [.. Enumerable.Range(0, shards).Select(shard => MemoryShard.Random(random, description, shard, transitions))]);
    }

    public static ReplayDescription Describe(ObservationFormat format) => new()
    {
        Observation = format,
        Environment = "CartPole-v1",
        ActionCount = 3,
        Gamma = 0.97,
        Algorithm = "double-dqn",
        Seed = ulong.MaxValue,
        Steps = 12_345,
    };
}

internal sealed class MemoryShard(ShardDescription description, ReplayRows rows) : IShardContents
{
    private const int Environments = 3;

    public ShardDescription Description => description;

    public ReplayRows Rows => rows;

    public IEnumerable<ReplayRows> Read(int maxRows)
    {
        for (int first = 0; first < rows.Keys.Length; first += maxRows)
        {
            int count = Math.Min(maxRows, rows.Keys.Length - first);
            TransitionBatchBuilder builder = new(count, rows.Transitions.Format);
            for (int row = first; row < first + count; row++)
            {
                TransitionBatch all = rows.Transitions;
                builder.AddPacked(0, all.Observation(row), all.Actions[row], all.Returns[row], all.Discounts[row], (EpisodeEnd)all.Ends[row], all.NextObservation(row));
            }

            yield return new ReplayRows(builder.Build(), rows.Masses[first..(first + count)], rows.Keys[first..(first + count)]);
        }
    }

    public static MemoryShard Random(RandomSource random, ReplayDescription description, int shard, int transitions)
    {
        ObservationFormat format = description.Observation;
        TransitionBatchBuilder builder = new(transitions, format, Environments, description.NStep);
        NStepAccumulator accumulator = new(Environments, format.Size, description.NStep, description.Gamma);
        float[][] current = [.. Enumerable.Range(0, Environments).Select(_ => Observation(random, format))];
        while (builder.Count < transitions)
        {
            for (int environment = 0; environment < Environments; environment++)
            {
                float[] next = Shifted(random, format, current[environment]);
                bool terminated = random.NextInt(7) == 0;
                bool truncated = random.NextInt(9) == 0;
                accumulator.Append(
                    environment, current[environment], random.NextInt(description.ActionCount), random.NextDouble() - 0.5, terminated, truncated, next, builder);
                current[environment] = terminated || truncated ? Observation(random, format) : next;
            }
        }

        TransitionBatch batch = builder.Build();
        long firstKey = random.NextInt(1_000_000);
        ReplayRows rows = new(
            batch,
            [.. Enumerable.Range(0, batch.Count).Select(_ => Math.Exp((random.NextDouble() * 8) - 6))],
            [.. Enumerable.Range(0, batch.Count).Select(row => firstKey + (2L * row))]);
        ShardDescription account = new()
        {
            Shard = shard,
            Count = batch.Count,
            NextKey = firstKey + (2L * batch.Count),
            Capacity = batch.Count + 5,
            Incarnation = 1_700_000_000_000 + shard,
            Inserts = firstKey + batch.Count,
            Inherited = batch.Count,
            Evicted = firstKey + batch.Count,
            Bytes = 4_096,
            State = "whole",
        };
        return new MemoryShard(account, rows);
    }

    private static float[] Observation(RandomSource random, ObservationFormat format) => [.. Enumerable.Range(0, format.Size).Select(_ => Component(random, format))];

    /// <summary>The next stack: the same frames but for the oldest, and a new one.</summary>
    private static float[] Shifted(RandomSource random, ObservationFormat format, float[] observation) =>
        [.. observation[format.FrameSize..], .. Enumerable.Range(0, format.FrameSize).Select(_ => Component(random, format))];

    private static float Component(RandomSource random, ObservationFormat format) => format.Type switch
    {
        ObservationType.Float32 => (float)((random.NextDouble() * 20) - 10),
        ObservationType.UInt8 => random.NextInt(256),
        _ => random.NextInt(2),
    };
}
