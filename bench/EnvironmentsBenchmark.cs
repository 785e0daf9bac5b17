using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>
/// Steps per second through the public vector interface: classic control against a plain loop over one copy that only does the physics, games and
/// tables against Python. Contenders of one run take turns, so that a busy machine slows both.
/// </summary>
internal static class EnvironmentsBenchmark
{
    private const int Repeats = 5;
    private const double RequiredRatio = 2.0 / 3.0;

    public static int Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"environment steps per second, {VectorLoop.Copies} copies, one thread, median of {Repeats}"));
        Console.WriteLine("environment      vector M/s   plain loop M/s   ratio");
        bool enough = true;
        foreach ((string id, int steps, Func<int[], double> plain) in new (string, int, Func<int[], double>)[]
        {
            ("CartPole-v1", 1 << 24, PlainLoops.CartPole),
            ("MountainCar-v0", 1 << 24, PlainLoops.MountainCar),
            ("Acrobot-v1", 1 << 21, PlainLoops.Acrobot),
        })
        {
            VectorLoop loop = new(id, steps);
            (double vectorRate, double plainRate) = Compare(loop.Rate, () => VectorLoop.Rate(steps, () => plain(loop.Actions)));
            double ratio = vectorRate / plainRate;
            enough &= ratio >= RequiredRatio;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{id,-16} {vectorRate / 1e6,10:F1}   {plainRate / 1e6,14:F1}   {ratio,5:F2}"));
        }

        return enough & PythonRatios.AreReached(Compare) ? 0 : 1;
    }

    /// <summary>The medians of two rates taken in turn.</summary>
    private static (double First, double Second) Compare(Func<double> first, Func<double> second)
    {
        // The first round compiles and warms both; it is not counted.
        double[] firstRates = new double[Repeats + 1];
        double[] secondRates = new double[Repeats + 1];
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            firstRates[repeat] = first();
            secondRates[repeat] = second();
        }

        return (Median(firstRates[1..]), Median(secondRates[1..]));
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
