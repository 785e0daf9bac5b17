namespace DqnAkka.Bench;

/// <summary>A thread, or an actor, which amounts to the same: one thing after the other, in the order in which they came.</summary>
/// <param name="machine">Where it runs.</param>
/// <param name="wakeSeconds">Processor time until it is at work where it had nothing to do: what comes while it works is taken along without.</param>
internal sealed class SimulatedThread(SimulatedMachine machine, double wakeSeconds = 0)
{
    private readonly Queue<(double Seconds, Action Done)> _waiting = new();
    private bool _isBusy;

    /// <summary>Has it do something when it has done all that came before.</summary>
    /// <param name="seconds">What it takes on a core of its own.</param>
    /// <param name="done">Called when it is done.</param>
    public void Run(double seconds, Action done)
    {
        _waiting.Enqueue((_isBusy ? seconds : seconds + wakeSeconds, done));
        if (!_isBusy)
        {
            Next();
        }
    }

    private void Next()
    {
        if (!_waiting.TryDequeue(out (double Seconds, Action Done) item))
        {
            _isBusy = false;
            return;
        }

        _isBusy = true;
        machine.Run(item.Seconds, () =>
        {
            item.Done();
            Next();
        });
    }
}
