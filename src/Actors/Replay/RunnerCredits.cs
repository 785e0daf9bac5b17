using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What a shard knows of each runner that inserts: the last fragment received and how far the runner may go.</summary>
/// <remarks>
/// Every fragment is counted once: a repetition or a gap is refused, and the runner sends again from the first one missing.
/// Credit is granted fragment by fragment, in turn over the runners, and what is granted and not yet received counts as if it were
/// inserted: however many runners there are, a shard takes at most one fragment past its allowance.
/// </remarks>
/// <param name="window">Fragments that a runner may have sent without an acknowledgement, at least 1.</param>
/// <param name="transitionsPerFragment">
/// Transitions that a fragment is expected to bring, at least 1; a runner whose node is set to more shows that with its first one.
/// </param>
internal sealed class RunnerCredits(int window, int transitionsPerFragment)
{
    private readonly Dictionary<int, Link> _links = [];
    private readonly Queue<Link> _waiting = new();
    private int _transitionsPerFragment = transitionsPerFragment;

    /// <summary>Fragments granted and not yet received, over all runners.</summary>
    public long Outstanding { get; private set; }

    /// <summary>Whether a runner waits for credit that the allowance does not give.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Every runner's link.</summary>
    public IReadOnlyCollection<Link> Links => _links.Values;

    /// <summary>The newest incarnation known of a runner, where that is newer than <paramref name="incarnation"/>; otherwise null.</summary>
    public long? NewerIncarnation(int runner, long incarnation) =>
        _links.TryGetValue(runner, out Link? link) && link.Incarnation > incarnation ? link.Incarnation : null;

    /// <summary>Whether a runner's incarnation is the newest known and has not ended.</summary>
    public bool IsOpen(int runner, long incarnation) =>
        _links.TryGetValue(runner, out Link? link) && link.Incarnation == incarnation && !link.IsClosed;

    /// <summary>How far each runner's fragments were received, by index.</summary>
    public IReadOnlyList<ReplayProtocol.RunnerPosition> Positions() =>
        [.. _links.OrderBy(entry => entry.Key).Select(entry => new ReplayProtocol.RunnerPosition(entry.Key, entry.Value.Incarnation, entry.Value.Received))];

    /// <summary>Takes over from the shard's predecessor how far a runner's fragments were received: a repetition is then not taken twice.</summary>
    public void Inherit(ReplayProtocol.RunnerPosition position)
    {
        if (Find(position.Runner, position.Incarnation, position.Received + 1, runner: null) is { } link)
        {
            Enqueue(link);
        }
    }

    /// <summary>Decides on a fragment. The runner then waits for its next credit.</summary>
    /// <returns>Whether it is the next one of this incarnation and goes into the buffer.</returns>
    public bool TryReceive(ReplayProtocol.Insert insert, IActorRef runner)
    {
        Link? link = Find(insert.Runner, insert.Incarnation, insert.FirstUnacknowledged, runner);
        bool isNext = link is not null && insert.Sequence == link.Received + 1;
        _transitionsPerFragment = Math.Max(_transitionsPerFragment, insert.Batch.Count);
        if (isNext)
        {
            Advance(link!, insert.Sequence);
        }

        if (link is not null)
        {
            Enqueue(link);
        }

        return isNext;
    }

    /// <summary>Takes a probe. The runner then waits for its next credit.</summary>
    /// <returns>The link that it is about, made where it is not known; null where a newer incarnation is.</returns>
    public Link? Probe(ReplayProtocol.CreditProbe probe, IActorRef runner)
    {
        Link? link = Find(probe.Runner, probe.Incarnation, probe.FirstUnacknowledged, runner);
        if (link is not null)
        {
            Enqueue(link);
        }

        return link;
    }

    /// <summary>Grants the runners that wait one fragment after another, in turn, as far as the allowance goes.</summary>
    /// <param name="inserts">Transitions inserted so far.</param>
    /// <param name="allowance">Inserts beyond which no fragment is granted.</param>
    /// <returns>The links that were granted something, each once.</returns>
    public IReadOnlyCollection<Link> Grant(long inserts, long allowance)
    {
        HashSet<Link> granted = [];
        while (inserts + (Outstanding * _transitionsPerFragment) < allowance && _waiting.TryDequeue(out Link? link))
        {
            link.IsWaiting = false;
            if (link.IsClosed)
            {
                continue;
            }

            link.Granted++;
            Outstanding++;
            granted.Add(link);
            Enqueue(link);
        }

        return granted;
    }

    /// <summary>Gives back what a runner was granted that will send nothing any more.</summary>
    public void Close(IActorRef runner)
    {
        // The link stays: what the runner sent before its end may still arrive, and counts once.
        foreach (Link link in _links.Values.Where(link => runner.Equals(link.Runner)))
        {
            Close(link);
        }
    }

    private Link? Find(int index, long incarnation, long firstUnacknowledged, IActorRef? runner)
    {
        if (!_links.TryGetValue(index, out Link? link) || link.Incarnation < incarnation)
        {
            if (link is not null)
            {
                Close(link);
            }

            link = new Link(incarnation);
            _links[index] = link;
        }
        else if (link.Incarnation > incarnation)
        {
            return null;
        }

        link.Runner ??= runner;
        // The runner no longer holds what comes before: this shard's predecessor received it, and waiting for it would be for ever.
        Advance(link, firstUnacknowledged - 1);
        return link;
    }

    private void Advance(Link link, long received)
    {
        if (received <= link.Received)
        {
            return;
        }

        // A runner may hold credit of this shard's predecessor, beyond what this one granted.
        Outstanding -= Math.Min(received, link.Granted) - link.Received;
        link.Received = received;
        link.Granted = Math.Max(link.Granted, received);
    }

    private void Enqueue(Link link)
    {
        if (!link.IsWaiting && !link.IsClosed && link.Runner is not null && link.Granted < link.Received + window)
        {
            link.IsWaiting = true;
            _waiting.Enqueue(link);
        }
    }

    private void Close(Link link)
    {
        link.IsClosed = true;
        Outstanding -= link.Granted - link.Received;
        link.Granted = link.Received;
    }

    /// <summary>One runner's link.</summary>
    public sealed class Link(long incarnation)
    {
        /// <summary>The runner's incarnation.</summary>
        public long Incarnation { get; } = incarnation;

        /// <summary>Where credit goes; null while the runner is only known from the shard's predecessor.</summary>
        public IActorRef? Runner { get; set; }

        /// <summary>The last fragment in the buffer.</summary>
        public long Received { get; set; }

        /// <summary>The last fragment that the runner may send, never less than <see cref="Received"/>.</summary>
        public long Granted { get; set; }

        /// <summary>Whether the link stands in the queue for credit.</summary>
        public bool IsWaiting { get; set; }

        /// <summary>Whether the runner has ended or a newer incarnation took its place.</summary>
        public bool IsClosed { get; set; }
    }
}
