using DqnAkka.Environments;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

/// <summary>The path for devices that are not waited for, on tensors of the processor.</summary>
public sealed class DeviceTrainerTests
{
    private static readonly NetworkLayout Vectors = new(4, 3, new NetworkOptions { Hidden = [17, 9], Dueling = true });
    private static readonly NetworkLayout Images = new(new ObservationFormat(ObservationType.UInt8, 400, 1, new PlaneShape(4, 10, 10)), 3, new NetworkOptions());

    [Theory]
    [InlineData(OptimizerKind.Adam, Algorithm.DoubleDqn, LossKind.Huber, 0.5f)]
    [InlineData(OptimizerKind.Adam, Algorithm.Dqn, LossKind.SquaredError, 0f)]
    [InlineData(OptimizerKind.RmsProp, Algorithm.DoubleDqn, LossKind.SquaredError, 10f)]
    public void It_trains_as_the_processors_trainer_does(OptimizerKind optimizer, Algorithm algorithm, LossKind loss, float maximum)
    {
        LearnerOptions options = new() { Optimizer = optimizer, Algorithm = algorithm, Loss = loss, MaxGradientNorm = maximum };
        float[] parameters = TrainingExamples.Parameters(Vectors, 1);
        using TorchTrainer expected = new(Vectors, options, parameters);
        using DeviceTrainer actual = new(Vectors, options, parameters, torch.CPU);
        for (ulong step = 0; step < 100; step++)
        {
            int rows = step % 3 == 0 ? 7 : 32;
            TrainingBatch batch = TrainingExamples.Batch(Vectors, rows, step, capacity: 32);
            float[] left = new float[rows];
            float[] right = new float[rows];
            TrainingResult there = expected.Step(batch, 1e-3f, left);
            TrainingResult here = actual.Step(batch, 1e-3f, right);
            Assert.Equal(there.Loss, here.Loss, 1e-4f * Math.Max(1, there.Loss));
            Assert.Equal(there.GradientNorm, here.GradientNorm, 1e-4f * Math.Max(1, there.GradientNorm));
            Assert.Equal(there.MeanQ, here.MeanQ, 1e-4f);
            Assert.Equal(there.MeanAbsoluteTdError, here.MeanAbsoluteTdError, 1e-4f);
            Assert.True(TrainingExamples.LargestDifference(left, right) < 1e-4);
            if (step % 10 == 9)
            {
                expected.BlendTarget(0.25f);
                actual.BlendTarget(0.25f);
            }
        }

        TrainerState one = expected.Capture();
        TrainerState two = actual.Capture();
        Assert.Equal(100, two.Updates);
        Assert.True(TrainingExamples.LargestDifference(one.Online, two.Online) < 1e-4);
        Assert.True(TrainingExamples.LargestDifference(one.Target, two.Target) < 1e-4);
        Assert.True(TrainingExamples.LargestDifference(one.FirstMoments, two.FirstMoments) < 1e-4);
    }

    [Fact]
    public void A_result_comes_when_the_next_step_has_been_enqueued_and_is_that_of_a_step_waited_for()
    {
        float[] parameters = TrainingExamples.Parameters(Vectors, 1);
        using DeviceTrainer waiting = new(Vectors, new LearnerOptions(), parameters, torch.CPU);
        using DeviceTrainer deferring = new(Vectors, new LearnerOptions(), parameters, torch.CPU);
        List<TrainingResult> expected = [];
        List<TrainingResult> actual = [];
        float[] expectedErrors = new float[10 * 8];
        float[] actualErrors = new float[10 * 8];
        TrainingBatch? last = null;
        for (int step = 0; step < 10; step++)
        {
            TrainingBatch batch = deferring.NextBatch(8);
            Assert.NotSame(last, batch);
            batch.CopyFrom(TrainingExamples.Batch(Vectors, 8, (ulong)step));
            expected.Add(waiting.Step(batch, 1e-3f, expectedErrors.AsSpan(step * 8)));
            TrainingResult? before = deferring.Enqueue(batch, 1e-3f, actualErrors.AsMemory(step * 8, 8));
            Assert.Equal(step == 0, before is null);
            Assert.Equal(step + 1, deferring.Updates);
            Assert.All(actualErrors[(step * 8)..], error => Assert.Equal(0, error));
            actual.AddRange(before is { } result ? [result] : []);
            last = batch;
        }

        // A state can be taken before the last result is: neither is lost.
        Assert.Equal(waiting.Capture().Online, deferring.Capture().Online);
        actual.Add(deferring.Collect()!.Value);
        Assert.Null(deferring.Collect());
        Assert.Equal(expected, actual);
        Assert.Equal(expectedErrors, actualErrors);
    }

    [Fact]
    public void The_same_columns_can_be_given_twice_in_turn()
    {
        using DeviceTrainer trainer = new(Vectors, new LearnerOptions(), TrainingExamples.Parameters(Vectors, 1), torch.CPU);
        TrainingBatch batch = trainer.NextBatch(8);
        batch.CopyFrom(TrainingExamples.Batch(Vectors, 8, 1));
        Assert.Null(trainer.Enqueue(batch, 1e-3f, new float[8]));
        Assert.NotNull(trainer.Enqueue(batch, 1e-3f, new float[8]));
        Assert.NotNull(trainer.Collect());
        Assert.Equal(2, trainer.Updates);
    }

