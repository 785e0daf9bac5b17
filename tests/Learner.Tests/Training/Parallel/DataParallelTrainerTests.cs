using DqnAkka.Environments;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

/// <summary>Replicas on several threads beside one trainer on the same batches.</summary>
public sealed class DataParallelTrainerTests
{
    private static readonly NetworkLayout Layout = new(4, 3, new NetworkOptions { Hidden = [64, 64], Dueling = true });

    [Theory]
    [InlineData("simd", 2, OptimizerKind.Adam)]
    [InlineData("simd", 3, OptimizerKind.Adam)]
    [InlineData("simd", 3, OptimizerKind.RmsProp)]
    [InlineData("simd", 5, OptimizerKind.AdaGrad)]
    [InlineData("torch", 2, OptimizerKind.RmsProp)]
    [InlineData("torch", 3, OptimizerKind.Adam)]
    [InlineData("device", 3, OptimizerKind.Adam)]
    public void Replicas_follow_a_single_trainer_over_two_hundred_steps(string backend, int count, OptimizerKind optimizer)
    {
        // The same sums in another order. Adam divides the noise in a gradient that is nearly zero by its own size plus ε: 1e-5 is where it stays noise.
        const double Tolerance = 1e-5;
        LearnerOptions options = new() { Optimizer = optimizer, AdamEpsilon = 1e-5f, AdaGradEpsilon = 1e-5f, MaxGradientNorm = 1f };
        float[] parameters = TrainingExamples.Parameters(Layout, 3);
        using IGradientTrainer single = Create(backend, options, parameters);
        using DataParallelTrainer replicas = Join(backend, count, options, parameters);
        for (int step = 0; step < 200; step++)
        {
            int rows = step % 4 == 0 ? 7 : 64;
            TrainingBatch batch = TrainingExamples.Batch(Layout, rows, (ulong)(step % 12), capacity: 64);
            float[] expectedErrors = new float[rows];
            float[] errors = new float[rows];
            TrainingResult expected = single.Step(batch, 1e-3f, expectedErrors);
            TrainingResult actual = replicas.Step(batch, 1e-3f, errors);
            Assert.True(Distance(expectedErrors, errors) < Tolerance, $"step {step}: |δ| differ by {Distance(expectedErrors, errors)}");
            Assert.Equal(expected.Loss, actual.Loss, Tolerance * expected.Loss);
            Assert.Equal(expected.GradientNorm, actual.GradientNorm, Tolerance * expected.GradientNorm);
            Assert.Equal(expected.MeanAbsoluteTdError, actual.MeanAbsoluteTdError, Tolerance * expected.MeanAbsoluteTdError);
            Assert.Equal(expected.MeanQ, actual.MeanQ, Tolerance);
            if (step % 50 == 49)
            {
                single.SynchronizeTarget();
                replicas.SynchronizeTarget();
            }

            single.BlendTarget(0.01f);
            replicas.BlendTarget(0.01f);
        }

        TrainerState one = single.Capture();
        TrainerState many = replicas.Capture();
        Assert.Equal(200, many.Updates);
        Assert.True(Distance(one.Online, many.Online) < Tolerance, $"the parameters differ by {Distance(one.Online, many.Online)}");
        Assert.True(Distance(one.Target, many.Target) < Tolerance, $"the target differs by {Distance(one.Target, many.Target)}");
        Assert.True(Distance(parameters, one.Online) > 0.05, $"the parameters moved by {Distance(parameters, one.Online)} only");
    }

