namespace DqnAkka.Actors;

/// <summary>A snapshot sent to one mirror that asked for it: each answer makes room for one chunk more.</summary>
/// <param name="transfer">The snapshot, of which nothing is sent.</param>
/// <param name="window">Chunks that may be underway.</param>
/// <param name="now">The present time, in ticks.</param>
internal sealed class DirectTransfer(SnapshotTransfer transfer, int window, long now)
{
    private int _answered;
    private long _lastHeard = now;

    /// <summary>The snapshot's manifest.</summary>
    public SnapshotProtocol.Manifest Manifest => transfer.Manifest;

    /// <summary>The next chunk, if one may be sent.</summary>
    public SnapshotProtocol.Chunk? Next() => !transfer.IsSent && transfer.Sent - _answered < window ? transfer.Next() : null;

    /// <summary>The mirror has answered a chunk.</summary>
    /// <param name="time">The present time, in ticks.</param>
    public void Answer(long time)
    {
        // A broadcast of the same snapshot is answered too; that makes no more room than there is.
        _answered = Math.Min(_answered + 1, transfer.Sent);
        _lastHeard = time;
    }

    /// <summary>Whether nothing more will come of it: all is sent and answered, or the mirror has gone silent.</summary>
    /// <param name="time">The present time, in ticks.</param>
    /// <param name="patience">Ticks without an answer after which the mirror counts as silent.</param>
    public bool IsOver(long time, long patience) => (transfer.IsSent && _answered == transfer.Sent) || time - _lastHeard >= patience;
}