    [Fact]
    public void Bytes_become_floats_on_the_device()
    {
        float[] parameters = TrainingExamples.Parameters(Images, 1);
        using TorchTrainer expected = new(Images, new LearnerOptions(), parameters);
        using DeviceTrainer actual = new(Images, new LearnerOptions(), parameters, torch.CPU);
        RandomSource random = new(3);
        for (int step = 0; step < 5; step++)
        {
            TrainingBatch floats = TrainingExamples.Batch(Images, 16, (ulong)step);
            TrainingBatch bytes = actual.NextBatch(16);
            Assert.True(bytes.HoldsBytes);
            Assert.Equal(0, bytes.Observations.Length);
            bytes.Count = 16;
            floats.Actions.CopyTo(bytes.Actions);
            floats.Returns.CopyTo(bytes.Returns);
            floats.Discounts.CopyTo(bytes.Discounts);
            floats.Weights.CopyTo(bytes.Weights);
            for (int i = 0; i < 16 * Images.ObservationSize; i++)
            {
                floats.Observations[i] = bytes.ObservationBytes[i] = (byte)random.NextInt(256);
                floats.NextObservations[i] = bytes.NextObservationBytes[i] = (byte)random.NextInt(256);
            }

            float[] left = new float[16];
            float[] right = new float[16];
            expected.Step(floats, 1e-3f, left);
            actual.Step(bytes, 1e-3f, right);
            Assert.True(TrainingExamples.LargestDifference(left, right) < 1e-4);
        }

        Assert.Throws<ArgumentException>(() => actual.Step(TrainingExamples.Batch(Images, 16, 1), 1e-3f, new float[16]));
        Assert.True(TrainingExamples.LargestDifference(TrainingExamples.ParametersOf(expected), TrainingExamples.ParametersOf(actual)) < 1e-4);
    }

    [Theory]
    [InlineData(OptimizerKind.Adam, float.NaN)]
    [InlineData(OptimizerKind.Adam, float.PositiveInfinity)]
    [InlineData(OptimizerKind.RmsProp, float.NaN)]
    [InlineData(OptimizerKind.AdaGrad, float.NaN)]
    public void A_step_that_is_not_finite_changes_nothing_although_nobody_waited_to_see_it(OptimizerKind optimizer, float value)
    {
        float[] parameters = TrainingExamples.Parameters(Vectors, 1);
        using DeviceTrainer trainer = new(Vectors, new LearnerOptions { Optimizer = optimizer }, parameters, torch.CPU);
        trainer.Step(TrainingExamples.Batch(Vectors, 8, 1), 1e-3f, new float[8]);
        TrainerState before = trainer.Capture();
        TrainingBatch bad = TrainingExamples.Batch(Vectors, 8, 2);
        bad.Returns[3] = value;
        float[] errors = new float[8];
        trainer.Enqueue(bad, 1e-3f, errors);
        Assert.Equal(2, trainer.Updates);
        Assert.True(trainer.Collect()!.Value.IsSkipped);
        Assert.Equal(7, errors.Count(float.IsFinite));
        TrainerState after = trainer.Capture();
        Assert.Equal(1, after.Updates);
        Assert.Equal(before.Online, after.Online);
        Assert.Equal(before.FirstMoments, after.FirstMoments);
        Assert.Equal(before.SecondMoments, after.SecondMoments);

        // Nor is anything left of it for the step that follows.
        using DeviceTrainer clean = new(Vectors, new LearnerOptions { Optimizer = optimizer }, parameters, torch.CPU);
        clean.Restore(before);
        TrainingBatch good = TrainingExamples.Batch(Vectors, 8, 3);
        Assert.Equal(clean.Step(good, 1e-3f, new float[8]), trainer.Step(good, 1e-3f, new float[8]));
        Assert.Equal(clean.Capture().Online, trainer.Capture().Online);
    }

    [Fact]
    public void In_bfloat16_the_loss_falls_as_in_float32()
    {
        // bfloat16 has 8 bits of mantissa: values agree within 2^-8 of their size, and so do means over a batch.
        NetworkLayout layout = new(4, 2, new NetworkOptions { Hidden = [64, 64] });
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        LearnerOptions options = new() { Backend = ComputeBackend.Torch, Loss = LossKind.SquaredError };
        using ITrainer exact = TrainerFactory.Create(layout, options, parameters);
        using ITrainer coarse = TrainerFactory.Create(layout, options with { BFloat16 = true }, parameters);
        Assert.IsType<DeviceTrainer>(coarse);
        TrainingBatch batch = TrainingExamples.Batch(layout, 64, 1);
        double first = 0;
        for (int step = 0; step < 300; step++)
        {
            float left = exact.Step(batch, 1e-3f, new float[64]).Loss;
            float right = coarse.Step(batch, 1e-3f, new float[64]).Loss;
            first = step == 0 ? left : first;
            Assert.True(Math.Abs(left - right) < 0.02 * first, $"step {step}: {left} and {right}");
        }

        Assert.True(exact.Step(batch, 1e-3f, new float[64]).Loss < 0.5 * first);
        // θ itself is kept in float32: a bfloat16 would have zeros in its last 16 bits.
        Assert.Contains(TrainingExamples.ParametersOf(coarse), parameter => (BitConverter.SingleToInt32Bits(parameter) & 0xFFFF) != 0);
    }
}
