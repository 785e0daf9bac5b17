using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

/// <summary>A run's folder with the files of its shards, as nodes leave it.</summary>
internal static class DurableRun
{
    public const int Shards = 2;

    public static readonly ObservationFormat Format = new(ObservationType.Float32, 2);

    /// <summary>Prioritised, of three actions, observations from 0 to 1.</summary>
    public static ShardSchema Schema(int capacity, RemovalKind removal = RemovalKind.Fifo) => ShardSchema.Of(
        "CartPole-v1", Format, 3, capacity, new ReplayOptions { Prioritized = true, Removal = removal }, 0.99, new StreamShape(16, 8, 1));

    /// <summary>Shards that hold transitions 50 to 149 and 0 to 99; every number of a transition says which one it is.</summary>
    public static void Write(string directory, RemovalKind removal = RemovalKind.Fifo)
    {
        for (int shard = 0; shard < Shards; shard++)
        {
            using ShardMemory memory = Open(directory, shard, removal);
            for (int first = 0; first < (shard == 0 ? 150 : 100); first += 50)
            {
                memory.Append(Batch(first, 50), environmentSteps: 50, new FragmentPosition(0, 1, (first / 50) + 1));
            }
        }
    }

    public static ShardMemory Open(string directory, int shard, RemovalKind removal = RemovalKind.Fifo) =>
        ShardFiles.Open(directory, shard, Schema(100, removal), () => 1_000 + shard).Memory;

    public static TransitionBatch Batch(int first, int count)
    {
        TransitionBatchBuilder builder = new(count, Format);
        for (int number = first; number < first + count; number++)
        {
            bool terminated = number % 10 == 9;
            EpisodeEnd end = terminated ? EpisodeEnd.Terminated : number % 25 == 24 ? EpisodeEnd.Truncated : EpisodeEnd.None;
            builder.Add(0, [number / 1_000f, 0], number % 3, number, terminated ? 0 : 0.99f, end, [number / 1_000f, 1]);
        }

        return builder.Build().WithErrors([.. Enumerable.Range(first, count).Select(number => 1f + number)]);
    }
}
