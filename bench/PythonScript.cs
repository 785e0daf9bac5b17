using System.Diagnostics;
using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>A script of bench/peers that prints one number. DQN_PYTHON names the Python that runs it; without it python3, then the system's own.</summary>
internal sealed class PythonScript
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "peers");
    private readonly string _python;
    private readonly string _script;

    private PythonScript(string python, string script) => (_python, _script) = (python, script);

    /// <summary>Looks for a Python that has a module; null, said in one line, where there is none.</summary>
    /// <param name="script">The script's name.</param>
    /// <param name="module">The module that it needs.</param>
    public static PythonScript? Find(string script, string module)
    {
        string[] candidates = Environment.GetEnvironmentVariable("DQN_PYTHON") is { Length: > 0 } python ? [python] : ["python3", "/usr/bin/python3"];
        string? found = candidates.FirstOrDefault(candidate => Run(candidate, ["-c", $"import {module}"]) is not null);
        if (found is null)
        {
            Console.WriteLine($"{script} is left out: {string.Join(" and ", candidates)} lack {module} (DQN_PYTHON names another Python)");
        }

        return found is null ? null : new PythonScript(found, Path.Combine(Folder, script));
    }

    /// <summary>The number that the script prints.</summary>
    /// <param name="arguments">Its arguments; it runs in the folder of the peers.</param>
    /// <exception cref="InvalidOperationException">It failed, or printed something else.</exception>
    public double Number(params string[] arguments) =>
        double.TryParse(Run(_python, [_script, .. arguments]), CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new InvalidOperationException($"{_python} {_script} {string.Join(' ', arguments)} printed no number");

    private static string? Run(string python, string[] arguments)
    {
        try
        {
            using System.Diagnostics.Process process = System.Diagnostics.Process.Start(
                new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
