using System.Globalization;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>
/// Training steps and forward passes of each backend, beside TorchSharp used plainly, PyTorch where it is installed, and the time that the
/// arithmetic alone takes.
/// </summary>
internal static class LearnerBenchmark
{
    private static readonly BenchNetwork Small = BenchNetwork.Mlp(64, 64);
    private static readonly BenchNetwork Medium = BenchNetwork.Mlp(120, 84);
    private static readonly BenchNetwork MinAtar = BenchNetwork.Image("minatar", NetworkKind.MinAtar, new PlaneShape(4, 10, 10), 6);
    private static readonly BenchNetwork Nature = BenchNetwork.Image("nature", NetworkKind.Nature, new PlaneShape(4, 84, 84), 4);

    /// <summary>Prints the tables.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run()
    {
        MachineFloor floor = MachineFloor.Measure();
        PyTorchPeer peer = new();
        Write($"one core: {floor.FlopsPerSecond / 1e9:F0} GFLOP/s, copies {floor.CopiedBytesPerSecond / 1e9:F1} GB/s");
        Write($"");
        Write($"Learning steps a second: Double DQN, Huber, norm clip 10, Adam; one thread; medians of 7 alternating repeats");
        Write($"network        batch    PyTorch      plain      torch       simd  torch/plain  simd/plain  torch/PyTorch  simd/PyTorch  floor µs  best/floor");
        foreach ((BenchNetwork network, int[] batches) in new[]
        {
            (Small, new[] { 32, 64, 128, 512 }), (Medium, new[] { 64, 128, 512 }), (MinAtar, new[] { 32, 128, 512 }), (Nature, new[] { 32, 512 }),
        })
        {
            foreach (int batch in batches)
            {
                CompareSteps(network, batch, peer, floor);
            }
        }

        CompareRecurrentSteps(128, 80, 64, peer);
        Write($"");
        Write($"Acting: a forward pass, µs a call");
        Write($"network        batch    PyTorch      plain      torch       simd   plain/simd  torch/simd  floor µs  simd/floor");
        foreach (BenchNetwork network in new[] { Medium, MinAtar })
        {
            foreach (int batch in new[] { 1, 16, 64, 256 })
            {
                CompareForwards(network, batch, peer, floor);
            }
        }

        return 0;
    }

    private static void CompareSteps(BenchNetwork network, int count, PyTorchPeer peer, MachineFloor floor)
    {
        float[] parameters = network.Parameters();
        TrainingBatch batch = network.Batch(count);
        float[] errors = new float[count];
        bool hasSimd = SimdSupport.Covers(network.Layout);
        using PlainTorchTrainer plain = new(network.Layout, count);
        using TorchTrainer torch = new(network.Layout, new LearnerOptions { Backend = ComputeBackend.Torch }, parameters);
        using SimdTrainer? simd = hasSimd ? new SimdTrainer(network.Layout, new LearnerOptions(), parameters) : null;
        Action[] contenders = [() => plain.Step(batch), () => torch.Step(batch, 1e-4f, errors), .. Simd()];
        double[] rates = AlternatingRates.Medians(contenders);
        double simdRate = hasSimd ? rates[2] : double.NaN;
        double python = peer.StepsPerSecond(network.Name, count);
        double least = floor.Step(network.Layout, count).TotalMicroseconds;
        double best = 1e6 / Math.Max(rates[1], hasSimd ? simdRate : 0);
        Write($"{network.Name,-14} {count,5} {Figure(python),10} {Figure(rates[0]),10} {Figure(rates[1]),10} {Figure(simdRate),10} {Ratio(rates[1] / rates[0]),12} {Ratio(simdRate / rates[0]),11} {Ratio(rates[1] / python),14} {Ratio(simdRate / python),13} {least,9:F1} {best / least,11:F1}");

        IEnumerable<Action> Simd() => simd is null ? [] : [() => simd.Step(batch, 1e-4f, errors)];
    }

    private static void CompareRecurrentSteps(int units, int length, int batch, PyTorchPeer peer)
    {
        using PlainRecurrentTrainer plain = new(units, length, batch, isFlat: false);
        using PlainRecurrentTrainer flat = new(units, length, batch, isFlat: true);
        double[] rates = AlternatingRates.Medians(plain.Step, flat.Step);
        string name = $"lstm-{units}-{length}";
        double python = peer.StepsPerSecond(name, batch);
        Write($"{name,-14} {batch,5} {Figure(python),10} {Figure(rates[0]),10} {Figure(rates[1]),10} {"-",10} {Ratio(rates[1] / rates[0]),12} {"-",11} {Ratio(rates[1] / python),14}");
    }

    private static void CompareForwards(BenchNetwork network, int count, PyTorchPeer peer, MachineFloor floor)
    {
        using PolicyNetwork torch = new(network.Layout, ComputeBackend.Torch);
        using PolicyNetwork simd = new(network.Layout, ComputeBackend.Simd);
        using PlainTorchPolicy plain = new(network.Layout);
        float[] parameters = network.Parameters();
        torch.Load(parameters);
        simd.Load(parameters);
        float[] observations = network.Batch(count).Observations.ToArray();
        int[] actions = new int[count];
        double[] rates = AlternatingRates.Medians(
            () => plain.GreedyActions(observations, count, actions),
            () => torch.GreedyActions(observations, count, actions),
            () => simd.GreedyActions(observations, count, actions));
        double python = peer.ForwardsPerSecond(network.Name, count);
        double least = floor.Forward(network.Layout, count).TotalMicroseconds;
        Write($"{network.Name,-14} {count,5} {Figure(1e6 / python, "F1"),10} {1e6 / rates[0],10:F2} {1e6 / rates[1],10:F2} {1e6 / rates[2],10:F2} {rates[2] / rates[0],12:F1} {rates[2] / rates[1],11:F1} {least,9:F2} {1e6 / rates[2] / least,11:F1}");
    }

    private static string Figure(double value, string format = "F0") => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);

    private static string Ratio(double value) => Figure(value, "F2");

    private static void Write(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
