using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>Networks and batches that several tests train on, drawn from fixed seeds.</summary>
internal static class TrainingExamples
{
    public static float[] Parameters(NetworkLayout layout, ulong seed)
    {
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(seed), parameters);
        return parameters;
    }

    public static TrainingBatch Batch(NetworkLayout layout, int count, ulong seed, int capacity = 0)
    {
        RandomSource random = new(seed, 77);
        TrainingBatch batch = new(Math.Max(count, capacity), layout.ObservationSize) { Count = count };
        for (int i = 0; i < count * layout.ObservationSize; i++)
        {
            batch.Observations[i] = (float)random.NextUniform(-2, 2);
            batch.NextObservations[i] = (float)random.NextUniform(-2, 2);
        }

        for (int row = 0; row < count; row++)
        {
            batch.Actions[row] = random.NextInt(layout.ActionCount);
            batch.Returns[row] = (float)random.NextUniform(-3, 3);
            batch.Discounts[row] = random.NextInt(5) == 0 ? 0f : 0.9f;
            batch.Weights[row] = (float)random.NextUniform(0.2, 1);
        }

        return batch;
    }

    public static ITrainer Create(ComputeBackend backend, NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> parameters) =>
        TrainerFactory.Create(layout, options with { Backend = backend }, parameters);

    public static float[] ParametersOf(ITrainer trainer)
    {
        float[] parameters = new float[trainer.Layout.Length];
        trainer.CopyParameters(parameters);
        return parameters;
    }

    public static double LargestDifference(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Assert.Equal(left.Length, right.Length);
        double largest = 0;
        for (int i = 0; i < left.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((double)left[i] - right[i]));
        }

        return largest;
    }
}
