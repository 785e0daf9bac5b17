namespace DqnAkka.Actors;

/// <summary>What the publisher knows of one mirror. Positions count the chunks of all broadcasts, one after the other.</summary>
/// <param name="position">Up to where the mirror owes no answer.</param>
/// <param name="now">The present time, in ticks.</param>
internal sealed class MirrorWindow(long position, long now)
{
    /// <summary>A mirror that answers nothing for a second is lagging.</summary>
    public const long Patience = 10;

    /// <summary>One that never answered a broadcast may be unknown to the pub/sub so far, and is waited for less.</summary>
    public const long ShortPatience = 2;

    private long _lastHeard = now;
    private long _owesSince = now;

    /// <summary>How far its answers go.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Whether the broadcast under way waits for it.</summary>
    public bool Participates { get; private set; }

    /// <summary>Whether it owed an answer for too long, and has not been heard of since.</summary>
    public bool IsLagging { get; private set; }

    /// <summary>Whether a broadcast is known to reach it.</summary>
    public bool IsReached { get; private set; }

    /// <summary>Version of the newest snapshot that it confirmed as whole; null where that does not matter any more.</summary>
    public long? Whole { get; private set; }

    /// <summary>Version of its last answer.</summary>
    public long LastVersion { get; private set; }

    /// <summary>Whether it asked for the newest snapshot and has not been sent it so far.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>What is being sent to it alone, or null.</summary>
    public DirectTransfer? Direct { get; set; }

    /// <summary>A mirror that is unknown and answers has been there from the broadcast's beginning.</summary>
    public void Join() => Participates = true;

    /// <summary>A broadcast begins: it waits for every mirror that is not lagging.</summary>
    /// <param name="position">Where the broadcasts stand.</param>
    public void Begin(long position)
    {
        if (!Participates && !IsLagging)
        {
            Participates = true;
            Position = Math.Max(Position, position);
        }
    }

    /// <summary>A new generation: versions begin anew, and what was sent of the old one is not answered any more.</summary>
    /// <param name="position">Where the broadcasts stand.</param>
    public void BeginGeneration(long position)
    {
        Position = position;
        Whole = null;
        LastVersion = 0;
        IsAsking |= Direct is not null;
        Direct = null;
    }

    /// <summary>A chunk is about to be broadcast.</summary>
    /// <param name="position">Where the broadcasts stand before it.</param>
    /// <param name="time">The present time, in ticks.</param>
    public void Owe(long position, long time)
    {
        if (Position >= position)
        {
            _owesSince = time;
        }
    }

    /// <summary>The mirror has answered.</summary>
    /// <param name="received">Its answer.</param>
    /// <param name="position">The position that it tells of, where that is known.</param>
    /// <param name="time">The present time, in ticks.</param>
    public void Hear(SnapshotProtocol.Received received, long? position, long time)
    {
        _lastHeard = time;
        IsLagging = false;
        IsReached |= Direct is null;
        LastVersion = received.Version;
        Position = Math.Max(Position, position ?? Position);
        if (received.IsWhole)
        {
            Whole = Math.Max(Whole ?? 0, received.Version);
        }
    }

    /// <summary>The mirror lacks something: it is to be sent the newest snapshot, and the broadcast under way does not wait for it.</summary>
    /// <param name="time">The present time, in ticks.</param>
    public void Ask(long time)
    {
        _lastHeard = time;
        IsLagging = false;
        IsAsking = true;
        Participates = false;
    }

    /// <summary>The mirror has what it asked for, or is being sent it.</summary>
    public void Satisfy() => IsAsking = false;

    /// <summary>Finds out whether the mirror lags.</summary>
    /// <param name="position">Where the broadcasts stand.</param>
    /// <param name="time">The present time, in ticks.</param>
    public void Check(long position, long time)
    {
        long patience = IsReached ? Patience : ShortPatience;
        if (Position < position && time - Math.Max(_lastHeard, _owesSince) >= patience)
        {
            IsLagging = true;
            Participates = false;
            Whole = null;
        }
    }
}
