using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>The backends beside each other.</summary>
public sealed class TrainerAgreementTests
{
    [Theory]
    [InlineData(OptimizerKind.Adam, false, Activation.Relu)]
    [InlineData(OptimizerKind.Adam, true, Activation.Tanh)]
    [InlineData(OptimizerKind.RmsProp, true, Activation.Relu)]
    public void Backends_agree_over_two_hundred_steps(OptimizerKind optimizer, bool isDueling, Activation activation)
    {
        // Gradients differ by about 1e-7 of themselves, which a rate of 1e-3 makes small: 1e-7 was seen in all, where parameters move by
        // about 0.1. The rest is room for other processors; an error in any part of the step would be of the order of the movement.
        const double Tolerance = 1e-5;
        NetworkLayout layout = new(4, 3, new NetworkOptions { Hidden = [64, 64], Dueling = isDueling, Activation = activation });
        LearnerOptions options = new() { Optimizer = optimizer, AdamEpsilon = 1e-5f };
        float[] parameters = TrainingExamples.Parameters(layout, 3);
        using ITrainer simd = TrainingExamples.Create(ComputeBackend.Simd, layout, options, parameters);
        using ITrainer torch = TrainingExamples.Create(ComputeBackend.Torch, layout, options, parameters);
        float[] simdErrors = new float[64];
        float[] torchErrors = new float[64];
        for (int step = 0; step < 200; step++)
        {
            TrainingBatch batch = TrainingExamples.Batch(layout, 64, (ulong)(step % 10));
            simd.Step(batch, 1e-3f, simdErrors);
            torch.Step(batch, 1e-3f, torchErrors);
            if (step % 50 == 49)
            {
                simd.SynchronizeTarget();
                torch.SynchronizeTarget();
            }
        }

        float[] simdParameters = TrainingExamples.ParametersOf(simd);
        double difference = TrainingExamples.LargestDifference(simdParameters, TrainingExamples.ParametersOf(torch));
        double movement = TrainingExamples.LargestDifference(simdParameters, parameters);
        Assert.True(difference < Tolerance, $"the parameters differ by {difference}");
        Assert.True(movement > 0.02, $"the parameters moved by {movement} only");
    }

    [Theory]
    [InlineData(ObservationType.Boolean, false, Activation.Relu)]
    [InlineData(ObservationType.UInt8, true, Activation.Tanh)]
    public void Backends_agree_over_fifty_steps_on_MinAtar_networks(ObservationType type, bool isDueling, Activation activation)
    {
        // As above, with sums of up to 1,024 terms.
        const double Tolerance = 2e-5;
        ObservationFormat images = new(type, 400, 1, new PlaneShape(4, 10, 10));
        NetworkLayout layout = new(images, 6, new NetworkOptions { Kind = NetworkKind.MinAtar, Dueling = isDueling, Activation = activation });
        LearnerOptions options = new() { AdamEpsilon = 1e-4f };
        float[] parameters = TrainingExamples.Parameters(layout, 3);
        using ITrainer simd = TrainingExamples.Create(ComputeBackend.Simd, layout, options, parameters);
        using ITrainer torch = TrainingExamples.Create(ComputeBackend.Torch, layout, options, parameters);
        float[] errors = new float[32];
        for (int step = 0; step < 50; step++)
        {
            TrainingBatch batch = TrainingExamples.Batch(layout, 32, (ulong)(step % 10));
            simd.Step(batch, 1e-4f, errors);
            torch.Step(batch, 1e-4f, errors);
            if (step % 20 == 19)
            {
                simd.SynchronizeTarget();
                torch.SynchronizeTarget();
            }
        }

        float[] simdParameters = TrainingExamples.ParametersOf(simd);
        double difference = TrainingExamples.LargestDifference(simdParameters, TrainingExamples.ParametersOf(torch));
        double movement = TrainingExamples.LargestDifference(simdParameters, parameters);
        Assert.True(difference < Tolerance, $"the parameters differ by {difference}");
        Assert.True(movement > 1e-3, $"the parameters moved by {movement} only");
    }

    [Fact]
    public void Backends_agree_on_networks_and_batches_of_odd_sizes()
    {
        // One step of RMSProp without centring, whose change is smooth in the gradient; float32 sums of up to 70 terms.
        const double Tolerance = 1e-5;
        LearnerOptions options = new() { Optimizer = OptimizerKind.RmsProp, RmsPropCentered = false, MaxGradientNorm = 1f };
        // The same examples each time: where rounding decides on which side of ReLU's kink an input lies, the two may differ by more.
        RandomSource random = new(1);
        for (int example = 0; example < 300; example++)
        {
            NetworkOptions shape = new()
            {
                Hidden = [.. Enumerable.Range(0, 1 + random.NextInt(3)).Select(_ => 1 + random.NextInt(70))],
                Dueling = random.NextInt(2) == 0,
                Activation = random.NextInt(2) == 0 ? Activation.Tanh : Activation.Relu,
            };
            NetworkLayout layout = new(1 + random.NextInt(19), 1 + random.NextInt(18), shape);
            int count = 1 + random.NextInt(67);
            float[] parameters = TrainingExamples.Parameters(layout, 9);
            using ITrainer simd = TrainingExamples.Create(ComputeBackend.Simd, layout, options, parameters);
            using ITrainer torch = TrainingExamples.Create(ComputeBackend.Torch, layout, options, parameters);
            TrainingBatch batch = TrainingExamples.Batch(layout, count, 4);
            TrainingResult left = simd.Step(batch, 1e-2f, new float[count]);
            TrainingResult right = torch.Step(batch, 1e-2f, new float[count]);
            Assert.Equal(right.Loss, left.Loss, 1e-4 * Math.Max(1, right.Loss));
            Assert.Equal(right.GradientNorm, left.GradientNorm, 1e-4 * Math.Max(1, right.GradientNorm));
            double difference = TrainingExamples.LargestDifference(TrainingExamples.ParametersOf(simd), TrainingExamples.ParametersOf(torch));
            Assert.True(difference < Tolerance, $"{layout.Description}, batch {count}: {difference}");
        }
    }

    [Fact]
    public void A_trainer_takes_batches_of_changing_size()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions { Hidden = [20] });
        float[] parameters = TrainingExamples.Parameters(layout, 3);
        using ITrainer simd = TrainingExamples.Create(ComputeBackend.Simd, layout, new LearnerOptions(), parameters);
        using ITrainer torch = TrainingExamples.Create(ComputeBackend.Torch, layout, new LearnerOptions(), parameters);
        foreach (int count in new[] { 1, 130, 3, 64, 65, 2 })
        {
            TrainingBatch batch = TrainingExamples.Batch(layout, count, (ulong)count);
            TrainingResult left = simd.Step(batch, 1e-3f, new float[count]);
            TrainingResult right = torch.Step(batch, 1e-3f, new float[count]);
            Assert.Equal(right.Loss, left.Loss, 1e-5);
            Assert.Equal(right.MeanQ, left.MeanQ, 1e-5);
        }
    }
}
