using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>
/// How many times as fast games and tables step here as in Python. The games' figures are of MinAtar 1.0.15 (its act and its observation, one
/// copy) on another machine of the same kind, since its package is not at hand; the tables are stepped by bench/peers/tabular.py in the same run.
/// </summary>
internal static class PythonRatios
{
    private const int GameSteps = 1 << 21;
    private const int TableSteps = 1 << 22;
    private const double TableFloor = 100;

    private static readonly (string Id, double Python, double Floor)[] Games =
    [
        ("MinAtar/Asterix-v0", 423e3, 20),
        ("MinAtar/Breakout-v0", 534e3, 20),
        ("MinAtar/Freeway-v0", 210e3, 20),
        ("MinAtar/Seaquest-v0", 333e3, 20),
        ("MinAtar/SpaceInvaders-v0", 35e3, 200),
    ];

    private static readonly string[] Tables = ["FrozenLake-v1", "FrozenLake8x8-v1", "Taxi-v4", "CliffWalking-v1", "Blackjack-v1"];

    /// <summary>Measures and prints; whether every floor is reached and no step allocates.</summary>
    /// <param name="compare">The medians of two rates taken in turn.</param>
    public static bool AreReached(Func<Func<double>, Func<double>, (double, double)> compare)
    {
        Console.WriteLine();
        Console.WriteLine("environment              vector M/s   Python k/s   ratio   floor   bytes a step   Python's figure");
        bool enough = true;
        foreach ((string id, double python, double floor) in Games)
        {
            VectorLoop loop = new(id, GameSteps);
            (double rate, _) = compare(loop.Rate, () => python);
            enough &= IsReached(id, loop, rate, python, floor, "MinAtar 1.0.15 on another machine");
        }

        if (PythonScript.Find("tabular.py", "numpy") is not { } script)
        {
            return enough;
        }

        foreach (string id in Tables)
        {
            VectorLoop loop = new(id, TableSteps);
            (double rate, double python) = compare(loop.Rate, () => script.Number("tabular_tables.jsonl.gz", id, "0.3"));
            enough &= IsReached(id, loop, rate, python, TableFloor, "the same tables in numpy, this run");
        }

        return enough;
    }

    private static bool IsReached(string id, VectorLoop loop, double rate, double python, double floor, string origin)
    {
        double bytes = (double)loop.AllocatedBytes / loop.Actions.Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{id,-24} {rate / 1e6,10:F2}   {python / 1e3,10:F1}   {rate / python,5:F0}   {floor,5:F0}   {bytes,12:F3}   {origin}"));
        return rate >= floor * python && bytes == 0;
    }
}
