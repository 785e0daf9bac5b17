using System.Runtime.InteropServices;

namespace DqnAkka.Process.Tests;

/// <summary>What <c>dotnet publish src/Host</c> gives, made once for the tests that share it.</summary>
public sealed partial class PublishedProgram : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Why nothing was published; null where something was.</summary>
    public string? Absence { get; } = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? SdkProcess.Absence()
        : "Linux on x64 is the platform whose published program can be run";

    /// <summary>The published folder.</summary>
    public string Folder => _folder.Combine("published");

    /// <summary>Where its native libraries for this platform are.</summary>
    public string Native => NativeOf(Folder);

    /// <summary>Where the native libraries for this platform are in a published folder.</summary>
    public static string NativeOf(string folder) => Path.Combine(folder, "runtimes", "linux-x64", "native");

    public async ValueTask InitializeAsync()
    {
        if (Absence is null)
        {
            // What these tests were built with is there already: nothing is compiled, restored, or, but for its names, copied.
            await SdkProcess.RunAsync(
                "publish", "src/Host", "--no-build", "-c", SdkProcess.Configuration, "-o", Folder, "-p:CreateHardLinksForPublishFilesIfPossible=true");
        }
    }

    /// <summary>Another published folder with the same files, of which a test may delete or replace its own.</summary>
    public string Copy(string to)
    {
        foreach (string file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Link(file, copy) != 0)
            {
                File.Copy(file, copy);
            }
        }

        return to;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
