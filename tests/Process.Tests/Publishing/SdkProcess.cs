using System.Diagnostics;

namespace DqnAkka.Process.Tests;

/// <summary>The SDK's command line, which leaves no build server behind.</summary>
internal static class SdkProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <summary>The sources that these tests were built from.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary><c>Release</c> or <c>Debug</c>, as these tests were built.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    /// <summary>Why there is nothing to publish with; null where there is.</summary>
    public static string? Absence()
    {
        try
        {
            using System.Diagnostics.Process process = Begin("--list-sdks");
            string sdks = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return sdks.Length > 0 ? null : "there is no .NET SDK, only a runtime";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no dotnet on the path";
        }
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">Its exit code is not 0.</exception>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using System.Diagnostics.Process process = Begin(arguments);
        using CancellationTokenSource limit = new(Limit);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{await error}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static System.Diagnostics.Process Begin(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = RepositoryRoot, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        return System.Diagnostics.Process.Start(start)!;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DqnAkka.sln")))
        {
            folder = folder.Parent;
        }

        return Assert.IsType<DirectoryInfo>(folder).FullName;
    }
}
