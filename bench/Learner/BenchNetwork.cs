using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>A network to measure, under the name that the peer's script knows it by.</summary>
/// <param name="Name">The name.</param>
/// <param name="Layout">The network.</param>
internal sealed record BenchNetwork(string Name, NetworkLayout Layout)
{
    /// <summary>Fully connected, from 4 components to 2 actions.</summary>
    public static BenchNetwork Mlp(params int[] hidden) =>
        new($"4-{string.Join('-', hidden)}-2", new NetworkLayout(4, 2, new NetworkOptions { Hidden = hidden }));

    /// <summary>On images.</summary>
    public static BenchNetwork Image(string name, NetworkKind kind, PlaneShape shape, int actions) =>
        new(name, new NetworkLayout(new ObservationFormat(ObservationType.Float32, (int)shape.Size, 1, shape), actions, new NetworkOptions { Kind = kind }));

    /// <summary>Initial parameters.</summary>
    public float[] Parameters()
    {
        float[] parameters = new float[Layout.Length];
        NetworkInitializer.Initialize(Layout, new RandomSource(1), parameters);
        return parameters;
    }

    /// <summary>A random batch.</summary>
    public TrainingBatch Batch(int count)
    {
        RandomSource random = new(2);
        TrainingBatch batch = new(count, Layout.ObservationSize) { Count = count };
        for (int i = 0; i < batch.Observations.Length; i++)
        {
            batch.Observations[i] = (float)random.NextUniform(-1, 1);
            batch.NextObservations[i] = (float)random.NextUniform(-1, 1);
        }

        for (int row = 0; row < count; row++)
        {
            batch.Actions[row] = random.NextInt(Layout.ActionCount);
            batch.Returns[row] = 1;
            batch.Discounts[row] = random.NextInt(10) == 0 ? 0 : 0.99f;
            batch.Weights[row] = 1;
        }

        return batch;
    }
}
