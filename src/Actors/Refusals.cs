using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace DqnAkka.Actors;

/// <summary>
/// Logs why messages are passed over that do not fit this run. One line now and then: a node at fault repeats what it does without end.
/// </summary>
/// <param name="who">Who passes them over, as the line begins.</param>
/// <param name="log">Where the line goes.</param>
internal sealed class Refusals(string who, ILoggingAdapter log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private long _last;
    private long _count;

    /// <summary>Takes note of a message's fault.</summary>
    /// <param name="fault">What is wrong, or null.</param>
    /// <param name="sender">Who sent it.</param>
    /// <returns>Whether there is one.</returns>
    public bool Has(string? fault, IActorRef sender)
    {
        if (fault is null)
        {
            return false;
        }

        _count++;
        if (_last == 0 || Stopwatch.GetElapsedTime(_last) >= Period)
        {
            _last = Stopwatch.GetTimestamp();
            log.Warning("{Who} passes over a message of {Sender}: {Fault} ({Count} passed over so far)", who, sender.Path, fault, _count);
        }

        return true;
    }
}
