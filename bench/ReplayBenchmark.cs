using System.Diagnostics;
using System.Globalization;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>
/// Transitions per second into and out of a full replay buffer of a million, side by side in one run with the textbook's and with mere copies of the same bytes,
/// and beside what Python's buffers reached on another day. Observations come out packed, in columns.
/// </summary>
internal static class ReplayBenchmark
{
    /// <summary>CartPole's.</summary>
    public const string Floats = "4 × float32";

    /// <summary>MinAtar's, a byte for each boolean.</summary>
    public const string Integers = "10 × 10 × 4 bytes";

    /// <summary>MinAtar's, packed.</summary>
    public const string Booleans = "10 × 10 × 4 booleans";

    private const int Capacity = 1_000_000;
    private const int AddBatch = 64;
    private const int Largest = 512;
    private const int Batches = 64;
    private const int Repetitions = 9;

    public static int Run()
    {
        Console.WriteLine(
            $"{Repetitions} alternating repetitions each, the best of them, millions of transitions per second; capacity {Capacity:N0}; peers measured on another day; "
            + "copies: memcpy of both observations' bytes from random places (sample) or to neighbouring ones (add)");
        Console.WriteLine("| sampling | observation | operation | ours | textbook | ratio | peer | ratio | required | copies | ours / copies |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        bool allMet = true;
        foreach (bool prioritized in new[] { false, true })
        {
            allMet &= Compare(prioritized, Floats, new ObservationFormat(ObservationType.Float32, 4), 16);
            allMet &= Compare(prioritized, Integers, new ObservationFormat(ObservationType.UInt8, 400), 400);
            allMet &= Compare(prioritized, Booleans, new ObservationFormat(ObservationType.Boolean, 400), 400);
        }

        allMet &= DurableReplayBenchmark.Run(MakeBatch);
        return allMet ? 0 : 1;
    }

    private static bool Compare(bool prioritized, string observation, ObservationFormat format, int naiveBytes)
    {
        using ReplayBuffer ours = new(Capacity, format, new ReplayOptions { Prioritized = prioritized }, new StreamShape(AddBatch, 1, 1));
        using CopyFloor floor = new(Capacity, 2 * format.Bytes, Largest);
        NaiveReplay naive = new(Capacity, prioritized);
        TransitionBatch[] batches = [.. Enumerable.Range(0, Batches).Select(index => MakeBatch(format, index))];
        byte[] naiveObservation = new byte[naiveBytes];
        RandomSource random = new(1);
        int rounds = (Capacity / AddBatch) + 1;
        AddOurs(ours, batches, rounds);
        AddNaive(naive, naiveObservation, rounds);
        if (prioritized)
        {
            SpreadPriorities(ours, random);
        }

        Row row = new(prioritized, observation);
        bool allMet = row.Measure(
            $"add {AddBatch}", AddBatch * 8_000, () => AddOurs(ours, batches, 8_000), () => AddNaive(naive, naiveObservation, 2_000), 4, () => floor.Append(AddBatch, 8_000));
        foreach (int count in new[] { 32, Largest })
        {
            int draws = 400_000 / count;
            SampledTransitions into = new(format, count);
            int[] counts = [count];
            allMet &= row.Measure(
                $"sample {count}",
                draws * count,
                () => Repeat(draws, () => ours.SampleInto(counts, random, into)),
                () => DrawNaive(naive, count, draws / 2, random),
                2,
                () => floor.Gather(count, draws));
        }

        return allMet & (!prioritized || CompareUpdates(row, ours, naive, random));
    }

    private static bool CompareUpdates(Row row, ReplayBuffer ours, NaiveReplay naive, RandomSource random)
    {
        float[] errors = [.. Enumerable.Range(0, Largest).Select(_ => (float)random.NextDouble())];
        long[][] keys = [.. Enumerable.Range(0, Batches).Select(_ => ours.Sample(Largest, random).Keys)];
        int[][] slots = [.. Enumerable.Range(0, Batches).Select(_ => naive.Draw(Largest, random).Slots)];
        return row.Measure(
            $"update {Largest}",
            1_024 * Largest,
            () => Repeat(16, () => Array.ForEach(keys, some => ours.UpdatePriorities(some, errors))),
            () => Repeat(4, () => Array.ForEach(slots, some => naive.Update(some, errors))),
            4,
            null);
    }

    // Priorities of a stream in training differ; equal ones would let every walk down the tree take the same turns.
    private static void SpreadPriorities(ReplayBuffer ours, RandomSource random)
    {
        long[] keys = new long[Largest];
        float[] errors = new float[Largest];
        for (long key = ours.Evicted; key + Largest <= ours.NextKey; key += Largest)
        {
            for (int i = 0; i < Largest; i++)
            {
                keys[i] = key + i;
                errors[i] = (float)(random.NextDouble() * 2);
            }

            ours.UpdatePriorities(keys, errors);
        }
    }

    private static void AddOurs(ReplayBuffer buffer, TransitionBatch[] batches, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            buffer.Append(batches[round % batches.Length]);
        }
    }

