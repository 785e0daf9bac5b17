using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DqnAkka.Environments;

/// <summary>
/// Drains what a child process writes to standard error, so that it never waits for a reader: keeps the last lines for messages, and hands
/// lines on to the log, of a flood only the first of each period.
/// </summary>
/// <param name="log">Receives lines, on a thread of its own; null where nobody listens.</param>
internal sealed class BridgeLog(Action<string>? log)
{
    private const int MaxLineLength = 500;
    private const int KeptLines = 20;
    private const int ShownLines = 5;
    private const int LinesPerPeriod = 50;
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private readonly Queue<string> _last = new();
    private readonly Lock _gate = new();
    private Thread? _thread;
    private long _periodBegin = Stopwatch.GetTimestamp();
    private int _inPeriod;
    private int _leftOut;

    /// <summary>Begins to read, on a thread that blocks and so is nobody else's.</summary>
    /// <param name="stream">The child's standard error.</param>
    public void Drain(Stream stream)
    {
        _thread = new Thread(() => Read(stream), StackBytes) { IsBackground = true, Name = "gymnasium bridge's log" };
        _thread.Start();
    }

    /// <summary>Waits until the stream has ended, for a short while at most: processes that the child has started may hold it open.</summary>
    /// <param name="limit">How long.</param>
    public void WaitForEnd(TimeSpan limit) => _thread?.Join(limit);

    /// <summary>The last lines in one; empty where there is none.</summary>
    public string LastLines()
    {
        lock (_gate)
        {
            return string.Join(" | ", _last.TakeLast(ShownLines));
        }
    }

    /// <summary>Hands on, in one piece and whatever else was said, what the user must see.</summary>
    /// <param name="text">One or more lines.</param>
    public void Warn(string text)
    {
        lock (_gate)
        {
            log?.Invoke(BridgeWarnings.Prefix + text.TrimEnd());
        }
    }

    private void Read(Stream stream)
    {
        try
        {
            using StreamReader reader = new(stream, Encoding.UTF8);
            StringBuilder line = new();
            char[] buffer = new char[1024];
            for (int count = reader.Read(buffer); count > 0; count = reader.Read(buffer))
            {
                foreach (char character in buffer.AsSpan(0, count))
                {
                    Take(character, line);
                }
            }

            Take('\n', line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process is being disposed of.
        }
    }

    // A line without an end must not grow for ever.
    private void Take(char character, StringBuilder line)
    {
        if (character is '\n' or '\r')
        {
            Add(line.ToString().TrimEnd());
            line.Clear();
        }
        else if (line.Length < MaxLineLength)
        {
            line.Append(character);
        }
    }

    private void Add(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            _last.Enqueue(line);
            if (_last.Count > KeptLines)
            {
                _last.Dequeue();
            }

            if (log is not null)
            {
                Admit(line, log);
            }
        }
    }

    private void Admit(string line, Action<string> receiver)
    {
        if (Stopwatch.GetElapsedTime(_periodBegin) >= Period)
        {
            if (_leftOut > 0)
            {
                receiver(string.Create(CultureInfo.InvariantCulture, $"({_leftOut} lines were left out)"));
            }

            (_periodBegin, _inPeriod, _leftOut) = (Stopwatch.GetTimestamp(), 0, 0);
        }

        if (_inPeriod++ < LinesPerPeriod)
        {
            receiver(line);
        }
        else
        {
            _leftOut++;
        }
    }
}
