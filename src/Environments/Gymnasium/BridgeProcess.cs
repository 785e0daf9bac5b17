using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>
/// One Python process and the frames that go to it and come from it. It is ended by its id on every path: politely where it answers, at once
/// where it does not; and it ends by itself where this process does, since its standard input ends then. Used by one thread at a time.
/// </summary>
internal sealed class BridgeProcess : IDisposable
{
    private const int KilledBySignal = 128;
    private static readonly TimeSpan EndOfLog = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndOfProcess = TimeSpan.FromSeconds(2);
    private readonly Process _process;
    private readonly string _name;
    private readonly BridgeLog _log;
    private readonly BridgeDeadline _deadline;
    private readonly Stream _input;
    private readonly Stream _output;
    private byte[] _request = new byte[BridgeProtocol.HeaderBytes];
    private byte[] _answer = new byte[4096];
    private uint _sequence;
    private bool _isLost;
    private bool _isDisposed;

    private BridgeProcess(Process process, string name, Action<string>? log)
    {
        _process = process;
        _name = name;
        _log = new BridgeLog(log);
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        Id = process.Id;
        _deadline = new BridgeDeadline(Kill);
        _log.Drain(process.StandardError.BaseStream);
    }

    /// <summary>The process's id.</summary>
    public int Id { get; }

    /// <summary>Where the process's standard error goes.</summary>
    public BridgeLog Log => _log;

    /// <summary>Starts Python with the bridge's script; nothing is said to it yet.</summary>
    /// <param name="python">The interpreter: a name that is looked for in PATH, or a path.</param>
    /// <param name="name">What the user calls the environment, for messages.</param>
    /// <param name="log">Receives the lines that the process writes to standard error; null where nobody listens.</param>
    /// <exception cref="EnvironmentException">There is no such program.</exception>
    public static BridgeProcess Start(string python, string name, Action<string>? log)
    {
        ProcessStartInfo start = new(python)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in BridgeScript.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What the log shows must not wait in the child's buffers, nor depend on the machine's locale.
        start.Environment["PYTHONIOENCODING"] = "utf-8:backslashreplace";
        Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            process.Dispose();
            throw new EnvironmentException(
                $"environment.python is '{python}', which cannot be started ({exception.Message.ReplaceLineEndings(" ")}): set dqn.environment.python to a Python 3 that has gymnasium and numpy", exception);
        }

