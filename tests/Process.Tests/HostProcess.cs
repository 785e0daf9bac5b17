using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace DqnAkka.Process.Tests;

/// <summary>The real program in a process of its own; it is ended by its id on every path.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private const int InterruptSignal = 2;
    private const int KillSignal = 9;
    private const int TerminateSignal = 15;
    private readonly System.Diagnostics.Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    private HostProcess(string program, string folder, string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(program, "DqnAkka.Host.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new System.Diagnostics.Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(_error, line.Data);
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the program has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it has written so far.</summary>
    public HostResult SoFar
    {
        get
        {
            lock (_output)
            {
                return new HostResult(_process.HasExited ? _process.ExitCode : -1, _output.ToString(), _error.ToString());
            }
        }
    }

    /// <summary>Starts the program.</summary>
    public static HostProcess Start(string folder, params string[] arguments) => Start(folder, arguments, new Dictionary<string, string>());

    /// <summary>Starts the program with further environment variables.</summary>
    public static HostProcess Start(string folder, string[] arguments, IReadOnlyDictionary<string, string> environment) =>
        Start(AppContext.BaseDirectory, folder, arguments, environment);

    /// <summary>Starts the program that lies in the folder <paramref name="program"/>.</summary>
    public static HostProcess Start(string program, string folder, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        HostProcess host = new(program, folder, arguments);
        foreach ((string name, string value) in environment)
        {
            host._process.StartInfo.Environment[name] = value;
        }

        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<HostResult> RunAsync(string folder, params string[] arguments)
    {
        using HostProcess host = Start(folder, arguments);
        return await host.WaitAsync();
    }

    /// <summary>Waits until a line of standard output or standard error holds <paramref name="text"/>.</summary>
    public Task WaitForOutputAsync(string text) => WaitForOutputAsync(text, Limit);

    /// <summary>Waits until a line of standard output or standard error holds <paramref name="text"/>.</summary>
    public async Task WaitForOutputAsync(string text, TimeSpan limit)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal) || _error.ToString().Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            _awaited.Add((text, seen));
        }

        try
        {
            await seen.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            HostResult soFar = SoFar;
            throw new TimeoutException($"no line holds '{text}' after {limit.TotalSeconds} s; output:\n{soFar.Output}\nerror:\n{soFar.Error}");
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Signal(InterruptSignal);

    /// <summary>What a supervisor sends.</summary>
    public void Terminate() => Signal(TerminateSignal);

    /// <summary>What nobody can answer (kill -9).</summary>
    public void Kill() => Signal(KillSignal);

    /// <summary>Waits for the end.</summary>
    public async Task<HostResult> WaitAsync(TimeSpan? atMost = null)
    {
        using CancellationTokenSource limit = new(atMost ?? Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the program has not ended; output:\n{SoFar.Output}\nerror:\n{SoFar.Error}");
        }

        return SoFar;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"signal {signal} could not be sent");
        }
    }

    private void OnLine(StringBuilder to, string? line)
    {
        lock (_output)
        {
            Append(to, line);
            foreach ((string text, TaskCompletionSource seen) in _awaited)
            {
                if (line?.Contains(text, StringComparison.Ordinal) == true)
                {
                    seen.TrySetResult();
                }
            }
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            text.AppendLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}

/// <summary>How the program ended.</summary>
internal sealed record HostResult(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The lines of standard error.</summary>
    public string[] ErrorLines => Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
