namespace DqnAkka.Actors;

/// <summary>A runner's side of the flow control: what it has sent to each shard, and how far it may go.</summary>
/// <remarks>Fragments go round robin over the shards that grant credit. What is not acknowledged is held, and sent again when a shard asks.</remarks>
internal sealed class ShardLinks
{
    private readonly Link[] _links;
    private readonly int _runner;
    private readonly long _incarnation;
    private int _next;

    /// <summary>Starts links to <paramref name="shards"/> shards, all without credit: the shards alone know how much the limiter allows.</summary>
    public ShardLinks(int runner, long incarnation, int shards)
    {
        _runner = runner;
        _incarnation = incarnation;
        _links = [.. Enumerable.Range(0, shards).Select(_ => new Link())];

        // Runners that start together must not all begin at the same shard.
        _next = runner % shards;
    }

    /// <summary>Fragments sent and not acknowledged, over all shards.</summary>
    public int InFlight => _links.Sum(link => link.Unacknowledged.Count);

    /// <summary>Whether some shard grants credit.</summary>
    public bool CanSend
    {
        get
        {
            foreach (Link link in _links)
            {
                if (link.Sent < link.Granted)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Takes the credit of the next open shard for a fragment.</summary>
    /// <exception cref="InvalidOperationException">No shard grants credit.</exception>
    public ReplayProtocol.Insert Send(Learner.TransitionBatch batch, int environmentSteps)
    {
        for (int i = 0; i < _links.Length; i++)
        {
            int shard = (_next + i) % _links.Length;
            Link link = _links[shard];
            if (link.Sent < link.Granted)
            {
                _next = (shard + 1) % _links.Length;
                link.Sent++;
                long firstUnacknowledged = link.Unacknowledged.TryPeek(out ReplayProtocol.Insert? first) ? first.Sequence : link.Sent;
                ReplayProtocol.Insert insert = new(shard, _runner, _incarnation, link.Sent, environmentSteps, batch, firstUnacknowledged);
                link.Unacknowledged.Enqueue(insert);
                return insert;
            }
        }

        throw new InvalidOperationException("no shard grants credit");
    }

    /// <summary>Takes an acknowledgement.</summary>
    /// <returns>The fragments to send again; empty where nothing is asked for or the credit is of another incarnation.</returns>
    public IReadOnlyCollection<ReplayProtocol.Insert> Apply(ReplayProtocol.Credit credit)
    {
        if (credit.Incarnation != _incarnation)
        {
            return [];
        }

        Link link = _links[credit.Shard];
        link.HeardSinceProbe = true;
        link.Granted = Math.Max(link.Granted, credit.Granted);
        while (link.Unacknowledged.TryPeek(out ReplayProtocol.Insert? first) && first.Sequence <= credit.Received)
        {
            link.Unacknowledged.Dequeue();
        }

        return credit.Resend ? link.Unacknowledged : [];
    }

    /// <summary>The probes that are due: for each link that has no credit and heard nothing since the last call; all of them at first.</summary>
    public IEnumerable<ReplayProtocol.CreditProbe> DueProbes()
    {
        for (int shard = 0; shard < _links.Length; shard++)
        {
            Link link = _links[shard];
            if (!link.HeardSinceProbe && link.Sent >= link.Granted)
            {
                long firstUnacknowledged = link.Unacknowledged.TryPeek(out ReplayProtocol.Insert? first) ? first.Sequence : link.Sent + 1;
                yield return new ReplayProtocol.CreditProbe(shard, _runner, _incarnation, firstUnacknowledged);
            }

            link.HeardSinceProbe = false;
        }
    }

    private sealed class Link
    {
        public long Sent { get; set; }

        public long Granted { get; set; }

        public bool HeardSinceProbe { get; set; }

        public Queue<ReplayProtocol.Insert> Unacknowledged { get; } = new();
    }
}