        return new BridgeProcess(process, name, log);
    }

    /// <summary>Hands the interpreter its script.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <exception cref="BridgeLostException">The process does not read it.</exception>
    public void SendScript(TimeSpan limit)
    {
        _deadline.Arm(limit);
        try
        {
            _input.Write(BridgeScript.Bytes);
            _input.Flush();
        }
        catch (IOException exception)
        {
            throw Lost(limit, "start-timeout-seconds", exception);
        }

        RequireInTime(limit, "start-timeout-seconds");
    }

    /// <summary>Where the payload of the next request goes.</summary>
    /// <param name="length">Its bytes.</param>
    public Span<byte> Payload(int length)
    {
        if (_request.Length < BridgeProtocol.HeaderBytes + length)
        {
            _request = new byte[BridgeProtocol.HeaderBytes + length];
        }

        return _request.AsSpan(BridgeProtocol.HeaderBytes, length);
    }

    /// <summary>Sends the request whose payload stands in <see cref="Payload"/> and waits for its answer.</summary>
    /// <param name="type">The request's type.</param>
    /// <param name="length">Bytes of its payload.</param>
    /// <param name="expected">The answer's type.</param>
    /// <param name="longest">The longest payload that the answer may have, in bytes.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="key">The key of that limit, for messages.</param>
    /// <returns>The answer's payload, until the next call.</returns>
    /// <exception cref="BridgeLostException">The process has died, does not answer, or answers what is no answer.</exception>
    /// <exception cref="BridgeErrorException">The process says what is wrong.</exception>
    public ReadOnlySpan<byte> Exchange(BridgeMessage type, int length, BridgeMessage expected, int longest, TimeSpan limit, string key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        BridgeProtocol.WriteHeader(_request, type, ++_sequence, length);
        _deadline.Arm(limit);
        BridgeMessage answered;
        int answer;
        try
        {
            _input.Write(_request.AsSpan(0, BridgeProtocol.HeaderBytes + length));
            _input.Flush();
            (answered, answer) = ReadFrame(expected, longest);
        }
        catch (IOException exception)
        {
            throw Lost(limit, key, exception);
        }

        RequireInTime(limit, key);
        ReadOnlySpan<byte> payload = _answer.AsSpan(BridgeProtocol.HeaderBytes, answer);
        return answered == BridgeMessage.Error ? throw BridgeErrors.Read(payload) : payload;
    }

    /// <summary>Ends the process: closes it where it still answers, and ends it by its id where it does not within two seconds.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        bool isPolite = !_isLost && AskToClose();
        CloseInput();
        if (!isPolite || !_process.WaitForExit(EndOfProcess))
        {
            Kill();
            _process.WaitForExit(EndOfProcess);
        }

        _deadline.Dispose();
        _output.Dispose();
        _log.WaitForEnd(EndOfLog);
        _process.Dispose();
    }

    private (BridgeMessage Type, int Length) ReadFrame(BridgeMessage expected, int longest)
    {
        int got = 0;
        while (got < BridgeProtocol.HeaderBytes)
        {
            got += ReadSome(got, _answer.Length - got);
        }

        if (BridgeProtocol.ReadHeader(_answer, expected, _sequence, longest, out BridgeMessage type, out int length) is { } complaint)
        {
            throw Garbage(complaint);
        }

        int whole = BridgeProtocol.HeaderBytes + length;
        if (_answer.Length < whole)
        {
            Array.Resize(ref _answer, whole);
        }

        while (got < whole)
        {
            got += ReadSome(got, whole - got);
        }

        return got == whole ? (type, length) : throw Garbage($"{got - whole} bytes beyond its frame");
    }

    private int ReadSome(int start, int count)
    {
        int read = _output.Read(_answer, start, count);
        return read > 0 ? read : throw new EndOfStreamException();
    }

    private void RequireInTime(TimeSpan limit, string key)
    {
        if (!_deadline.Disarm())
        {
            throw Hung(limit, key, null);
        }
    }

    /// <summary>Says why nothing can be read or written any more.</summary>
    private BridgeLostException Lost(TimeSpan limit, string key, Exception cause)
    {
        if (!_deadline.Disarm())
        {
            return Hung(limit, key, cause);
        }

        _isLost = true;
        bool hasEnded = _process.WaitForExit(EndOfProcess);
        _log.WaitForEnd(EndOfLog);
        string how = hasEnded ? DescribeEnd(_process.ExitCode) : "closed its output";
        return new BridgeLostException($"the Python process of environment {_name} (process {Id}) {how}{Tail()}", cause);
    }

    private BridgeLostException Hung(TimeSpan limit, string key, Exception? cause)
    {
        _isLost = true;
        _log.WaitForEnd(EndOfLog);
        string seconds = limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return new BridgeLostException(
            $"the Python process of environment {_name} (process {Id}) did not answer within {seconds} s (dqn.environment.{key}) and was ended{Tail()}", cause);
    }

    private BridgeLostException Garbage(string complaint)
    {
        _isLost = true;
        _deadline.Disarm();
        return new BridgeLostException($"the Python process of environment {_name} (process {Id}) sent {complaint} and was ended{Tail()}");
    }

    private string Tail() => _log.LastLines() is { Length: > 0 } lines ? $"; its last lines: {lines}" : "";

    private static string DescribeEnd(int exitCode) => !OperatingSystem.IsWindows() && exitCode > KilledBySignal
        ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {exitCode - KilledBySignal}")
        : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}");

    private bool AskToClose()
    {
        BridgeProtocol.WriteHeader(_request, BridgeMessage.Close, ++_sequence, 0);
        _deadline.Arm(EndOfProcess);
        try
        {
            _input.Write(_request.AsSpan(0, BridgeProtocol.HeaderBytes));
            _input.Flush();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        return _deadline.Disarm();
    }

    private void CloseInput()
    {
        try
        {
            _input.Dispose();
        }
        catch (IOException)
        {
            // It has ended already, and there is nothing to flush.
        }
    }

    private void Kill()
    {
        try
        {
            // With what it has started in its turn.
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile.
        }
    }
}
