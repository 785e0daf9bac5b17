namespace DqnAkka.Actors;

/// <summary>
/// Decides which chunk goes to whom, and when. A broadcast is never more than a window of chunks ahead of the slowest mirror that
/// takes part in it and answers; each begun within a generation is sent to its end, so that however fast the learner publishes, some
/// snapshot arrives. A mirror that asks is sent the newest one by itself, beside the broadcasts. Time is counted in ticks of
/// <see cref="TickMilliseconds"/>, so that a process that was stopped does not take everybody else for silent.
/// </summary>
/// <typeparam name="TMirror">How a mirror is addressed.</typeparam>
/// <param name="chunkBytes">Largest chunk, in bytes.</param>
/// <param name="window">Chunks that may be on their way to a mirror.</param>
/// <param name="channel">Sends what is decided.</param>
internal sealed class SnapshotBroadcast<TMirror>(int chunkBytes, int window, ISnapshotChannel<TMirror> channel)
    where TMirror : notnull
{
    /// <summary>Length of a tick.</summary>
    public const int TickMilliseconds = 100;

    private const int SnapshotsAhead = 4;
    private const int BeginningsKept = 2 * SnapshotsAhead;
    private readonly Dictionary<TMirror, MirrorWindow> _mirrors = [];
    private readonly Queue<Beginning> _beginnings = [];
    private SnapshotTransfer? _newest;
    private PolicySnapshot? _waiting;
    private long _position;
    private long _unanswered;
    private long _now;

    /// <summary>Takes a snapshot from the learner; one that still waits is forgotten for it.</summary>
    /// <param name="snapshot">The snapshot.</param>
    public void Publish(PolicySnapshot snapshot)
    {
        if (_newest is { } newest && snapshot.Generation != newest.Manifest.Generation)
        {
            if (snapshot.Generation < newest.Manifest.Generation)
            {
                channel.TellNewerGeneration(newest.Manifest.Generation);
                channel.Accept();
                return;
            }

            BeginGeneration();
        }

        _waiting = snapshot;
        Go();
    }

    /// <summary>A mirror has answered.</summary>
    /// <param name="mirror">The mirror.</param>
    /// <param name="received">Its answer.</param>
    public void Receive(TMirror mirror, SnapshotProtocol.Received received)
    {
        if (_newest is null || received.Generation < _newest.Manifest.Generation)
        {
            return;
        }

        if (received.Generation > _newest.Manifest.Generation)
        {
            channel.TellNewerGeneration(received.Generation);
            if (!_newest.IsSent || _waiting is not null)
            {
                // Nobody waits for the end of what is refused: the learner's next generation may come at once, and ends it.
                channel.Accept();
            }

            return;
        }

        long? position = PositionOf(received);
        if (!_mirrors.TryGetValue(mirror, out MirrorWindow? state))
        {
            state = Add(mirror, position ?? _position);
            state.Join();
        }

        state.Hear(received, position, _now);
        if (received.IsWhole && received.Version >= _newest.Manifest.Version)
        {
            state.Satisfy();
        }

        GoOnDirectly(mirror, state, received);
        Go();
    }

    /// <summary>A mirror lacks the newest snapshot.</summary>
    /// <param name="mirror">The mirror.</param>
    public void Request(TMirror mirror)
    {
        MirrorWindow state = _mirrors.TryGetValue(mirror, out MirrorWindow? known) ? known : Add(mirror, _position);
        if (state.Direct is { } direct && !direct.IsOver(_now, MirrorWindow.Patience))
        {
            return;
        }

        state.Ask(_now);
        if (_newest is { IsSent: true })
        {
            SendDirectly(mirror, state, _newest);
        }
        else if (_newest is not null)
        {
            // What is still to be broadcast counts already; the rest follows when it is seen what is missing.
            channel.Send(mirror, _newest.Manifest);
        }

        Go();
    }

    /// <summary>A mirror is gone.</summary>
    /// <param name="mirror">The mirror.</param>
    public void Remove(TMirror mirror)
    {
        _mirrors.Remove(mirror);
        Go();
    }

    /// <summary>Announces the newest snapshot again: pub/sub delivers at most once and remembers nothing.</summary>
    public void Repeat()
    {
        if (_newest is not null)
        {
            channel.Broadcast(_newest.Manifest);
        }
    }

    /// <summary>Time passes.</summary>
    public void Tick()
    {
        _now++;
        // Without anybody known to wait for, the chunks go at the pace of the ticks.
        _unanswered = 0;
        foreach ((TMirror mirror, MirrorWindow state) in _mirrors)
        {
            state.Check(_position, _now);
            if (state.Direct is { } direct && direct.IsOver(_now, MirrorWindow.Patience))
            {
                state.Direct = null;
            }

            // Who answers the broadcast under way may get all that it lacks by it.
            if (state is { IsAsking: true, Direct: null } && _newest is not null
                && (_newest.IsSent || state.LastVersion != _newest.Manifest.Version))
            {
                SendDirectly(mirror, state, _newest);
            }
        }

        Go();
    }

    private MirrorWindow Add(TMirror mirror, long position)
    {
        MirrorWindow state = new(position, _now);
        _mirrors.Add(mirror, state);
        return state;
    }

    /// <summary>A learner that restarted numbers its versions anew: nothing of the old ones is sent on, or waited for.</summary>
    private void BeginGeneration()
    {
        _newest = null;
        _beginnings.Clear();
        foreach (MirrorWindow state in _mirrors.Values)
        {
            state.BeginGeneration(_position);
        }
    }

    private void Go()
    {
        while (_newest is { IsSent: false } || TryBegin())
        {
            while (!_newest!.IsSent)
            {
                if (!MaySend())
                {
                    return;
                }

                SendNext(_newest);
            }

            if (_waiting is null)
            {
                channel.Accept();
            }
        }
    }

    private bool TryBegin()
    {
        if (_waiting is not { } snapshot || !MayBegin())
        {
            return false;
        }

        _waiting = null;
        _newest = new SnapshotTransfer(snapshot, chunkBytes);
        _unanswered = 0;
        _beginnings.Enqueue(new Beginning(snapshot.Version, _position, _newest.Manifest.Chunks));
        if (_beginnings.Count > BeginningsKept)
        {
            _beginnings.Dequeue();
        }

        foreach (MirrorWindow state in _mirrors.Values)
        {
            state.Begin(_position);
        }

        channel.Broadcast(_newest.Manifest);
        return true;
    }

    private bool MayBegin()
    {
        foreach (MirrorWindow state in _mirrors.Values)
        {
            if (!state.IsLagging && _newest is not null && _newest.Manifest.Version - state.Whole >= SnapshotsAhead)
            {
                return false;
            }
        }

        return true;
    }

    private bool MaySend()
    {
        bool hasParticipant = false;
        foreach (MirrorWindow state in _mirrors.Values)
        {
            if (state.Participates && _position - state.Position >= window)
            {
                return false;
            }

            hasParticipant |= state.Participates;
        }

        return hasParticipant || _unanswered < window;
    }

    private void SendNext(SnapshotTransfer transfer)
    {
        SnapshotProtocol.Chunk chunk = transfer.Next();
        bool isHeld = false;
        foreach (MirrorWindow state in _mirrors.Values)
        {
            state.Owe(_position, _now);
            isHeld |= state is { IsLagging: true, IsReached: true };
        }

        _position++;
        _unanswered++;
        if (!isHeld)
        {
            channel.Broadcast(chunk);
            return;
        }

        // What pub/sub sends to a mirror that does not read would heap up in this process until the cluster gives that node up.
        foreach ((TMirror mirror, MirrorWindow state) in _mirrors)
        {
            if (state.Participates)
            {
                channel.Send(mirror, chunk);
            }
        }
    }

    private void SendDirectly(TMirror mirror, MirrorWindow state, SnapshotTransfer transfer)
    {
        state.Satisfy();
        state.Direct = new DirectTransfer(transfer.Again(), window, _now);
        channel.Send(mirror, transfer.Manifest);
        SendRoom(mirror, state.Direct);
    }

    private void GoOnDirectly(TMirror mirror, MirrorWindow state, SnapshotProtocol.Received received)
    {
        if (state.Direct is not { } direct)
        {
            return;
        }

        if (received.IsWhole || received.Version != direct.Manifest.Version)
        {
            // It has the snapshot, or has gone on to a newer one; what it lacks of that, it asks for.
            state.Direct = received.Version >= direct.Manifest.Version ? null : direct;
            return;
        }

        direct.Answer(_now);
        SendRoom(mirror, direct);
    }

    private void SendRoom(TMirror mirror, DirectTransfer direct)
    {
        while (direct.Next() is { } chunk)
        {
            channel.Send(mirror, chunk);
        }
    }

    private long? PositionOf(SnapshotProtocol.Received received)
    {
        foreach (Beginning beginning in _beginnings)
        {
            if (beginning.Version == received.Version)
            {
                return beginning.Position + (received.IsWhole ? beginning.Chunks : Math.Clamp(received.Chunks, 0, beginning.Chunks));
            }
        }

        return null;
    }

    /// <summary>Where a broadcast began.</summary>
    private readonly record struct Beginning(long Version, long Position, int Chunks);
}
