using System.Runtime.InteropServices;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// What the coordinator says to the ranges in one epoch: their state at its begin, updates in the order of versions, and what they are to
/// send. What a range does not answer is said again, so that a message lost costs time alone. Times are in ticks of whoever asks.
/// </summary>
internal sealed class RangeLinks
{
    private readonly IReadOnlyList<ParameterRange> _ranges;
    private readonly IActorRef _region;
    private readonly IActorRef _self;
    private readonly Link[] _links;
    private readonly Queue<ParameterServerProtocol.ApplyGradients> _unconfirmed = new();
    private (TrainerState State, long TargetVersion)? _loading;

    /// <summary>Starts with ranges that hold nothing of this epoch.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="region">Their region.</param>
    /// <param name="self">Who is answered.</param>
    /// <param name="epoch">The epoch.</param>
    public RangeLinks(IReadOnlyList<ParameterRange> ranges, IActorRef region, IActorRef self, long epoch)
    {
        _ranges = ranges;
        _region = region;
        _self = self;
        Epoch = epoch;
        _links = [.. ranges.Select(_ => new Link())];
    }

    /// <summary>The epoch.</summary>
    public long Epoch { get; }

    /// <summary>Whether all ranges hold the epoch.</summary>
    public bool IsLoaded => Array.TrueForAll(_links, link => link.IsLoaded);

    /// <summary>Updates that some range has not confirmed.</summary>
    public int Unconfirmed => _unconfirmed.Count;

    /// <summary>Gives all ranges their state.</summary>
    public void Load(TrainerState state, long targetVersion, long now)
    {
        _loading = (state, targetVersion);
        foreach (ParameterRange range in _ranges)
        {
            Load(range.Index, now);
        }
    }

    /// <summary>Gives one range its state, from the start.</summary>
    public void Load(int range, long now)
    {
        if (_loading is not { } loading || !IsRange(range))
        {
            return;
        }

        float[] state = new float[RangeOptimizer.StateVectors * _ranges[range].Length];
        RangeState.Extract(loading.State, _ranges[range], state);
        Link link = _links[range];
        link.Bytes = MemoryMarshal.AsBytes(state.AsSpan()).ToArray();
        link.Window = new ChunkWindow(link.Bytes.Length);
        link.IsLoaded = false;
        link.SpokenAt = now;
        SendState(range);
    }

    /// <summary>A range has some of its state.</summary>
    public void Acknowledge(ParameterServerProtocol.StateReceived received, long now)
    {
        if (received.Epoch == Epoch && IsRange(received.Range) && _links[received.Range].Window is { } window)
        {
            Hear(received.Range, now);
            window.Acknowledge(received.Bytes);
            SendState(received.Range);
        }
    }

    /// <summary>A range holds the epoch.</summary>
    public void Loaded(ParameterServerProtocol.RangeLoaded loaded, long now)
    {
        if (loaded.Epoch != Epoch || !IsRange(loaded.Range))
        {
            return;
        }

        Link link = _links[loaded.Range];
        link.IsLoaded = true;
        link.Bytes = [];
        link.Window = null;
        Confirm(loaded.Range, loaded.Version, now);
        if (IsLoaded)
        {
            _loading = null;
        }
    }

    /// <summary>A range made an update, or says where it stands.</summary>
    public void Updated(ParameterServerProtocol.RangeUpdated updated, long now)
    {
        if (updated.Epoch == Epoch && IsRange(updated.Range))
        {
            Confirm(updated.Range, updated.Version, now);
        }
    }

    /// <summary>Tells all ranges the next update.</summary>
    public void Apply(long version, IReadOnlyList<ParameterServerProtocol.GradientShare> shares, float learningRate, float tau)
    {
        _unconfirmed.Enqueue(new ParameterServerProtocol.ApplyGradients(0, Epoch, version, shares, learningRate, tau));
        foreach (ParameterRange range in _ranges)
        {
            _region.Tell(new ParameterServerProtocol.ApplyGradients(range.Index, Epoch, version, shares, learningRate, tau), _self);
        }
    }

    /// <summary>A gradient is not used.</summary>
    public void Drop(int worker, long push)
    {
        foreach (ParameterRange range in _ranges)
        {
            _region.Tell(new ParameterServerProtocol.DropGradient(range.Index, Epoch, worker, push), _self);
        }
    }

    /// <summary>Lets all ranges send what they hold at a version: after all updates that they were told of.</summary>
    public void Send(long version, ParameterServerProtocol.RangePart part, bool withTarget, IActorRef receiver)
    {
        foreach (ParameterRange range in _ranges)
        {
            _region.Tell(new ParameterServerProtocol.SendParameters(range.Index, Epoch, version, part, withTarget), receiver);
        }
    }

    /// <summary>Asks every range whether it still holds the epoch, and says again what was not answered in time.</summary>
    public void Tick(long now, long timeout)
    {
        for (int range = 0; range < _links.Length; range++)
        {
            Link link = _links[range];
            bool isLate = now - Math.Max(link.SpokenAt, link.HeardAt) >= timeout;
            if (!link.IsLoaded)
            {
                if (isLate)
                {
                    Load(range, now);
                }

                continue;
            }

            _region.Tell(new ParameterServerProtocol.ProbeRange(range, Epoch), _self);
            if (now - link.MovedAt >= timeout && _unconfirmed.Count > 0)
            {
                link.MovedAt = now;
                Repeat(range, link.Version);
            }
        }
    }

    /// <summary>Ranges that were not heard of for so long.</summary>
    public IReadOnlyList<int> Silent(long now, long timeout) =>
        [.. Enumerable.Range(0, _links.Length).Where(range => now - _links[range].HeardAt > timeout)];

    /// <summary>Ranges that do not hold the epoch yet.</summary>
    public IReadOnlyList<int> NotLoaded() => [.. Enumerable.Range(0, _links.Length).Where(range => !_links[range].IsLoaded)];

    private bool IsRange(int range) => range >= 0 && range < _links.Length;

    private void Hear(int range, long now) => _links[range].HeardAt = now;

    private void Confirm(int range, long version, long now)
    {
        Hear(range, now);
        Link link = _links[range];
        if (version > link.Version || _unconfirmed.Count == 0)
        {
            link.Version = Math.Max(version, link.Version);
            link.MovedAt = now;
        }

        long all = _links.Min(other => other.Version);
        while (_unconfirmed.TryPeek(out ParameterServerProtocol.ApplyGradients? oldest) && oldest.Version <= all)
        {
            _unconfirmed.Dequeue();
        }
    }

    private void Repeat(int range, long version)
    {
        foreach (ParameterServerProtocol.ApplyGradients update in _unconfirmed.Where(update => update.Version > version))
        {
            _region.Tell(update with { Range = range }, _self);
        }
    }

    private void SendState(int range)
    {
        Link link = _links[range];
        (TrainerState state, long targetVersion) = _loading!.Value;
        while (link.Window!.TryNext(out int offset, out int length))
        {
            _region.Tell(
                new ParameterServerProtocol.LoadState(
                    range, Epoch, state.Updates, targetVersion, _ranges[range].Length, offset, link.Bytes.AsMemory(offset, length)),
                _self);
        }
    }

    private sealed class Link
    {
        public byte[] Bytes { get; set; } = [];

        public ChunkWindow? Window { get; set; }

        public bool IsLoaded { get; set; }

        public long Version { get; set; }

        public long SpokenAt { get; set; }

        public long HeardAt { get; set; }

        /// <summary>When it last confirmed an update, or had none to confirm.</summary>
        public long MovedAt { get; set; }
    }
}
