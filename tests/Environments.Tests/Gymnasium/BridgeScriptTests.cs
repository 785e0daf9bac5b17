using System.Diagnostics;

namespace DqnAkka.Environments.Tests;

/// <summary>The bridge's script has its tests in Python (tests/python), run here file by file.</summary>
public sealed class BridgeScriptTests
{
    public static TheoryData<string> Modules => [.. Directory.GetFiles(PythonInterpreter.Folder, "test_*.py").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task The_script_passes_its_tests_in_Python(string module)
    {
        (int exitCode, string output) = await Run(PythonInterpreter.Require(), "-B", "-m", "unittest", module);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("Ran 0 tests", output, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
    }

    private static async Task<(int ExitCode, string Output)> Run(string python, params string[] arguments)
    {
        ProcessStartInfo start = new(python, arguments)
        {
            WorkingDirectory = PythonInterpreter.Folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // The tests choose between the real Gymnasium and the stand-in themselves.
        start.Environment.Remove("PYTHONPATH");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        try
        {
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
            string errors = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, errors + await output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
