using System.Diagnostics;

namespace DqnAkka.Bench;

/// <summary>The process at the other end. It ends with its standard input, so also when this process dies.</summary>
internal sealed class TransportPeerProcess : IDisposable
{
    private readonly System.Diagnostics.Process _process;

    private TransportPeerProcess(System.Diagnostics.Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>The address of its actor system.</summary>
    public string Address { get; }

    /// <summary>Processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it and waits until it can be reached.</summary>
    /// <param name="argument">What it is to be.</param>
    public static TransportPeerProcess Start(string argument)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "DqnAkka.Bench.dll"));
        start.ArgumentList.Add(argument);
        System.Diagnostics.Process process = System.Diagnostics.Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        string? address = process.StandardOutput.ReadLine();
        if (address is not null)
        {
            return new TransportPeerProcess(process, address);
        }

        End(process);
        throw new InvalidOperationException("the peer ended before it could be reached");
    }

    /// <inheritdoc />
    public void Dispose() => End(_process);

    private static void End(System.Diagnostics.Process process)
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            process.Kill();
        }

        process.Dispose();
    }
}
