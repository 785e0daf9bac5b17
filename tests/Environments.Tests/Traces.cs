using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>One recorded episode; see traces/README.md.</summary>
public sealed record Episode(
    string Env,
    Dictionary<string, JsonElement> Kwargs,
    string Kind,
    double[] InitState,
    float[] InitObs,
    int[] Actions,
    double[][] State,
    float[][] Obs,
    double[] Reward,
    bool[] Terminated,
    bool[] Truncated);

/// <summary>One recording of Gymnasium's SyncVectorEnv; arrays are [step][copy].</summary>
public sealed record VectorRecording(
    string Env,
    AutoresetMode Mode,
    int N,
    float[][] InitObs,
    int[][] Actions,
    float[][][] Obs,
    double[][] Reward,
    bool[][] Terminated,
    bool[][] Truncated,
    float[]?[]?[]? FinalObs,
    bool[]?[]? ResetMask,
    JsonElement ObsAfterReset,
    double[][][] ResetStates);

public sealed record ManifestEntry(int Lines, int Steps, string Sha256);

internal static class Traces
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    public static string Directory => Environment.GetEnvironmentVariable("DQN_TRACES") is { Length: > 0 } directory ? directory : Shipped;

    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "traces");

    /// <summary>Where the recordings are equal bit for bit; elsewhere another libm answers.</summary>
    public static bool IsBitExactHere => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static Dictionary<string, ManifestEntry> Manifest(string directory) =>
        JsonSerializer.Deserialize<Dictionary<string, ManifestEntry>>(File.ReadAllText(Path.Combine(directory, "manifest.json")), Options)!;

    public static List<T> Read<T>(string name)
    {
        List<T> lines = [];
        foreach (string path in Files(name))
        {
            using FileStream file = File.OpenRead(path);
            using StreamReader reader = new(new GZipStream(file, CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0)
                {
                    lines.Add(JsonSerializer.Deserialize<T>(line, Options)!);
                }
            }
        }

        return lines;
    }

    /// <summary>What the manifest says of a kind of recording; where a directory of one's own has none, the test is skipped.</summary>
    public static ManifestEntry Expected(string name)
    {
        Assert.SkipUnless(Directory == Shipped || File.Exists(Path.Combine(Directory, "manifest.json")), $"{Directory} has no manifest.json");
        Dictionary<string, ManifestEntry> manifest = Manifest(Directory);
        string[] files = [.. Files(name).Select(file => Path.GetFileName(file))];
        Assert.True(files.All(manifest.ContainsKey), $"manifest.json of {Directory} has no entry for {string.Join(" or ", files.Where(file => !manifest.ContainsKey(file)))}");
        ManifestEntry[] entries = [.. files.Select(file => manifest[file])];
        return new ManifestEntry(entries.Sum(entry => entry.Lines), entries.Sum(entry => entry.Steps), "");
    }

    // Further recordings of a kind may lie beside the first, minatar_breakout_2.jsonl.gz; a directory of one's own may lack a kind.
    private static string[] Files(string name)
    {
        string[] files =
        [
            .. System.IO.Directory.GetFiles(Directory, $"{name}*.jsonl.gz")
                .Where(file => Path.GetFileName(file)[name.Length] is '.' or '-' or '_')
                .Order(StringComparer.Ordinal),
        ];
        Assert.SkipUnless(files.Length > 0 || Directory == Shipped, $"{Directory} has no recordings of {name}");
        return files.Length > 0 ? files : throw new FileNotFoundException($"{Directory} has no {name}.jsonl.gz");
    }

    public static double[] Numbers<TState>(TState state)
        where TState : unmanaged => MemoryMarshal.Cast<TState, double>(MemoryMarshal.CreateReadOnlySpan(ref state, 1)).ToArray();

    public static TState State<TState>(double[] numbers)
        where TState : unmanaged
    {
        Assert.Equal(Unsafe.SizeOf<TState>() / sizeof(double), numbers.Length);
        return MemoryMarshal.Read<TState>(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }

    public static void AssertSame(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = tolerance == 0
                ? BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i])
                : Math.Abs(expected[i] - actual[i]) <= tolerance;
            Assert.True(same, $"{where}, component {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }

    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string where)
    {
        // Images are too large to word a message for each component.
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
        {
            return;
        }

        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            // A float64 within the tolerance rounds to a float32 within one unit in the last place beside it.
            double allowed = tolerance == 0 ? 0 : tolerance + (MathF.BitIncrement(Math.Abs(expected[i])) - Math.Abs(expected[i]));
            bool same = tolerance == 0
                ? BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                : Math.Abs((double)expected[i] - actual[i]) <= allowed;
            Assert.True(same, $"{where}, component {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