    private static void AddNaive(NaiveReplay buffer, byte[] observation, int rounds) =>
        Repeat(rounds * AddBatch, () => buffer.Add(observation, 1, 1, 0.99f, observation));

    // The learner needs columns, so the textbook's rows are stacked, as numpy or torch would.
    private static void DrawNaive(NaiveReplay buffer, int count, int draws, RandomSource random) => Repeat(draws, () =>
    {
        NaiveReplay.Sample sample = buffer.Draw(count, random);
        Stack(sample.Observations);
        Stack(sample.NextObservations);
    });

    private static byte[] Stack(byte[][] rows)
    {
        byte[] stacked = new byte[rows.Length * rows[0].Length];
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

    /// <summary>Consecutive transitions of one environment: s of each is s′ of the one before.</summary>
    private static TransitionBatch MakeBatch(ObservationFormat format, int index)
    {
        TransitionBatchBuilder builder = new(AddBatch, format);
        RandomSource random = new((ulong)index);
        float[] observation = Next();
        for (int i = 0; i < AddBatch; i++)
        {
            float[] next = Next();
            builder.Add(0, observation, i % 2, 1, 0.99f, EpisodeEnd.None, next);
            observation = next;
        }

        return builder.Build();

        float[] Next() => [.. Enumerable.Range(0, format.Size).Select(_ => (float)random.NextInt(2))];
    }

    private sealed record Row(bool Prioritized, string Observation)
    {
        /// <summary>Measures one operation and prints a line.</summary>
        /// <returns>Whether what is required of it is met.</returns>
        public bool Measure(string operation, int transitions, Action ours, Action naive, int naiveShare, Action? copies)
        {
            double our = 0;
            double textbook = 0;
            double copied = copies is null ? double.NaN : 0;
            for (int i = 0; i <= Repetitions; i++)
            {
                // Whatever else the machine does only slows a repetition down, so the best is the least disturbed.
                our = Math.Max(our, Rate(transitions, ours));
                textbook = Math.Max(textbook, Rate(transitions / naiveShare, naive));
                copied = copies is null ? copied : Math.Max(copied, Rate(transitions, copies));
            }

            (double peer, double required) = ReplayPeers.Find(Prioritized, Observation, operation);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(Prioritized ? "prioritised" : "uniform")} | {Observation} | {operation} | {our:F2} | {textbook:F2} | {our / textbook:F1} | {Show(peer)} | {Show(our / peer)} | {Show(required)} | {Show(copied)} | {Show(our / copied)} |"));
            return double.IsNaN(required) || our >= required * peer;
        }

        private static double Rate(int transitions, Action action)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            return transitions / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        }

        private static string Show(double value) => double.IsNaN(value) ? "" : value.ToString("0.##", CultureInfo.InvariantCulture);
    }
}
