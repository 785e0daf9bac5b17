using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What a shard knows of each runner that inserts: the last fragment received and how far the runner may go.</summary>
/// <remarks>
/// Every fragment is counted once: a repetition or a gap is refused, and the runner sends again from the first one missing.
/// Credit is granted while the shard's inserts are below its allowance, so a runner is never more than
/// <paramref name="window"/> fragments past it.
/// </remarks>
/// <param name="window">Fragments that a runner may have sent without an acknowledgement, at least 1.</param>
internal sealed class RunnerCredits(int window)
{
    private readonly Dictionary<int, Link> _links = [];
    private readonly HashSet<int> _withheld = [];

    /// <summary>Runners whose credit is withheld now.</summary>
    public int Withheld => _withheld.Count;

    /// <summary>Decides on a fragment.</summary>
    /// <returns>Whether it is the next one of this incarnation and goes into the buffer.</returns>
    public bool TryReceive(ReplayProtocol.Insert insert, IActorRef runner)
    {
        // A shard that starts empty, or sees a runner's new incarnation, takes the numbering from the first fragment it is shown.
        Link? link = Find(insert.Runner, insert.Incarnation, insert.Sequence, runner);
        if (link is null || insert.Sequence != link.Received + 1)
        {
            return false;
        }

        link.Received = insert.Sequence;
        return true;
    }

    /// <summary>The credit to send to a runner after a fragment or a probe; null where it must wait for the allowance.</summary>
    /// <param name="runner">The runner's index.</param>
    /// <param name="open">Whether the shard is below its allowance.</param>
    public Link? Grant(int runner, bool open)
    {
        if (!_links.TryGetValue(runner, out Link? link))
        {
            return null;
        }

        if (!open)
        {
            _withheld.Add(runner);
            return null;
        }

        _withheld.Remove(runner);
        link.Granted = link.Received + window;
        return link;
    }

    /// <summary>The link that a probe is about, made where it is not known; null where a newer incarnation is.</summary>
    public Link? Probe(ReplayProtocol.CreditProbe probe, IActorRef runner) => Find(probe.Runner, probe.Incarnation, probe.FirstUnacknowledged, runner);

    /// <summary>Grants credit to everybody who waits for it.</summary>
    public IEnumerable<Link> GrantWithheld()
    {
        foreach (int runner in _withheld)
        {
            Link link = _links[runner];
            link.Granted = link.Received + window;
            yield return link;
        }

        _withheld.Clear();
    }

    private Link? Find(int runner, long incarnation, long firstSequence, IActorRef reference)
    {
        if (_links.TryGetValue(runner, out Link? link) && link.Incarnation >= incarnation)
        {
            return link.Incarnation == incarnation ? link : null;
        }

        _withheld.Remove(runner);
        link = new Link(incarnation, reference) { Received = firstSequence - 1, Granted = firstSequence - 1 + window };
        _links[runner] = link;
        return link;
    }

    /// <summary>One runner's link.</summary>
    public sealed class Link(long incarnation, IActorRef runner)
    {
        /// <summary>The runner's incarnation.</summary>
        public long Incarnation { get; } = incarnation;

        /// <summary>Where credit goes.</summary>
        public IActorRef Runner { get; } = runner;

        /// <summary>The last fragment in the buffer.</summary>
        public long Received { get; set; }

        /// <summary>The last fragment that the runner may send.</summary>
        public long Granted { get; set; }
    }
}
