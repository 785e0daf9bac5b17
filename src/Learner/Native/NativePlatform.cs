using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>What decides which native libraries can be loaded here.</summary>
/// <param name="RuntimeIdentifier">.NET's name of the platform, as <c>linux-x64</c> or <c>linux-musl-x64</c>.</param>
/// <param name="LibraryFile">The file name of TorchSharp's native library on it.</param>
/// <param name="Folders">Where the program's native libraries lie, the most likely one first.</param>
internal sealed record NativePlatform(string RuntimeIdentifier, string LibraryFile, IReadOnlyList<string> Folders)
{
    private static readonly string[] WithLibrary = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>This process's.</summary>
    public static NativePlatform Current()
    {
        // The host names the folders of the native files in the program's .deps.json, and where a single file was unpacked.
        string named = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        string[] folders = [.. named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), AppContext.BaseDirectory];
        return new NativePlatform(PortableIdentifier(), FileName(), [.. folders.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Whether the C library is musl, as on Alpine Linux; libtorch is built for glibc.</summary>
    public bool IsMusl => RuntimeIdentifier.StartsWith("linux-musl", StringComparison.Ordinal);

    /// <summary>Whether packages of libtorch exist for it.</summary>
    public bool HasLibrary => WithLibrary.Contains(RuntimeIdentifier);

    private static string FileName() =>
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll"
        : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib"
        : "libLibTorchSharp.so";

    // A .NET that a distribution has built calls its platform ubuntu.24.04-x64 or alpine.3.22-x64.
    private static string PortableIdentifier()
    {
        string own = RuntimeInformation.RuntimeIdentifier;
        bool isMusl = own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal);
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : isMusl ? "linux-musl" : "linux";
        string architecture = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            Architecture other => other.ToString(),
        };
        return $"{system}-{architecture}";
    }
}
