using System.Diagnostics;
using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Bench;

/// <summary>
/// Steps per second through the public vector interface, against a plain loop over one copy that only does the physics.
/// Both take the same pre-drawn random actions; repeats alternate, so that a busy machine slows both.
/// </summary>
internal static class EnvironmentsBenchmark
{
    private const int Copies = 64;
    private const int Repeats = 5;
    private const double RequiredRatio = 2.0 / 3.0;

    public static int Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"environment steps per second, {Copies} copies, one thread, median of {Repeats}"));
        Console.WriteLine("environment      vector M/s   plain loop M/s   ratio");
        bool enough = true;
        foreach ((string id, int steps, Func<int[], double> plain) in new (string, int, Func<int[], double>)[]
        {
            ("CartPole-v1", 1 << 24, PlainLoops.CartPole),
            ("MountainCar-v0", 1 << 24, PlainLoops.MountainCar),
            ("Acrobot-v1", 1 << 21, PlainLoops.Acrobot),
        })
        {
            (double vectorRate, double plainRate) = Compare(id, steps, plain);
            double ratio = vectorRate / plainRate;
            enough &= ratio >= RequiredRatio;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{id,-16} {vectorRate / 1e6,10:F1}   {plainRate / 1e6,14:F1}   {ratio,5:F2}"));
        }

        return enough ? 0 : 1;
    }

    private static (double VectorRate, double PlainRate) Compare(string id, int steps, Func<int[], double> plain)
    {
        IVectorEnvironment vector = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, Copies);
        RandomSource random = new(1);
        int actionCount = ((DiscreteSpace)vector.ActionSpace).Count;
        int[] actions = new int[steps];
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = random.NextInt(actionCount);
        }

        VectorLoop loop = new(vector);
        // The first round compiles and warms both; it is not counted.
        double[] vectorRates = new double[Repeats + 1];
        double[] plainRates = new double[Repeats + 1];
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            vectorRates[repeat] = Rate(steps, () => loop.Run(actions));
            plainRates[repeat] = Rate(steps, () => plain(actions));
        }

        return (Median(vectorRates[1..]), Median(plainRates[1..]));
    }

    private static double Rate(int steps, Func<double> run)
    {
        long start = Stopwatch.GetTimestamp();
        double rewards = run();
        double rate = steps / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return double.IsFinite(rewards) ? rate : throw new InvalidOperationException("the rewards' sum is not finite");
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private sealed class VectorLoop
    {
        private readonly IVectorEnvironment _vector;
        private readonly float[] _observations;
        private readonly float[] _finalObservations;
        private readonly double[] _rewards = new double[Copies];
        private readonly bool[] _terminated = new bool[Copies];
        private readonly bool[] _truncated = new bool[Copies];

        public VectorLoop(IVectorEnvironment vector)
        {
            _vector = vector;
            _observations = new float[Copies * ((BoxSpace)vector.ObservationSpace).Size];
            _finalObservations = new float[_observations.Length];
            _vector.Reset(seed: 1, firstIndex: 0, _observations);
        }

        public double Run(int[] actions)
        {
            double sum = 0;
            for (int start = 0; start < actions.Length; start += Copies)
            {
                _vector.Step(actions.AsSpan(start, Copies), _observations, _rewards, _terminated, _truncated, _finalObservations);
                sum += _rewards[0];
            }

            return sum;
        }
    }
}
