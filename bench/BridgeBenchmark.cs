using System.Diagnostics;
using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Bench;

/// <summary>
/// What the bridge to Python costs: a vector step of Gymnasium's CartPole through it next to the same copies stepped in Python itself
/// (bench/peers/bridge.py), in one run, the two in turn. Needs a Python with numpy, and gymnasium or its stand-in on PYTHONPATH.
/// </summary>
internal static class BridgeBenchmark
{
    private const int Repeats = 5;
    private const double Allowed = 0.25;
    private const int CopiesAllowedFor = 64;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(0.5);

    public static int Run(string[] arguments)
    {
        string python = arguments is [string given, ..] ? given : Environment.GetEnvironmentVariable("DQN_PYTHON") ?? "python3";
        string path = Environment.GetEnvironmentVariable("PYTHONPATH") ?? "";
        Environment.SetEnvironmentVariable("PYTHONPATH", Path.GetFullPath("bench/peers") + Path.PathSeparator + path);
        Console.WriteLine(FormattableString.Invariant($"CartPole-v1 in {python}, microseconds for a vector step, median of {Repeats}"));
        Console.WriteLine("copies   in Python   through the bridge   bridge's share");
        bool isCheap = true;
        foreach (int copies in (int[])[1, 8, 64])
        {
            double[] inside = new double[Repeats];
            double[] through = new double[Repeats];
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                inside[repeat] = InPython(python, copies);
                through[repeat] = ThroughBridge(new EnvironmentSpecification { Type = "gymnasium", Id = "CartPole-v1", Python = python }, copies);
            }

            double share = 1 - (Median(inside) / Median(through));
            isCheap &= copies != CopiesAllowedFor || share <= Allowed;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{copies,6}   {Median(inside),9:F1}   {Median(through),18:F1}   {share,14:P0}"));
        }

        Console.WriteLine("frames of an environment that draws nothing (bench/peers/frames.py), microseconds for a vector step");
        Console.WriteLine("copies    bytes   in Python   through the bridge   bridge's cost");
        foreach ((int copies, int channels) in ((int, int)[])[(8, 4), (64, 1)])
        {
            double[] inside = new double[Repeats];
            double[] through = new double[Repeats];
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"frames:Frames{channels}-v0");
                inside[repeat] = InPython(python, copies, id);
                through[repeat] = ThroughBridge(new EnvironmentSpecification { Type = "gymnasium", Id = id, Python = python }, copies);
            }

            int bytes = copies * channels * 84 * 84;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{copies,6}   {bytes,6}   {Median(inside),9:F1}   {Median(through),18:F1}   {Median(through) - Median(inside),13:F1}"));
        }

        return isCheap ? 0 : 1;
    }

    private static double InPython(string python, int copies, string id = "CartPole-v1")
    {
        ProcessStartInfo start = new(python) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])["bench/peers/bridge.py", "--seconds", "0.1", id, copies.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output.TrimEnd().Split('\n')[^1].Split(' ')[^1], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"bench/peers/bridge.py failed with {process.ExitCode}: run from the repository's root, with gymnasium importable");
    }

    private static double ThroughBridge(EnvironmentSpecification specification, int copies)
    {
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, copies);
        int size = ((BoxSpace)environment.ObservationSpace).Size;
        int actionCount = ((DiscreteSpace)environment.ActionSpace).Count;
        (float[] observations, float[] finals) = (new float[copies * size], new float[copies * size]);
        (double[] rewards, bool[] terminated, bool[] truncated) = (new double[copies], new bool[copies], new bool[copies]);
        int[] actions = new int[copies];
        RandomSource random = new(1);
        environment.Reset(1, 0, observations);
        long steps = -100;
        long start = 0;
        for (; steps <= 0 || Stopwatch.GetElapsedTime(start) < Length; steps++)
        {
            // The first steps warm both sides up and are not counted.
            start = steps == 0 ? Stopwatch.GetTimestamp() : start;
            for (int i = 0; i < copies; i++)
            {
                actions[i] = random.NextInt(actionCount);
            }

            environment.Step(actions, observations, rewards, terminated, truncated, finals);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / steps;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
