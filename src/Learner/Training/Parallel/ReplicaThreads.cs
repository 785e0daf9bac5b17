using System.Runtime.ExceptionServices;

namespace DqnAkka.Learner;

/// <summary>
/// A thread for each replica, which take steps together: rank 0 is the caller's own, the others are made here and never those of the pool.
/// Between runs they sleep.
/// </summary>
internal sealed class ReplicaThreads : IDisposable
{
    private readonly Thread[] _threads;
    private readonly Barrier _barrier;
    // Of each rank; read when all have come to the barrier.
    private readonly Exception?[] _failures;
    private volatile bool _hasFailed;
    private Action<int>[]? _phases;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">Ranks, the caller's included.</param>
    public ReplicaThreads(int count)
    {
        _barrier = new Barrier(count);
        _failures = new Exception?[count];
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int rank = i + 1;
            // A learner that fails must not keep the process alive.
            _threads[i] = new Thread(() => Work(rank)) { Name = $"learner replica {rank}", IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Has every rank do each phase; none begins one before all have ended the one before. After a failure the later phases are left out.</summary>
    /// <param name="phases">What each rank does, given its number.</param>
    /// <exception cref="Exception">Whatever a rank threw; where several did, that of the smallest.</exception>
    public void Run(Action<int>[] phases)
    {
        ObjectDisposedException.ThrowIf(_phases is { Length: 0 }, this);
        _hasFailed = false;
        Array.Clear(_failures);
        _phases = phases;
        _barrier.SignalAndWait();
        Execute(phases, 0);
        if (_hasFailed)
        {
            ExceptionDispatchInfo.Throw(Array.Find(_failures, failure => failure is not null)!);
        }
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        if (_phases is { Length: 0 })
        {
            return;
        }

        _phases = [];
        _barrier.SignalAndWait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _barrier.Dispose();
    }

    private void Work(int rank)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            // Whoever has come here sees what was written before the barrier; no phases mean the end.
            Action<int>[] phases = _phases!;
            if (phases.Length == 0)
            {
                return;
            }

            Execute(phases, rank);
        }
    }

    private void Execute(Action<int>[] phases, int rank)
    {
        foreach (Action<int> phase in phases)
        {
            if (!_hasFailed)
            {
                try
                {
                    phase(rank);
                }
                catch (Exception exception)
                {
                    // Whatever it is belongs to the caller, and the others wait at the barrier.
                    _failures[rank] = exception;
                    _hasFailed = true;
                }
            }

            _barrier.SignalAndWait();
        }
    }
}
