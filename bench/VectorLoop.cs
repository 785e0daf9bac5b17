using System.Diagnostics;
using DqnAkka.Environments;

namespace DqnAkka.Bench;

/// <summary>Steps a built-in environment through the public vector interface, with random actions drawn beforehand.</summary>
internal sealed class VectorLoop
{
    public const int Copies = 64;

    private readonly IVectorEnvironment _vector;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly double[] _rewards = new double[Copies];
    private readonly bool[] _terminated = new bool[Copies];
    private readonly bool[] _truncated = new bool[Copies];

    /// <summary>Makes the copies and draws the actions.</summary>
    /// <param name="id">The environment.</param>
    /// <param name="steps">Steps of one run, a multiple of <see cref="Copies"/>.</param>
    public VectorLoop(string id, int steps)
    {
        _vector = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, Copies);
        _observations = new float[Copies * ((BoxSpace)_vector.ObservationSpace).Size];
        _finalObservations = new float[_observations.Length];
        _vector.Reset(seed: 1, firstIndex: 0, _observations);
        RandomSource random = new(1);
        int actionCount = ((DiscreteSpace)_vector.ActionSpace).Count;
        Actions = new int[steps];
        for (int i = 0; i < Actions.Length; i++)
        {
            Actions[i] = random.NextInt(actionCount);
        }
    }

    /// <summary>The actions, step by step for each copy.</summary>
    public int[] Actions { get; }

    /// <summary>Bytes that the last run allocated.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Plays all actions once. Returns the steps a second of all copies together.</summary>
    public double Rate() => Rate(Actions.Length, Run);

    /// <summary>Steps a second of a run that returns the sum of its rewards.</summary>
    public static double Rate(int steps, Func<double> run)
    {
        long start = Stopwatch.GetTimestamp();
        double rewards = run();
        double rate = steps / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return double.IsFinite(rewards) ? rate : throw new InvalidOperationException("the rewards' sum is not finite");
    }

    private double Run()
    {
        double sum = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int start = 0; start < Actions.Length; start += Copies)
        {
            _vector.Step(Actions.AsSpan(start, Copies), _observations, _rewards, _terminated, _truncated, _finalObservations);
            sum += _rewards[0];
        }

        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return sum;
    }
}
