using System.Diagnostics;
using System.Globalization;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>Leaves per second set in, and drawn from, a sum tree, in batches of 512, against the textbook's, side by side in one run.</summary>
internal static class SumTreeBenchmark
{
    private const int Batch = 512;
    private const int BatchesPerRepetition = 512;
    private const int Batches = 1024;
    private const int Repetitions = 40;

    // Tianshou's compiled segment tree at a million leaves and this batch, millions per second (docs/benchmarks.md).
    private const double PeerSets = 18.081;
    private const double PeerDraws = 12.573;

    public static int Run(string[] arguments)
    {
        int capacity = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        using SumTree ours = new(capacity);
        NaiveSumTree textbook = new(capacity);
        RandomSource random = new(1);
        double[] masses = new double[capacity];
        for (int leaf = 0; leaf < capacity; leaf++)
        {
            masses[leaf] = random.NextUniform(0.1, 1);
            textbook.Set(leaf, masses[leaf]);
        }

        ours.SetRange(0, masses);
        int[] leaves = new int[Batches * Batch];
        double[] changed = new double[leaves.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = random.NextInt(capacity);
            changed[i] = random.NextUniform(0.1, 1);
        }

        int[] drawn = new int[Batch];
        double[] drawnMasses = new double[Batch];
        Console.WriteLine($"best of {Repetitions} alternating repetitions, millions of leaves per second, one thread; {capacity:N0} leaves, batches of {Batch}");
        Console.WriteLine("| operation | ours | textbook | ratio | Tianshou, compiled, 1,000,000 leaves | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        Print(
            "set random leaves",
            PeerSets,
            batch => ours.Set(leaves.AsSpan(batch * Batch, Batch), changed.AsSpan(batch * Batch, Batch)),
            batch => SetTextbook(textbook, leaves.AsSpan(batch * Batch, Batch), changed.AsSpan(batch * Batch, Batch)));
        Print(
            "draw, stratified",
            PeerDraws,
            _ => ours.SampleStratified(random, drawn, drawnMasses),
            _ => SampleTextbook(textbook, random, drawn, drawnMasses));
        return 0;
    }

    private static void Print(string operation, double peer, Action<int> ours, Action<int> textbook)
    {
        double our = 0;
        double naive = 0;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            // Whatever else the machine does only slows a repetition down, so the best is the least disturbed.
            int first = repetition * BatchesPerRepetition % Batches;
            our = Math.Max(our, Rate(first, ours));
            naive = Math.Max(naive, Rate(first, textbook));
        }

        Console.WriteLine($"| {operation} | {our:F1} | {naive:F1} | {our / naive:F1} | {peer:F1} | {our / peer:F1} |");
    }

    private static double Rate(int first, Action<int> action)
    {
        long start = Stopwatch.GetTimestamp();
        for (int batch = first; batch < first + BatchesPerRepetition; batch++)
        {
            action(batch);
        }

        return BatchesPerRepetition * Batch / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
    }

    private static void SetTextbook(NaiveSumTree tree, ReadOnlySpan<int> leaves, ReadOnlySpan<double> masses)
    {
        for (int i = 0; i < leaves.Length; i++)
        {
            tree.Set(leaves[i], masses[i]);
        }
    }

    private static void SampleTextbook(NaiveSumTree tree, RandomSource random, Span<int> leaves, Span<double> masses)
    {
        double stratum = tree.Total / leaves.Length;
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = tree.Find((i + random.NextDouble()) * stratum);
            masses[i] = tree[leaves[i]];
        }
    }
}
