using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace DqnAkka.Environments.Tests;

/// <summary>
/// A Python with numpy for the tests of the bridge: DQN_PYTHON, or what is found. Where it has no Gymnasium the stand-in under tests/python
/// takes its place, which is as strict but is not Gymnasium.
/// </summary>
internal static class PythonInterpreter
{
    /// <summary>Where the tests' Python lies: tests/python.</summary>
    public static string Folder { get; } = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "PythonTests").Value!;

    private static readonly string[] Candidates =
        Environment.GetEnvironmentVariable("DQN_PYTHON") is { Length: > 0 } chosen ? [chosen] : ["python3", "/usr/bin/python3", "python"];

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The interpreter; the test is skipped where there is none.</summary>
    public static string Require()
    {
        Assert.SkipWhen(Found.Value is null, $"no Python with numpy was found among {string.Join(", ", Candidates)}: install numpy, or set DQN_PYTHON");
        return Found.Value!;
    }

    /// <summary>An environment of the tests' own module.</summary>
    public static EnvironmentSpecification Scripted(params (string Name, string Value)[] arguments) => Of("parent_environments:Scripted-v0", arguments);

    /// <summary>An environment of Gymnasium's.</summary>
    public static EnvironmentSpecification Of(string id, params (string Name, string Value)[] arguments) => new()
    {
        Type = "gymnasium",
        Id = id,
        Python = Require(),
        Arguments = arguments.ToDictionary(argument => argument.Name, argument => argument.Value),
    };

    private static string? Find()
    {
        string? python = Candidates.FirstOrDefault(candidate => Succeeds(candidate, "import numpy"));
        if (python is not null)
        {
            // Children inherit it.
            string standIn = Succeeds(python, "import gymnasium") ? "" : Path.PathSeparator + Path.Combine(Folder, "standin");
            Environment.SetEnvironmentVariable("PYTHONPATH", Path.Combine(Folder, "environments") + standIn);
        }

        return python;
    }

    private static bool Succeeds(string python, string statement)
    {
        ProcessStartInfo start = new(python) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(statement);
        try
        {
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
