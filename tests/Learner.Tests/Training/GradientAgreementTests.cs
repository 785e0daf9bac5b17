using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>The vectorised backend beside libtorch's operators and autograd, on random networks and batches of fixed seeds.</summary>
public sealed class GradientAgreementTests
{
    // Both are float32: sums of up to 1,296 products, each off by a few units in the last place of the largest.
    private const double Tolerance = 1e-5;

    // What rounding may decide differently: on which side of ReLU's kink an input lies, and which of two actions is better.
    private const double Kink = 1e-6;

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void Gradient_and_loss_equal_those_of_autograd_on_fully_connected_networks(ulong seed) => CompareSteps(seed, DrawConnected);

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void Gradient_and_loss_equal_those_of_autograd_on_MinAtar_networks(ulong seed) => CompareSteps(seed, DrawMinAtar);

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void Action_values_equal_those_of_libtorch(ulong seed)
    {
        RandomSource random = new(seed, 2);
        NetworkLayout layout = seed % 2 == 0 ? DrawConnected(random) : DrawMinAtar(random);
        int rows = 1 + random.NextInt(140);
        float[] parameters = TrainingExamples.Parameters(layout, seed);
        float[] observations = Observations(layout, rows, random);
        using AutogradReference reference = new(layout, new LearnerOptions(), parameters, parameters);
        using PolicyNetwork network = new(layout, ComputeBackend.Simd);
        network.Load(parameters);
        float[] values = new float[rows * layout.ActionCount];
        network.Forward(observations, rows, values);
        double difference = TrainingExamples.LargestDifference(reference.Values(observations, rows), values);
        Assert.True(difference < Tolerance, $"{layout.Description}, {rows} rows: {difference}");
    }

    public static TheoryData<ulong> Seeds(int count) => [.. Enumerable.Range(1, count).Select(seed => (ulong)seed)];

    private static void CompareSteps(ulong seed, Func<RandomSource, NetworkLayout> draw)
    {
        RandomSource random = new(seed);
        NetworkLayout layout = draw(random);
        LearnerOptions options = new()
        {
            Algorithm = seed % 2 == 0 ? Algorithm.DoubleDqn : Algorithm.Dqn,
            Loss = seed / 2 % 2 == 0 ? LossKind.Huber : LossKind.SquaredError,
            HuberThreshold = 0.7f,
            // The first moment after one update is then the gradient itself.
            Optimizer = OptimizerKind.Adam,
            AdamBeta1 = 0f,
            MaxGradientNorm = 0f,
        };
        int rows = 1 + random.NextInt(70);
        float[] online = TrainingExamples.Parameters(layout, seed);
        float[] target = TrainingExamples.Parameters(layout, seed + 1_000);
        using SimdTrainer trainer = new(layout, options, online);
        trainer.Restore(trainer.Capture() with { Target = target });
        TrainingBatch batch = TrainingExamples.Batch(layout, rows, seed);
        (float Loss, float[] Gradient, double DistanceFromKink) expected;
        do
        {
            Observations(layout, rows, random).CopyTo(batch.Observations);
            Observations(layout, rows, random).CopyTo(batch.NextObservations);
            using AutogradReference reference = new(layout, options, online, target);
            (float Loss, float[] Gradient) step = reference.Step(batch);
            expected = (step.Loss, step.Gradient, reference.DistanceFromKink);
        }
        while (expected.DistanceFromKink < Kink);

        float loss = trainer.Step(batch, 1e-3f, new float[rows]).Loss;
        float[] gradient = trainer.Capture().FirstMoments;
        Assert.Equal(expected.Loss, loss, Tolerance * Math.Max(1, expected.Loss));
        double overall = expected.Gradient.Max(Math.Abs);
        foreach (ParameterSlot slot in layout.Slots)
        {
            // Where a parameter's whole gradient is small beside the rest, it is a difference of larger terms.
            ReadOnlySpan<float> left = expected.Gradient.AsSpan(slot.Offset, slot.Length);
            double largest = Math.Max(0.1 * overall, TrainingExamples.LargestDifference(left, new float[slot.Length]));
            double difference = TrainingExamples.LargestDifference(left, gradient.AsSpan(slot.Offset, slot.Length));
            Assert.True(difference <= Tolerance * largest, $"{layout.Description}, {rows} rows, {slot.Name}: {difference} of {largest}");
        }
    }

    private static NetworkLayout DrawConnected(RandomSource random)
    {
        NetworkOptions options = Draw(random) with
        {
            Kind = NetworkKind.Mlp,
            Hidden = [.. Enumerable.Range(0, 1 + random.NextInt(3)).Select(_ => 1 + random.NextInt(140))],
        };
        return random.NextInt(4) == 0
            ? new NetworkLayout(DrawImages(random), 1 + random.NextInt(18), options)
            : new NetworkLayout(1 + random.NextInt(200), 1 + random.NextInt(18), options);
    }

    private static NetworkLayout DrawMinAtar(RandomSource random) =>
        new(DrawImages(random), 1 + random.NextInt(18), Draw(random) with { Kind = NetworkKind.MinAtar });

    private static ObservationFormat DrawImages(RandomSource random)
    {
        // Most often the games' own grid; the smallest, and odd ones.
        PlaneShape shape = random.NextInt(3) switch
        {
            0 => new PlaneShape(4 + random.NextInt(7), 10, 10),
            1 => new PlaneShape(1 + random.NextInt(3), 3 + random.NextInt(4), 3 + random.NextInt(4)),
            _ => new PlaneShape(1 + random.NextInt(5), 3 + random.NextInt(14), 3 + random.NextInt(14)),
        };
        ObservationType type = (ObservationType)random.NextInt(3);
        return new ObservationFormat(type, (int)shape.Size, 1, shape);
    }

    private static NetworkOptions Draw(RandomSource random) => new()
    {
        Dueling = random.NextInt(2) == 0,
        Activation = random.NextInt(2) == 0 ? Activation.Tanh : Activation.Relu,
    };

    private static float[] Observations(NetworkLayout layout, int rows, RandomSource random)
    {
        Func<float> draw = layout.Observation.Type switch
        {
            ObservationType.Boolean => () => random.NextInt(5) == 0 ? 1f : 0f,
            ObservationType.UInt8 when layout.Kind != NetworkKind.Mlp => () => random.NextInt(256),
            _ => () => (float)random.NextUniform(-1, 1),
        };
        return [.. Enumerable.Range(0, rows * layout.ObservationSize).Select(_ => draw())];
    }
}
