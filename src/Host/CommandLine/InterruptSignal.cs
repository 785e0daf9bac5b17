using System.Runtime.InteropServices;

namespace DqnAkka.Host;

/// <summary>
/// Turns the first Ctrl-C, SIGTERM or SIGHUP (a terminal that was closed; not on Windows) into a cancellation, so that a run can
/// write its checkpoint. The second is left to the system, which ends the process at once.
/// </summary>
internal sealed class InterruptSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration? _hangUp;

    /// <summary>Starts listening.</summary>
    public InterruptSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        _hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _hangUp?.Dispose();
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        if (!_source.IsCancellationRequested)
        {
            context.Cancel = true;
            // Not on the signal's own thread: what the cancellation sets off may take long, and a second signal must get through.
            ThreadPool.QueueUserWorkItem(_ => _source.Cancel());
        }
    }
}
