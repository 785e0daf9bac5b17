using System.Diagnostics;
using System.Globalization;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>Training steps a second of each backend beside TorchSharp used plainly, and the cost of acting.</summary>
internal static class LearnerBenchmark
{
    private const int Repeats = 7;
    private static readonly TimeSpan RepeatTime = TimeSpan.FromMilliseconds(150);

    /// <summary>Prints both tables.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run()
    {
        Console.WriteLine(FormattableString.Invariant(
            $"Double DQN, Huber, norm clip 10, Adam; one thread; steps/s, medians of {Repeats} alternating repeats"));
        Console.WriteLine("network        batch      plain       flat       simd   flat/plain   simd/plain");
        foreach (int batch in new[] { 32, 64, 128, 512 })
        {
            CompareSteps([64, 64], batch);
        }

        foreach (int batch in new[] { 64, 128, 512 })
        {
            CompareSteps([120, 84], batch);
        }

        Console.WriteLine();
        Console.WriteLine("Acting: PolicyNetwork.Forward, µs a call");
        Console.WriteLine("network        batch         µs");
        foreach (int[] hidden in new[] { [64, 64], new[] { 120, 84 } })
        {
            foreach (int batch in new[] { 1, 16, 64, 256 })
            {
                MeasureForward(hidden, batch);
            }
        }

        return 0;
    }

    private static void CompareSteps(int[] hidden, int count)
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions { Hidden = hidden });
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(1), parameters);
        TrainingBatch batch = RandomBatch(layout, count);
        float[] errors = new float[count];
        using PlainTorchTrainer plain = new(layout, count);
        using TorchTrainer flat = new(layout, new LearnerOptions { Backend = ComputeBackend.Torch }, parameters);
        using SimdTrainer simd = new(layout, new LearnerOptions(), parameters);
        double[] medians = MedianRates(
            () => plain.Step(batch), () => flat.Step(batch, 1e-4f, errors), () => simd.Step(batch, 1e-4f, errors));
        Print(hidden, count, medians[0], "F0");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $" {medians[1],10:F0} {medians[2],10:F0} {medians[1] / medians[0],12:F1} {medians[2] / medians[0],12:F1}"));
    }

    private static void MeasureForward(int[] hidden, int count)
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions { Hidden = hidden });
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(1), parameters);
        PolicyNetwork network = new(layout);
        network.Load(parameters);
        float[] observations = RandomBatch(layout, count).Observations;
        float[] values = new float[count * layout.ActionCount];
        double[] medians = MedianRates(() => network.Forward(observations, count, values));
        Print(hidden, count, 1e6 / medians[0], "F2");
        Console.WriteLine();
    }

    private static void Print(int[] hidden, int count, double figure, string format) =>
        Console.Write($"{$"4-{string.Join('-', hidden)}-2",-12} {count,7} {figure.ToString(format, CultureInfo.InvariantCulture),10}");

    private static double[] MedianRates(params Action[] contenders)
    {
        double[][] rates = [.. contenders.Select(_ => new double[Repeats])];
        foreach (Action contender in contenders)
        {
            Rate(contender);
        }

        // Alternating spreads what else runs on the machine over all contenders.
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                rates[i][repeat] = Rate(contenders[i]);
            }
        }

        return [.. rates.Select(all => all.Order().ElementAt(Repeats / 2))];
    }

    private static double Rate(Action contender)
    {
        long calls = 0;
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < RepeatTime)
        {
            for (int i = 0; i < 16; i++)
            {
                contender();
            }

            calls += 16;
        }

        return calls / watch.Elapsed.TotalSeconds;
    }

    private static TrainingBatch RandomBatch(NetworkLayout layout, int count)
    {
        RandomSource random = new(2);
        TrainingBatch batch = new(count, layout.ObservationSize) { Count = count };
        for (int i = 0; i < batch.Observations.Length; i++)
        {
            batch.Observations[i] = (float)random.NextUniform(-1, 1);
            batch.NextObservations[i] = (float)random.NextUniform(-1, 1);
        }

        for (int row = 0; row < count; row++)
        {
            batch.Actions[row] = random.NextInt(layout.ActionCount);
            batch.Returns[row] = 1;
            batch.Discounts[row] = random.NextInt(10) == 0 ? 0 : 0.99f;
            batch.Weights[row] = 1;
        }

        return batch;
    }
}
