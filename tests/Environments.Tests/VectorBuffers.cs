namespace DqnAkka.Environments.Tests;

/// <summary>What one step of a vector environment writes.</summary>
internal sealed class VectorBuffers
{
    public VectorBuffers(IVectorEnvironment environment)
    {
        Size = ((BoxSpace)environment.ObservationSpace).Size;
        Observations = new float[environment.Count * Size];
        FinalObservations = new float[environment.Count * Size];
        Rewards = new double[environment.Count];
        Terminated = new bool[environment.Count];
        Truncated = new bool[environment.Count];
    }

    public int Size { get; }

    public float[] Observations { get; }

    public float[] FinalObservations { get; }

    public double[] Rewards { get; }

    public bool[] Terminated { get; }

    public bool[] Truncated { get; }

    public void Step(IVectorEnvironment environment, ReadOnlySpan<int> actions) =>
        environment.Step(actions, Observations, Rewards, Terminated, Truncated, FinalObservations);

    public ReadOnlySpan<float> Row(int copy) => Observations.AsSpan(copy * Size, Size);

    public ReadOnlySpan<float> FinalRow(int copy) => FinalObservations.AsSpan(copy * Size, Size);
}
