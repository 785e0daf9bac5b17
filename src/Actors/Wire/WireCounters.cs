using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace DqnAkka.Actors;

/// <summary>
/// What could not be read of what other nodes sent, one account for each actor system. However much of it comes, the log gets a line
/// at the first and then at most one every <see cref="LogPeriod"/>.
/// </summary>
public sealed class WireCounters : IExtension
{
    private const int MaxReasonCharacters = 200;
    private const long Never = long.MinValue;

    private readonly ActorSystem _system;
    private readonly TimeProvider _time;
    private long _rejected;
    private long _skipped;
    private long _lastLine = Never;

    internal WireCounters(ActorSystem system, TimeProvider time)
    {
        _system = system;
        _time = time;
    }

    /// <summary>Least time between two lines about it in the log.</summary>
    public static TimeSpan LogPeriod { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages that could not be read and were refused.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Messages of a newer minor version, skipped.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>The account of an actor system.</summary>
    /// <param name="system">The system.</param>
    public static WireCounters Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<WireCounters, Provider>();
    }

    /// <summary>Counts a message that could not be read.</summary>
    /// <param name="exception">Why.</param>
    internal void Count(WireException exception)
    {
        if (exception.IsNewer)
        {
            Interlocked.Increment(ref _skipped);
        }
        else
        {
            Reject(exception.Message);
        }
    }

    /// <summary>Counts a message that was refused.</summary>
    /// <param name="reason">Why; what it quotes of the message is made harmless here.</param>
    internal void Reject(string reason)
    {
        long rejected = Interlocked.Increment(ref _rejected);
        if (MaySay())
        {
            _system.Log.Warning("{0} messages from other nodes could not be read and were dropped so far, the last one because {1}", rejected, Printable(reason));
        }
    }

    /// <summary>Counts a message that was refused.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>What to throw.</returns>
    internal WireException Refuse(string reason)
    {
        WireException exception = new(Printable(reason));
        Count(exception);
        return exception;
    }

    private static string Printable(string reason)
    {
        string cut = reason.Length > MaxReasonCharacters ? string.Create(CultureInfo.InvariantCulture, $"{reason.AsSpan(0, MaxReasonCharacters)}…") : reason;
        return string.Concat(cut.Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
    }

    // Of several threads that get here at once, one speaks.
    private bool MaySay()
    {
        long last = Volatile.Read(ref _lastLine);
        long now = _time.GetTimestamp();
        return (last == Never || _time.GetElapsedTime(last, now) >= LogPeriod) && Interlocked.CompareExchange(ref _lastLine, now, last) == last;
    }

    private sealed class Provider : ExtensionIdProvider<WireCounters>
    {
        public override WireCounters CreateExtension(ExtendedActorSystem system) => new(system, TimeProvider.System);
    }
}
