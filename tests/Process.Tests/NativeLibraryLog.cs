using System.Runtime.InteropServices;

namespace DqnAkka.Process.Tests;

/// <summary>What glibc's loader opened in processes that ran with <see cref="Environment"/>, from start to end.</summary>
internal sealed class NativeLibraryLog
{
    private const string Prefix = "libraries";
    private readonly TemporaryFolder _folder;

    private NativeLibraryLog(TemporaryFolder folder)
    {
        _folder = folder;
        Environment = new Dictionary<string, string> { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = folder.Combine(Prefix) };
    }

    /// <summary>Variables for the processes to watch.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Prepares a log in a folder; skips the test where the loader writes none.</summary>
    public static NativeLibraryLog In(TemporaryFolder folder)
    {
        bool isGlibc = OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
        Assert.SkipUnless(isGlibc, "only glibc's loader says what it opens");
        return new NativeLibraryLog(folder);
    }

    /// <summary>Lines of the processes so far that name a library of libtorch or the bridge to it.</summary>
    public IReadOnlyList<string> TorchLibraries()
    {
        string[] lines = [.. Directory.GetFiles(_folder.Root, $"{Prefix}.*").SelectMany(File.ReadLines)];
        Assert.Contains(lines, line => line.Contains("libcoreclr.so", StringComparison.Ordinal));
        return [.. lines.Where(line => Path.GetFileName(line.Trim()).Contains("torch", StringComparison.OrdinalIgnoreCase))];
    }
}
