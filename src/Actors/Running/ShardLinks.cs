namespace DqnAkka.Actors;

/// <summary>A runner's side of the flow control: what it has sent to each shard, and how far it may go.</summary>
/// <remarks>Fragments go round robin over the shards that grant credit. What is not acknowledged is held, and sent again when a shard asks.</remarks>
internal sealed class ShardLinks
{
    private readonly Link[] _links;
    private readonly int _runner;
    private readonly List<ProgressProtocol.AcknowledgedTransitions> _acknowledged = [];
    private int _next;

    /// <summary>Starts links to <paramref name="shards"/> shards, all without credit: the shards alone know how much the limiter allows.</summary>
    public ShardLinks(int runner, long incarnation, int shards)
    {
        _runner = runner;
        Incarnation = incarnation;
        _links = [.. Enumerable.Range(0, shards).Select(_ => new Link())];

        // Runners that start together must not all begin at the same shard.
        _next = runner % shards;
    }

    /// <summary>The runner's incarnation, under which it is known to the shards.</summary>
    public long Incarnation { get; private set; }

    /// <summary>Number of shards.</summary>
    public int Count => _links.Length;

    /// <summary>Fragments sent and not acknowledged, over all shards.</summary>
    public int InFlight => _links.Sum(link => link.Unacknowledged.Count);

    /// <summary>Whether some shard grants credit.</summary>
    public bool CanSend
    {
        get
        {
            foreach (Link link in _links)
            {
                if (link.IsOpen)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The shards that grant no credit.</summary>
    public IEnumerable<int> Closed => Enumerable.Range(0, _links.Length).Where(shard => !_links[shard].IsOpen);

    /// <summary>The shards that grant no credit and did not answer the last probe either.</summary>
    public IEnumerable<int> Silent => Closed.Where(shard => _links[shard].UnansweredProbes > 1);

    /// <summary>Takes the credit of the next open shard for a fragment.</summary>
    /// <exception cref="InvalidOperationException">No shard grants credit.</exception>
    public ReplayProtocol.Insert Send(Learner.TransitionBatch batch, int environmentSteps)
    {
        for (int i = 0; i < _links.Length; i++)
        {
            int shard = (_next + i) % _links.Length;
            Link link = _links[shard];
            if (link.IsOpen)
            {
                _next = (shard + 1) % _links.Length;
                link.Sent++;
                ReplayProtocol.Insert insert = new(shard, _runner, Incarnation, link.Sent, environmentSteps, batch, link.FirstUnacknowledged ?? link.Sent);
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
        if (credit.Incarnation != Incarnation)
        {
            return [];
        }

        Link link = _links[credit.Shard];
        link.HeardSinceProbe = true;
        link.UnansweredProbes = 0;
        link.Granted = Math.Max(link.Granted, credit.Granted);
        if (link.ShardIncarnation != credit.ShardIncarnation)
        {
            CloseAccount(credit.Shard);
            link.ShardIncarnation = credit.ShardIncarnation;
        }

        while (link.Unacknowledged.TryPeek(out ReplayProtocol.Insert? first) && first.Sequence <= credit.Received)
        {
            link.Unacknowledged.Dequeue();
            link.Acknowledged += first.Batch.Count;
        }

        return credit.Resend ? link.Unacknowledged : [];
    }

    /// <summary>
    /// Goes on under a newer incarnation, without credit. What was not acknowledged is given up: some of it may be in the buffer, and sent
    /// again under another name it would be there twice.
    /// </summary>
    public void Renew(long incarnation)
    {
        Incarnation = incarnation;
        foreach (Link link in _links)
        {
            link.Sent = 0;
            link.Granted = 0;
            link.HeardSinceProbe = false;
            link.Unacknowledged.Clear();
        }
    }

    /// <summary>The transitions acknowledged since the last call, by shard and its incarnation.</summary>
    public IReadOnlyList<ProgressProtocol.AcknowledgedTransitions> TakeAcknowledged()
    {
        for (int shard = 0; shard < _links.Length; shard++)
        {
            CloseAccount(shard);
        }

        ProgressProtocol.AcknowledgedTransitions[] taken = [.. _acknowledged];
        _acknowledged.Clear();
        return taken;
    }

    /// <summary>The probes that are due: for each link that has no credit and heard nothing since the last call; all of them at first.</summary>
    public IEnumerable<ReplayProtocol.CreditProbe> DueProbes()
    {
        for (int shard = 0; shard < _links.Length; shard++)
        {
            Link link = _links[shard];
            if (!link.HeardSinceProbe && !link.IsOpen)
            {
                link.UnansweredProbes++;
                yield return new ReplayProtocol.CreditProbe(shard, _runner, Incarnation, link.FirstUnacknowledged ?? (link.Sent + 1));
            }

            link.HeardSinceProbe = false;
        }
    }

    private void CloseAccount(int shard)
    {
        Link link = _links[shard];
        if (link.Acknowledged > 0)
        {
            _acknowledged.Add(new ProgressProtocol.AcknowledgedTransitions(shard, link.ShardIncarnation, link.Acknowledged));
            link.Acknowledged = 0;
        }
    }

    private sealed class Link
    {
        public long Sent { get; set; }

        public long Granted { get; set; }

        public bool IsOpen => Sent < Granted;

        public bool HeardSinceProbe { get; set; }

        public int UnansweredProbes { get; set; }

        public long ShardIncarnation { get; set; }

        /// <summary>Transitions that this incarnation of the shard has acknowledged and that nobody has been told of.</summary>
        public long Acknowledged { get; set; }

        public Queue<ReplayProtocol.Insert> Unacknowledged { get; } = new();

        public long? FirstUnacknowledged => Unacknowledged.TryPeek(out ReplayProtocol.Insert? first) ? first.Sequence : null;
    }
}
