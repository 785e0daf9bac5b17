namespace DqnAkka.Learner.Tests;

/// <summary>Whole steps of both backends against the float64 reference, for every combination of options.</summary>
public sealed class WholeStepTests
{
    // Gradients of size 1 in float32 carry about 1e-6 of error; the optimizer's ε of 1e-3 and a rate of 1e-2 bound what it makes of them.
    private const double ParameterTolerance = 3e-5;
    private const double RelativeTolerance = 2e-4;

    public static TheoryData<ComputeBackend, Algorithm, LossKind, bool, Activation> Combinations()
    {
        TheoryData<ComputeBackend, Algorithm, LossKind, bool, Activation> data = [];
        foreach (ComputeBackend backend in new[] { ComputeBackend.Simd, ComputeBackend.Torch })
        {
            foreach (Algorithm algorithm in Enum.GetValues<Algorithm>())
            {
                foreach (LossKind loss in Enum.GetValues<LossKind>())
                {
                    foreach (Activation activation in Enum.GetValues<Activation>())
                    {
                        data.Add(backend, algorithm, loss, false, activation);
                        data.Add(backend, algorithm, loss, true, activation);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Three_steps_match_central_differences_with_every_optimizer(
        ComputeBackend backend, Algorithm algorithm, LossKind loss, bool isDueling, Activation activation)
    {
        LearnerOptions common = new()
        {
            Algorithm = algorithm,
            Loss = loss,
            HuberThreshold = 0.8f,
            MaxGradientNorm = 0.5f,
            AdamEpsilon = 1e-3f,
        };
        LearnerOptions[] optimizers =
        [
            common with { Optimizer = OptimizerKind.Adam },
            common with { Optimizer = OptimizerKind.RmsProp, RmsPropCentered = true },
            common with { Optimizer = OptimizerKind.RmsProp, RmsPropCentered = false, MaxGradientNorm = 0 },
        ];
        NetworkLayout layout = new(3, 3, new NetworkOptions { Hidden = [5, 4], Activation = activation, Dueling = isDueling });
        foreach (LearnerOptions options in optimizers)
        {
            float[] parameters = TrainingExamples.Parameters(layout, 11);
            ReferenceTrainer reference = new(layout, options, parameters);
            using ITrainer trainer = TrainingExamples.Create(backend, layout, options, parameters);
            for (int step = 0; step < 3; step++)
            {
                CompareStep(reference, trainer, TrainingExamples.Batch(layout, 7, (ulong)step));
                if (step == 1)
                {
                    reference.SynchronizeTarget();
                    trainer.SynchronizeTarget();
                }
            }
        }
    }

    private static void CompareStep(ReferenceTrainer reference, ITrainer trainer, TrainingBatch batch)
    {
        float[] errors = new float[batch.Count];
        (double loss, double norm, double[] expectedErrors) = reference.Step(batch, 1e-2);
        TrainingResult result = trainer.Step(batch, 1e-2f, errors);
        Assert.Equal(loss, result.Loss, RelativeTolerance * Math.Max(1, loss));
        Assert.Equal(norm, result.GradientNorm, RelativeTolerance * Math.Max(1, norm));
        Assert.Equal(expectedErrors.Average(), result.MeanAbsoluteTdError, RelativeTolerance);
        for (int row = 0; row < errors.Length; row++)
        {
            Assert.Equal(expectedErrors[row], errors[row], RelativeTolerance);
        }

        float[] parameters = TrainingExamples.ParametersOf(trainer);
        for (int i = 0; i < parameters.Length; i++)
        {
            Assert.Equal(reference.Online[i], parameters[i], ParameterTolerance);
        }
    }
}
