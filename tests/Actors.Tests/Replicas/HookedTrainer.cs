using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>A trainer like any other, which tells when it computes a gradient or shows its parameters.</summary>
internal sealed class HookedTrainer(IGradientTrainer inner) : IGradientTrainer
{
    /// <summary>Called before gradient n = 1, 2, … is computed.</summary>
    public Action<long> BeforeGradient { get; init; } = _ => { };

    /// <summary>Called with the parameters n = 1, 2, … that were asked for; may change them.</summary>
    public CopyHook AfterCopy { get; init; } = (_, _) => { };

    public delegate void CopyHook(long number, Span<float> parameters);

    public long Gradients { get; private set; }

    public long Copies { get; private set; }

    public string Arithmetic { get; init; } = inner.Arithmetic;

    public NetworkLayout Layout => inner.Layout;

    public long Updates => inner.Updates;

    public TrainingBatch NextBatch(int capacity) => inner.NextBatch(capacity);

    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors) => inner.Step(batch, learningRate, absoluteTdErrors);

    public GradientResult ComputeGradient(TrainingBatch batch, Span<float> gradient, Span<float> absoluteTdErrors)
    {
        BeforeGradient(++Gradients);
        return inner.ComputeGradient(batch, gradient, absoluteTdErrors);
    }

    public float ApplyGradient(ReadOnlySpan<float> gradient, float learningRate) => inner.ApplyGradient(gradient, learningRate);

    public void SynchronizeTarget() => inner.SynchronizeTarget();

    public void BlendTarget(float tau) => inner.BlendTarget(tau);

    public void LoadParameters(ReadOnlySpan<float> parameters) => inner.LoadParameters(parameters);

    public void LoadTarget(ReadOnlySpan<float> parameters) => inner.LoadTarget(parameters);

    public void CopyParameters(Span<float> destination)
    {
        inner.CopyParameters(destination);
        AfterCopy(++Copies, destination);
    }

    public TrainerState Capture() => inner.Capture();

    public void Restore(TrainerState state) => inner.Restore(state);

    public void Dispose() => inner.Dispose();
}

/// <summary>The run that replicas are tested on, the same in every process.</summary>
internal static class ReplicatedRun
{
    public const int BatchSize = 29;
    private const int ObservationSize = 6;

    public static NetworkLayout Layout { get; } = new(ObservationSize, 3, Options(2).Network);

    public static TrainingOptions Options(int replicas, double timeoutSeconds = 5) => Make.Options() with
    {
        Network = new NetworkOptions { Hidden = [200, 100], Dueling = true },
        Learner = new LearnerOptions
        {
            BatchSize = BatchSize,
            Backend = ComputeBackend.Simd,
            Mode = LearnerMode.DataParallel,
            Replicas = replicas,
            ReplicaTimeoutSeconds = timeoutSeconds,
            ChecksumPeriod = 10,
            MaxGradientNorm = 1,
        },
    };

    public static IGradientTrainer CreateTrainer(bool isLearner)
    {
        float[] parameters = new float[Layout.Length];
        if (isLearner)
        {
            NetworkInitializer.Initialize(Layout, new RandomSource(3), parameters);
        }

        return (IGradientTrainer)TrainerFactory.Create(Layout, Options(2).Learner, parameters);
    }

    /// <summary>Fills the batch of a step.</summary>
    public static void Fill(TrainingBatch batch, int step)
    {
        RandomSource random = new((ulong)step, 11);
        batch.Count = BatchSize;
        for (int index = 0; index < BatchSize * ObservationSize; index++)
        {
            batch.Observations[index] = (float)random.NextUniform(-2, 2);
            batch.NextObservations[index] = (float)random.NextUniform(-2, 2);
        }

        for (int row = 0; row < BatchSize; row++)
        {
            batch.Actions[row] = random.NextInt(Layout.ActionCount);
            batch.Returns[row] = (float)random.NextUniform(-3, 3);
            batch.Discounts[row] = random.NextInt(5) == 0 ? 0 : 0.9f;
            batch.Weights[row] = (float)random.NextUniform(0.2, 1);
        }
    }
}