    [Theory]
    [InlineData("simd")]
    [InlineData("torch")]
    [InlineData("device")]
    public void One_replica_is_the_trainer_itself_bit_by_bit(string backend)
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 3);
        using IGradientTrainer single = Create(backend, new LearnerOptions(), parameters);
        using DataParallelTrainer replica = Join(backend, 1, new LearnerOptions(), parameters);
        for (int step = 0; step < 50; step++)
        {
            TrainingBatch batch = TrainingExamples.Batch(Layout, 16, (ulong)step);
            float[] expected = new float[16];
            float[] actual = new float[16];
            Assert.Equal(single.Step(batch, 1e-3f, expected), replica.Step(batch, 1e-3f, actual));
            Assert.Equal(expected, actual);
            single.BlendTarget(0.2f);
            replica.BlendTarget(0.2f);
        }

        AssertSame(single.Capture(), replica.Capture());
    }

    [Fact]
    public void Two_runs_of_three_replicas_do_the_same_bit_by_bit_whichever_thread_is_faster()
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 3);
        using DataParallelTrainer first = Join("simd", 3, new LearnerOptions(), parameters);
        using DataParallelTrainer second = Join("simd", 3, new LearnerOptions(), parameters);
        float[] gradient = new float[Layout.Length];
        for (int step = 0; step < 100; step++)
        {
            // The one in steps, the other in halves, as where it is itself one replica of many.
            TrainingBatch batch = TrainingExamples.Batch(Layout, 16, (ulong)step);
            TrainingResult whole = first.Step(batch, 1e-3f, new float[16]);
            GradientResult half = second.ComputeGradient(batch, gradient, new float[16]);
            Assert.Equal(whole, new TrainingResult(half.Loss, half.MeanAbsoluteTdError, half.MeanQ, second.ApplyGradient(gradient, 1e-3f)));
        }

        AssertSame(first.Capture(), second.Capture());
    }

    [Theory]
    [InlineData("simd", float.NaN, 1)]
    [InlineData("simd", float.PositiveInfinity, 14)]
    [InlineData("torch", float.PositiveInfinity, 14)]
    [InlineData("device", float.NaN, 8)]
    public void A_row_that_is_not_finite_in_one_part_has_all_replicas_skip_the_step(string backend, float value, int row)
    {
        using DataParallelTrainer replicas = Join(backend, 3, new LearnerOptions(), TrainingExamples.Parameters(Layout, 3));
        TrainingBatch batch = TrainingExamples.Batch(Layout, 16, 1);
        replicas.Step(batch, 1e-3f, new float[16]);
        TrainerState before = replicas.Capture();
        batch.Returns[row] = value;
        float[] errors = new float[16];
        Assert.True(replicas.Step(batch, 1e-3f, errors).IsSkipped);
        Assert.Equal(15, errors.Count(float.IsFinite));
        AssertSame(before, replicas.Capture());

        // The replicas are still equal: the checksums of every update say so.
        batch.Returns[row] = 0;
        Assert.False(replicas.Step(batch, 1e-3f, errors).IsSkipped);
        Assert.Equal(2, replicas.Updates);
    }

    [Fact]
    public void Replicas_that_differ_are_named()
    {
        IGradientTrainer[] trainers = [.. Enumerable.Range(0, 3).Select(_ => Create("simd", new LearnerOptions(), TrainingExamples.Parameters(Layout, 3)))];
        using DataParallelTrainer replicas = new(trainers, ["cpu", "cpu", "cuda:1"], checksumPeriod: 5);
        TrainingBatch batch = TrainingExamples.Batch(Layout, 16, 1);
        float[] parameters = TrainingExamples.ParametersOf(trainers[2]);
        // One bit of one parameter.
        parameters[5] = MathF.BitIncrement(parameters[5]);
        trainers[2].LoadParameters(parameters);
        for (int step = 0; step < 4; step++)
        {
            replicas.Step(batch, 1e-3f, new float[16]);
        }

        LearnerException exception = Assert.Throws<LearnerException>(() => replicas.Step(batch, 1e-3f, new float[16]));
        Assert.Matches(
            @"^learner replicas 0 \(cpu\) and 2 \(cuda:1\) have different parameters after 5 updates \(checksums [0-9a-f]{8} and [0-9a-f]{8}\): name devices of one model in dqn\.learner\.devices, and where they are, look at their memory$",
            exception.Message);
        replicas.LoadParameters(TrainingExamples.ParametersOf(trainers[0]));
        Assert.Equal(trainers[0].Capture().Online, trainers[2].Capture().Online);
    }

    [Fact]
    public void A_state_is_given_to_every_replica()
    {
        LearnerOptions options = new() { Optimizer = OptimizerKind.RmsProp };
        using IGradientTrainer trained = Create("torch", options, TrainingExamples.Parameters(Layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(Layout, 16, 1);
        for (int step = 0; step < 20; step++)
        {
            trained.Step(batch, 1e-3f, new float[16]);
        }

        using DataParallelTrainer replicas = Join("simd", 2, options, TrainingExamples.Parameters(Layout, 2));
        replicas.Restore(trained.Capture());
        Assert.Equal(20, replicas.Updates);
        AssertSame(trained.Capture(), replicas.Capture());
        float[] target = TrainingExamples.Parameters(Layout, 9);
        replicas.LoadTarget(target);
        Assert.Equal(target, replicas.Capture().Target);
        // Compared after every update: it would throw if one replica had been left out.
        replicas.Step(batch, 1e-3f, new float[16]);
    }

    [Fact]
    public void Bytes_are_split_as_floats_are()
    {
        NetworkLayout images = new(new ObservationFormat(ObservationType.UInt8, 400, 1, new PlaneShape(4, 10, 10)), 3, new NetworkOptions());
        float[] parameters = TrainingExamples.Parameters(images, 1);
        using DeviceTrainer single = new(images, new LearnerOptions(), parameters, torch.CPU);
        using DataParallelTrainer replicas = new(
            [.. Enumerable.Range(0, 2).Select(_ => new DeviceTrainer(images, new LearnerOptions(), parameters, torch.CPU))], ["cpu", "cpu"], 1);
        RandomSource random = new(3);
        TrainingBatch batch = replicas.NextBatch(9);
        Assert.True(batch.HoldsBytes);
        Assert.Same(batch, replicas.NextBatch(9));
        TrainingBatch example = TrainingExamples.Batch(images, 9, 4);
        batch.Count = 9;
        example.Actions.CopyTo(batch.Actions);
        example.Returns.CopyTo(batch.Returns);
        example.Discounts.CopyTo(batch.Discounts);
        for (int i = 0; i < batch.ObservationBytes.Length; i++)
        {
            batch.ObservationBytes[i] = (byte)random.NextInt(256);
            batch.NextObservationBytes[i] = (byte)random.NextInt(256);
        }

        float[] expected = new float[9];
        float[] actual = new float[9];
        single.Step(batch, 1e-3f, expected);
        replicas.Step(batch, 1e-3f, actual);
        Assert.True(Distance(expected, actual) < 1e-5);
        // Where floats are given, the replicas' threads say what is wrong on the caller's.
        Assert.Throws<ArgumentException>(() => replicas.Step(example, 1e-3f, actual));
        replicas.Step(batch, 1e-3f, actual);
    }

    [Fact]
    public void More_replicas_than_rows_are_refused()
    {
        using DataParallelTrainer replicas = Join("simd", 3, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => replicas.Step(TrainingExamples.Batch(Layout, 2, 1), 1e-3f, new float[2]));
        Assert.Equal("a batch of 2 rows cannot be split over 3 replicas: each takes at least one row", exception.Message);
        Assert.False(replicas.Step(TrainingExamples.Batch(Layout, 3, 1), 1e-3f, new float[3]).IsSkipped);
    }

    [Fact]
    public void Replicas_that_round_differently_are_refused()
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using IGradientTrainer simd = Create("simd", new LearnerOptions(), parameters);
        using IGradientTrainer torch = Create("torch", new LearnerOptions(), parameters);
        LearnerException exception = Assert.Throws<LearnerException>(() => new DataParallelTrainer([simd, torch], ["cpu", "cuda:0"], 1));
        Assert.Equal(
            "dqn.learner.devices = [cpu, cuda:0] mixes devices that round differently, and replicas have to stay equal bit by bit: name only cpu or only CUDA devices",
            exception.Message);
        Assert.Throws<ArgumentException>(() => new DataParallelTrainer([], [], 1));
        Assert.Throws<ArgumentException>(() => new DataParallelTrainer([simd], ["cpu", "cpu"], 1));
    }

    [Fact]
    public void A_step_of_many_replicas_allocates_nothing()
    {
        using DataParallelTrainer replicas = Join("simd", 2, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        TrainingBatch batch = replicas.NextBatch(64);
        batch.CopyFrom(TrainingExamples.Batch(Layout, 64, 1));
        float[] errors = new float[64];
        Assert.Equal(0, Allocations.Of(() => replicas.Step(batch, 1e-3f, errors)));
    }

    private static IGradientTrainer Create(string backend, LearnerOptions options, float[] parameters) => backend switch
    {
        "simd" => new SimdTrainer(Layout, options, parameters),
        "torch" => new TorchTrainer(Layout, options, parameters),
        _ => new DeviceTrainer(Layout, options, parameters, torch.CPU),
    };

    private static DataParallelTrainer Join(string backend, int count, LearnerOptions options, float[] parameters) => new(
        [.. Enumerable.Range(0, count).Select(_ => Create(backend, options, parameters))], [.. Enumerable.Repeat("cpu", count)], checksumPeriod: 1);

    /// <summary>‖left − right‖/‖left‖.</summary>
    private static double Distance(float[] left, float[] right)
    {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < left.Length; i++)
        {
            difference += Math.Pow((double)left[i] - right[i], 2);
            size += Math.Pow(left[i], 2);
        }

        return Math.Sqrt(difference / size);
    }

    private static void AssertSame(TrainerState expected, TrainerState actual)
    {
        Assert.Equal(expected.Updates, actual.Updates);
        Assert.Equal(expected.Online, actual.Online);
        Assert.Equal(expected.Target, actual.Target);
        Assert.Equal(expected.FirstMoments, actual.FirstMoments);
        Assert.Equal(expected.SecondMoments, actual.SecondMoments);
    }
}
