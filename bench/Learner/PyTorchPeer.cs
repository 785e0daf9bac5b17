using System.Diagnostics;
using System.Globalization;

namespace DqnAkka.Bench;

/// <summary>The same steps in PyTorch with its best optimizer setting: peers/learner.py in a process of its own.</summary>
internal sealed class PyTorchPeer
{
    private readonly string? _python;
    private readonly string _script = Path.Combine(AppContext.BaseDirectory, "peers", "learner.py");

    /// <summary>Looks for a Python that has torch, and says in one line where there is none.</summary>
    public PyTorchPeer()
    {
        string python = Environment.GetEnvironmentVariable("DQN_PYTHON") ?? "python3";
        _python = Run(python, ["-c", "import torch"]) is null ? null : python;
        if (_python is null)
        {
            Console.WriteLine($"PyTorch is left out: {python} has no torch (DQN_PYTHON names another Python)");
        }
    }

    /// <summary>Steps a second; NaN where there is no PyTorch.</summary>
    /// <param name="network">What the script calls the network.</param>
    /// <param name="batch">Rows.</param>
    public double StepsPerSecond(string network, int batch) => Ask("step", network, batch);

    /// <summary>Forward passes with argmax a second; NaN where there is no PyTorch.</summary>
    /// <param name="network">What the script calls the network.</param>
    /// <param name="batch">Rows.</param>
    public double ForwardsPerSecond(string network, int batch) => Ask("forward", network, batch);

    private double Ask(string what, string network, int batch)
    {
        string? answer = _python is null ? null : Run(_python, [_script, what, network, batch.ToString(CultureInfo.InvariantCulture)]);
        return double.TryParse(answer, CultureInfo.InvariantCulture, out double rate) ? rate : double.NaN;
    }

    private static string? Run(string python, string[] arguments)
    {
        try
        {
            using System.Diagnostics.Process process = System.Diagnostics.Process.Start(
                new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
