using System.Diagnostics;
using System.Globalization;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>What it costs to add to a shard whose transitions lie in a file, against one in memory, alternating in one run.</summary>
internal static class DurableReplayBenchmark
{
    private const int Capacity = 1_000_000;
    private const int AddBatch = 64;
    private const int Rounds = 8_000;
    private const int Repetitions = 9;
    private const double Required = 0.85;
    private static readonly StreamShape Shape = new(AddBatch, 1, 1);

    /// <summary>Prints a table.</summary>
    /// <param name="makeBatch">Makes a batch of 64 transitions.</param>
    /// <returns>Whether the file costs no more than it may.</returns>
    public static bool Run(Func<ObservationFormat, int, TransitionBatch> makeBatch)
    {
        Console.WriteLine();
        Console.WriteLine($"adding to a shard, batches of {AddBatch}, each committed with its runner's position, millions of transitions per second");
        Console.WriteLine("| sampling | observation | in memory | in a file | ratio | required |");
        Console.WriteLine("|---|---|---|---|---|---|");
        bool allMet = true;
        foreach (bool prioritized in new[] { false, true })
        {
            allMet &= Compare(prioritized, ReplayBenchmark.Floats, new ObservationFormat(ObservationType.Float32, 4), makeBatch);
            allMet &= Compare(prioritized, ReplayBenchmark.Integers, new ObservationFormat(ObservationType.UInt8, 400), makeBatch);
            allMet &= Compare(prioritized, ReplayBenchmark.Booleans, new ObservationFormat(ObservationType.Boolean, 400), makeBatch);
        }

        return allMet;
    }

    private static bool Compare(bool prioritized, string observation, ObservationFormat format, Func<ObservationFormat, int, TransitionBatch> makeBatch)
    {
        ReplayOptions options = new() { Prioritized = prioritized };
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dqn-bench-");
        try
        {
            using ShardMemory inMemory = new(new ReplayBuffer(Capacity, format, options, Shape), incarnation: 1);
            using ShardMemory inFile = ShardFiles.Open(folder.FullName, 0, ShardSchema.Of("bench", format, 2, Capacity, options, 0.99, Shape), () => 1).Memory;
            TransitionBatch[] batches = [.. Enumerable.Range(0, 64).Select(index => makeBatch(format, index))];
            int fill = (Capacity / AddBatch) + 1;
            Add(inMemory, batches, fill);
            Add(inFile, batches, fill);
            double memory = 0;
            double file = 0;
            for (int i = 0; i < Repetitions; i++)
            {
                memory = Math.Max(memory, Add(inMemory, batches, Rounds));
                file = Math.Max(file, Add(inFile, batches, Rounds));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(prioritized ? "prioritised" : "uniform")} | {observation} | {memory:F2} | {file:F2} | {file / memory:F2} | {Required} |"));
            return file >= Required * memory;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Add(ShardMemory memory, TransitionBatch[] batches, int rounds)
    {
        long start = Stopwatch.GetTimestamp();
        long before = memory.Buffer.Inserts;
        for (int round = 0; round < rounds; round++)
        {
            memory.Append(batches[round % batches.Length], AddBatch, new FragmentPosition(round & 7, 1, before + round));
        }

        return (memory.Buffer.Inserts - before) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
    }
}
