namespace DqnAkka.Learner.Tests;

/// <summary>What every backend owes to its callers.</summary>
public sealed class TrainerBehaviourTests
{
    private static readonly NetworkLayout Layout = new(4, 3, new NetworkOptions { Hidden = [17, 9] });

    public static TheoryData<ComputeBackend> Backends() => new(ComputeBackend.Simd, ComputeBackend.Torch);

    [Theory]
    [MemberData(nameof(Backends))]
    public void Double_DQN_equals_DQN_while_the_selector_is_the_target_network_itself(ComputeBackend backend)
    {
        LearnerOptions options = new() { LearningRate = 1e-2 };
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using ITrainer plain = TrainingExamples.Create(backend, Layout, options with { Algorithm = Algorithm.Dqn }, parameters);
        using ITrainer twofold = TrainingExamples.Create(backend, Layout, options with { Algorithm = Algorithm.DoubleDqn }, parameters);
        float[] plainErrors = new float[64];
        float[] twofoldErrors = new float[64];
        bool hasDiffered = false;
        for (ulong step = 0; step < 30; step++)
        {
            bool isSynchronized = step % 10 == 0;
            if (isSynchronized)
            {
                plain.SynchronizeTarget();
                twofold.Restore(plain.Capture());
            }

            TrainingBatch batch = TrainingExamples.Batch(Layout, 64, step);
            plain.Step(batch, 1e-2f, plainErrors);
            twofold.Step(batch, 1e-2f, twofoldErrors);
            if (isSynchronized)
            {
                Assert.True(TrainingExamples.LargestDifference(plainErrors, twofoldErrors) < 1e-5);
            }
            else
            {
                hasDiffered |= TrainingExamples.LargestDifference(plainErrors, twofoldErrors) > 1e-3;
            }
        }

        Assert.True(hasDiffered, "the algorithms never differed, so their agreement says nothing");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Halving_every_importance_weight_halves_loss_and_gradient_but_not_the_errors(ComputeBackend backend)
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using ITrainer whole = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        using ITrainer half = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        TrainingBatch batch = TrainingExamples.Batch(Layout, 33, 1);
        float[] wholeErrors = new float[33];
        float[] halfErrors = new float[33];
        TrainingResult full = whole.Step(batch, 1e-3f, wholeErrors);
        for (int row = 0; row < 33; row++)
        {
            batch.Weights[row] *= 0.5f;
        }

        TrainingResult halved = half.Step(batch, 1e-3f, halfErrors);
        Assert.Equal(0.5 * full.Loss, halved.Loss, 1e-6);
        Assert.Equal(0.5 * full.GradientNorm, halved.GradientNorm, 1e-6);
        Assert.Equal(wholeErrors, halfErrors);
        Assert.Equal(full.MeanAbsoluteTdError, halved.MeanAbsoluteTdError);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_row_of_weight_zero_changes_nothing(ComputeBackend backend)
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        TrainingBatch batch = TrainingExamples.Batch(Layout, 8, 1);
        batch.Weights[5] = 0;
        float[] errors = new float[8];
        using ITrainer first = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        first.Step(batch, 1e-3f, errors);
        batch.Returns[5] = 1_000f;
        using ITrainer second = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        second.Step(batch, 1e-3f, errors);
        Assert.Equal(TrainingExamples.ParametersOf(first), TrainingExamples.ParametersOf(second));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_target_network_stands_still_until_it_is_synchronized(ComputeBackend backend)
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        float[] errors = new float[8];
        for (ulong step = 0; step < 5; step++)
        {
            trainer.Step(TrainingExamples.Batch(Layout, 8, step), 1e-2f, errors);
            Assert.Equal(parameters, trainer.Capture().Target);
        }

        trainer.SynchronizeTarget();
        TrainerState state = trainer.Capture();
        Assert.Equal(state.Online, state.Target);
        Assert.NotEqual(parameters, state.Target);
        Assert.Equal(5, trainer.Updates);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_Polyak_update_moves_the_target_by_tau_of_the_way(ComputeBackend backend)
    {
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        trainer.Step(TrainingExamples.Batch(Layout, 8, 1), 1e-1f, new float[8]);
        TrainerState before = trainer.Capture();
        trainer.BlendTarget(0.25f);
        TrainerState after = trainer.Capture();
        float[] expected = [.. before.Online.Zip(before.Target, (online, target) => (0.25f * online) + (0.75f * target))];
        Assert.True(TrainingExamples.LargestDifference(expected, after.Target) < 1e-7);
        Assert.Equal(before.Online, after.Online);
        trainer.BlendTarget(1f);
        Assert.Equal(before.Online, trainer.Capture().Target);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.BlendTarget(0f));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.BlendTarget(float.NaN));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_clipped_gradient_has_exactly_the_maximum_norm(ComputeBackend backend)
    {
        // RMSProp with α = 0 and a large ε is plain gradient descent up to the factor 1/ε, so the change shows the clipped gradient.
        LearnerOptions options = new()
        {
            Optimizer = OptimizerKind.RmsProp,
            RmsPropCentered = false,
            RmsPropDecay = 0f,
            RmsPropEpsilon = 1e6f,
            MaxGradientNorm = 0.125f,
        };
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, options, parameters);
        TrainingResult result = trainer.Step(TrainingExamples.Batch(Layout, 8, 1), 1e6f, new float[8]);
        float[] after = TrainingExamples.ParametersOf(trainer);
        double change = Math.Sqrt(parameters.Zip(after, (x, y) => Math.Pow((double)x - y, 2)).Sum());
        Assert.True(result.GradientNorm > 0.125f);
        Assert.Equal(0.125, change, 2e-6);
    }

    [Theory]
    [InlineData(ComputeBackend.Simd, ComputeBackend.Simd, 0)]
    [InlineData(ComputeBackend.Torch, ComputeBackend.Torch, 0)]
    [InlineData(ComputeBackend.Simd, ComputeBackend.Torch, 1e-5)]
    [InlineData(ComputeBackend.Torch, ComputeBackend.Simd, 1e-5)]
    public void A_restored_state_goes_on_as_if_nothing_had_happened(ComputeBackend captured, ComputeBackend restored, double tolerance)
    {
        foreach (OptimizerKind optimizer in Enum.GetValues<OptimizerKind>())
        {
            NetworkLayout layout = new(4, 3, new NetworkOptions { Hidden = [17, 9], Dueling = true });
            LearnerOptions options = new() { Optimizer = optimizer };
            using ITrainer original = TrainingExamples.Create(captured, layout, options, TrainingExamples.Parameters(layout, 1));
            using ITrainer copy = TrainingExamples.Create(restored, layout, options, TrainingExamples.Parameters(layout, 2));
            float[] errors = new float[16];
            for (ulong step = 0; step < 10; step++)
            {
                original.Step(TrainingExamples.Batch(layout, 16, step), 1e-3f, errors);
            }

            copy.Restore(original.Capture());
            Assert.Equal(original.Updates, copy.Updates);
            for (ulong step = 10; step < 20; step++)
            {
                original.Step(TrainingExamples.Batch(layout, 16, step), 1e-3f, errors);
                copy.Step(TrainingExamples.Batch(layout, 16, step), 1e-3f, errors);
            }

            TrainerState expected = original.Capture();
            TrainerState actual = copy.Capture();
            Assert.True(TrainingExamples.LargestDifference(expected.Online, actual.Online) <= tolerance);
            Assert.True(TrainingExamples.LargestDifference(expected.Target, actual.Target) <= tolerance);
            Assert.True(TrainingExamples.LargestDifference(expected.FirstMoments, actual.FirstMoments) <= tolerance);
            Assert.True(TrainingExamples.LargestDifference(expected.SecondMoments, actual.SecondMoments) <= tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_captured_state_has_zeros_in_its_padding_whatever_was_restored_there(ComputeBackend backend)
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        trainer.Step(TrainingExamples.Batch(Layout, 8, 1), 1e-3f, new float[8]);
        TrainerState state = trainer.Capture();
        trainer.Restore(state);
        foreach (float[] vector in new[] { state.Online, state.Target, state.FirstMoments, state.SecondMoments, TrainingExamples.ParametersOf(trainer) })
        {
            float[] padding = [.. vector.Where((_, i) => !Layout.Slots.Any(slot => i >= slot.Offset && i < slot.Offset + slot.Length))];
            Assert.Equal(Layout.Length - Layout.ParameterCount, padding.Length);
            Assert.All(padding, value => Assert.Equal(0f, value));
        }
    }

    [Theory]
    [InlineData(ComputeBackend.Simd, float.NaN)]
    [InlineData(ComputeBackend.Torch, float.NaN)]
    [InlineData(ComputeBackend.Simd, float.PositiveInfinity)]
    [InlineData(ComputeBackend.Torch, float.PositiveInfinity)]
    [InlineData(ComputeBackend.Simd, 1e30f)]
    [InlineData(ComputeBackend.Torch, 1e30f)]
    public void A_loss_that_is_not_finite_leaves_the_trainer_as_it_was(ComputeBackend backend, float value)
    {
        LearnerOptions options = new() { Loss = LossKind.SquaredError };
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, options, TrainingExamples.Parameters(Layout, 1));
        float[] errors = new float[8];
        trainer.Step(TrainingExamples.Batch(Layout, 8, 1), 1e-3f, errors);
        TrainerState before = trainer.Capture();
        TrainingBatch batch = TrainingExamples.Batch(Layout, 8, 2);
        batch.Returns[3] = value;
        TrainingResult result = trainer.Step(batch, 1e-3f, errors);
        Assert.True(result.IsSkipped);
        Assert.Equal(float.IsFinite(value) ? 8 : 7, errors.Count(float.IsFinite));
        TrainerState after = trainer.Capture();
        Assert.Equal(before.Updates, after.Updates);
        Assert.Equal(before.Online, after.Online);
        Assert.Equal(before.FirstMoments, after.FirstMoments);
        Assert.Equal(before.SecondMoments, after.SecondMoments);
        trainer.Step(TrainingExamples.Batch(Layout, 8, 3), 1e-3f, errors);
        Assert.All(TrainingExamples.ParametersOf(trainer), parameter => Assert.True(float.IsFinite(parameter)));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_NaN_in_an_observation_does_not_pass_for_an_inactive_unit(ComputeBackend backend)
    {
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(Layout, 8, 2);
        batch.Observations[9] = float.NaN;
        Assert.True(trainer.Step(batch, 1e-3f, new float[8]).IsSkipped);
        Assert.Equal(0, trainer.Updates);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_batch_that_does_not_fit_is_refused(ComputeBackend backend)
    {
        using ITrainer trainer = TrainingExamples.Create(backend, Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        TrainingBatch empty = TrainingExamples.Batch(Layout, 8, 1);
        empty.Count = 0;
        TrainingBatch overfull = TrainingExamples.Batch(Layout, 8, 1);
        overfull.Count = 9;
        TrainingBatch foreignAction = TrainingExamples.Batch(Layout, 8, 1);
        foreignAction.Actions[7] = 3;
        TrainingBatch otherSize = TrainingExamples.Batch(new NetworkLayout(5, 3, new NetworkOptions()), 8, 1);
        float[] errors = new float[9];
        Assert.Throws<ArgumentException>(() => trainer.Step(empty, 1e-3f, errors));
        Assert.Throws<ArgumentException>(() => trainer.Step(overfull, 1e-3f, errors));
        Assert.Throws<ArgumentException>(() => trainer.Step(foreignAction, 1e-3f, errors));
        Assert.Throws<ArgumentException>(() => trainer.Step(otherSize, 1e-3f, errors));
        Assert.Throws<ArgumentException>(() => trainer.Step(TrainingExamples.Batch(Layout, 8, 1), 1e-3f, new float[7]));
        Assert.Throws<ArgumentException>(() => trainer.CopyParameters(new float[Layout.Length - 1]));
        Assert.Throws<ArgumentException>(() => trainer.Restore(trainer.Capture() with { Target = new float[16] }));
        Assert.Throws<ArgumentException>(() => TrainingExamples.Create(backend, Layout, new LearnerOptions(), new float[16]));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Only_the_rows_in_use_count(ComputeBackend backend)
    {
        float[] parameters = TrainingExamples.Parameters(Layout, 1);
        using ITrainer exact = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        using ITrainer roomy = TrainingExamples.Create(backend, Layout, new LearnerOptions(), parameters);
        TrainingBatch batch = TrainingExamples.Batch(Layout, 8, 1, capacity: 32);
        batch.Actions[8..].Fill(99);
        batch.Returns[8..].Fill(float.NaN);
        exact.Step(TrainingExamples.Batch(Layout, 8, 1), 1e-3f, new float[8]);
        roomy.Step(batch, 1e-3f, new float[32]);
        Assert.Equal(TrainingExamples.ParametersOf(exact), TrainingExamples.ParametersOf(roomy));
    }
}
