using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>Measures what learning takes on one core of this machine, with the classes that the actors own.</summary>
internal static class ScaleCostMeasurement
{
    private const int Rows = 64;
    private const int FewRows = 8;
    private const int Samples = 2_000;
    private const double TopKShare = 0.01;
    // Distance of the quartiles of a normal distribution, in standard deviations.
    private const double QuartileDistance = 1.349;
    private static readonly int[] Hidden = [256, 256];

    /// <summary>What a node needs to learn with the network that is measured.</summary>
    public static string[] Settings { get; } =
        ["--set", $"dqn.network.hidden=[{string.Join(',', Hidden)}]", "--set", $"dqn.learner.batch-size={Rows}"];

    /// <summary>Measures everything; some 30 s.</summary>
    public static ScaleCosts Measure()
    {
        BenchNetwork network = BenchNetwork.Mlp(Hidden);
        int length = network.Layout.Length;
        using SimdTrainer trainer = new(network.Layout, new LearnerOptions(), network.Parameters());
        TrainingBatch many = network.Batch(Rows);
        TrainingBatch few = network.Batch(FewRows);
        float[] errors = new float[Rows];
        float[] gradient = new float[length];
        trainer.ComputeGradient(many, gradient, errors);
        float[] other = [.. gradient];
        RangeOptimizer range = new(ParameterRange.Cut(length, 1)[0], new LearnerOptions());
        float[] applied = new float[length];
        double[] seconds =
        [
            .. AlternatingRates.Medians(
                () => trainer.ComputeGradient(few, applied, errors),
                () => trainer.ComputeGradient(many, applied, errors),
                () => trainer.Step(many, 1e-4f, errors),
                () => trainer.ApplyGradient(gradient, 1e-4f),
                () => range.Apply(applied, 1e-4f, 1),
                () => GradientKernels.Sum(gradient, other, applied)).Select(rate => 1 / rate),
        ];
        double row = (seconds[1] - seconds[0]) / (Rows - FewRows);
        return new ScaleCosts
        {
            Machine = MachineDescription.OfThis(),
            Cores = Environment.ProcessorCount,
            Network = $"{network.Name}, simd",
            Parameters = length,
            BatchRows = Rows,
            RowBytes = Actors.ShardChecks.SampledBytesPerRow(network.Layout.Observation),
            GradientSeconds = Math.Max(0, seconds[1] - (Rows * row)),
            GradientRowSeconds = row,
            GradientDeviation = Deviation(() => trainer.ComputeGradient(many, applied, errors)),
            StepParameterSeconds = Math.Max(0, seconds[2] - seconds[1]) / length,
            ApplyParameterSeconds = seconds[3] / length,
            RangeParameterSeconds = seconds[4] / length,
            AddByteSeconds = seconds[5] / length / sizeof(float),
            SampleRowSeconds = TransportCostMeasurement.SampleRow(),
            Transport = TransportCostMeasurement.Measure(),
            None = Compression(GradientCompression.None, gradient),
            BFloat16 = Compression(GradientCompression.BFloat16, gradient),
            TopK = Compression(GradientCompression.TopK, gradient),
        };
    }

    private static CompressionCosts Compression(GradientCompression form, float[] gradient)
    {
        ParameterRange range = ParameterRange.Cut(gradient.Length, 1)[0];
        GradientCompressor compressor = new(range, form, TopKShare);
        byte[] encoded = new byte[compressor.EncodedLength];
        float[] decoded = new float[gradient.Length];
        compressor.Encode(gradient, encoded);
        double[] rates = AlternatingRates.Medians(
            () => compressor.Encode(gradient, encoded),
            () => GradientDecompressor.Decode(form, encoded, decoded));
        return new CompressionCosts((double)encoded.Length / gradient.Length, 1 / rates[0] / gradient.Length, 1 / rates[1] / gradient.Length);
    }

    /// <summary>Standard deviation over mean, by the quartiles: what the machine does beside is no part of it.</summary>
    private static double Deviation(Action action)
    {
        double[] times = new double[Samples];
        for (int i = 0; i < Samples; i++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            action();
            times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(times);
        return (times[Samples * 3 / 4] - times[Samples / 4]) / QuartileDistance / times[Samples / 2];
    }
}
