using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace DqnAkka.Environments.Tests;

/// <summary>The bridge's script has its tests in Python (tests/python), run here file by file.</summary>
public sealed class BridgeScriptTests
{
    private static readonly string Folder = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "PythonTests").Value!;

    private static readonly string[] Candidates =
        Environment.GetEnvironmentVariable("DQN_PYTHON") is { Length: > 0 } chosen ? [chosen] : ["python3", "/usr/bin/python3", "python"];

    public static TheoryData<string> Modules => [.. Directory.GetFiles(Folder, "test_*.py").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task The_script_passes_its_tests_in_Python(string module)
    {
        string? python = null;
        foreach (string candidate in Candidates)
        {
            python ??= (await Run(candidate, "-c", "import numpy"))?.ExitCode == 0 ? candidate : null;
        }

        Assert.SkipWhen(python is null, $"no Python with numpy was found among {string.Join(", ", Candidates)}: install numpy, or set DQN_PYTHON");
        (int exitCode, string output) = (await Run(python, "-B", "-m", "unittest", module))!.Value;
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("Ran 0 tests", output, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
    }

    private static async Task<(int ExitCode, string Output)?> Run(string python, params string[] arguments)
    {
        ProcessStartInfo start = new(python, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // The tests choose between the real Gymnasium and the stand-in themselves.
        start.Environment.Remove("PYTHONPATH");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

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
