using System.Diagnostics;
using System.Runtime.InteropServices;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>Transitions per second into and out of a full replay buffer of a million, against the textbook's, side by side in one run.</summary>
internal static class ReplayBenchmark
{
    private const int Capacity = 1_000_000;
    private const int AddBatch = 64;
    private const int Repetitions = 9;

    public static int Run()
    {
        Console.WriteLine($"{Repetitions} alternating repetitions each, the best of them, millions of transitions per second; capacity {Capacity:N0}");
        Console.WriteLine("| buffer | observation | operation | ours | textbook | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (bool prioritized in new[] { false, true })
        {
            foreach (int size in new[] { 4, 100 })
            {
                Compare(prioritized, size);
            }
        }

        return 0;
    }

    private static void Compare(bool prioritized, int size)
    {
        ReplayBuffer ours = new(Capacity, new ObservationFormat(ObservationType.Float32, size), new ReplayOptions { Prioritized = prioritized });
        NaiveReplay naive = new(Capacity, prioritized);
        TransitionBatch batch = MakeBatch(size);
        RandomSource random = new(1);
        int rounds = (Capacity / AddBatch) + 1;
        AddOurs(ours, batch, rounds);
        AddNaive(naive, batch, rounds);

        Print(prioritized, size, $"add {AddBatch}", AddBatch * 4_000, () => AddOurs(ours, batch, 4_000), () => AddNaive(naive, batch, 4_000));
        foreach (int count in new[] { 32, 512 })
        {
            int draws = 200_000 / count;
            Print(prioritized, size, $"sample {count}", draws * count, () => DrawOurs(ours, count, draws, random), () => DrawNaive(naive, count, draws, random));
        }

        if (prioritized)
        {
            const int Count = 512;
            float[] errors = new float[Count];
            for (int i = 0; i < Count; i++)
            {
                errors[i] = (float)random.NextDouble();
            }

            long[] keys = ours.Sample(Count, random).Keys;
            int[] slots = naive.Draw(Count, random).Slots;
            Print(prioritized, size, $"update {Count}", 1_000 * Count, () => Repeat(1_000, () => ours.UpdatePriorities(keys, errors)), () => Repeat(1_000, () => naive.Update(slots, errors)));
        }
    }

    private static void Print(bool prioritized, int size, string operation, int transitions, Action ours, Action naive)
    {
        double[] ourRates = new double[Repetitions];
        double[] naiveRates = new double[Repetitions];
        ours();
        naive();
        for (int i = 0; i < Repetitions; i++)
        {
            ourRates[i] = Rate(transitions, ours);
            naiveRates[i] = Rate(transitions, naive);
        }

        // Whatever else the machine does only slows a repetition down, so the best is the least disturbed.
        double our = ourRates.Max();
        double textbook = naiveRates.Max();
        Console.WriteLine($"| {(prioritized ? "prioritised" : "uniform")} | {size} × float32 | {operation} | {our:F2} | {textbook:F2} | {our / textbook:F1} |");
    }

    private static double Rate(int transitions, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return transitions / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
    }

    private static void AddOurs(ReplayBuffer buffer, TransitionBatch batch, int rounds) => Repeat(rounds, () => buffer.Append(batch));

    private static void AddNaive(NaiveReplay buffer, TransitionBatch batch, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int row = 0; row < batch.Count; row++)
            {
                buffer.Add(
                    MemoryMarshal.Cast<byte, float>(batch.Observation(row)),
                    batch.Actions[row],
                    batch.Returns[row],
                    batch.Discounts[row],
                    MemoryMarshal.Cast<byte, float>(batch.NextObservation(row)));
            }
        }
    }

    private static void DrawOurs(ReplayBuffer buffer, int count, int draws, RandomSource random) => Repeat(draws, () => buffer.Sample(count, random));

    // The learner needs columns, so the textbook's rows are stacked, as numpy or torch would.
    private static void DrawNaive(NaiveReplay buffer, int count, int draws, RandomSource random) => Repeat(draws, () =>
    {
        NaiveReplay.Sample sample = buffer.Draw(count, random);
        Stack(sample.Observations);
        Stack(sample.NextObservations);
    });

    private static float[] Stack(float[][] rows)
    {
        float[] stacked = new float[rows.Length * rows[0].Length];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(stacked, row * rows[0].Length);
        }

        return stacked;
    }

    private static void Repeat(int times, Action action)
    {
        for (int i = 0; i < times; i++)
        {
            action();
        }
    }

    private static TransitionBatch MakeBatch(int size)
    {
        TransitionBatchBuilder builder = new(AddBatch, new ObservationFormat(ObservationType.Float32, size));
        float[] observation = new float[size];
        for (int i = 0; i < AddBatch; i++)
        {
            builder.Add(0, observation, i % 2, 1, 0.99f, EpisodeEnd.None, observation);
        }

        return builder.Build();
    }
}
