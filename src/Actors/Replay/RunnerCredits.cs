using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What a shard knows of each runner that inserts: the last fragment received and how far the runner may go.</summary>
/// <remarks>
/// Every fragment is counted once: a repetition or a gap is refused, and the runner sends again from the first one missing.
/// Credit is granted fragment by fragment, in turn over the runners that wait, and what is granted and not yet received counts as if it
/// were inserted: inserts and grants together never exceed the allowance. A fragment that was not granted here (but by a predecessor of the
/// shard, say) or is longer than it seemed is taken only if there is room for it, and otherwise sent again when its turn has come.
/// </remarks>
/// <param name="window">Fragments that a runner may have sent without an acknowledgement, at least 1.</param>
/// <param name="transitionsPerFragment">Transitions that a runner's first fragment is expected to bring, at least 1; then it shows itself.</param>
/// <param name="phase">
/// Where in the circle of runners a turn begins, 0 to 1: another place in each shard, so that what does not go round in one goes to other
/// runners in the next.
/// </param>
internal sealed class RunnerCredits(int window, int transitionsPerFragment, double phase)
{
    // Multiples of the golden ratio lie evenly on the circle however many runners there are.
    private const double RunnerStep = 0.6180339887498949;
    private readonly Dictionary<int, Link> _links = [];
    private readonly PriorityQueue<Link, (long Turn, double Place)> _waiting = new();
    private long _turn;

    /// <summary>Transitions granted and not yet received, over all runners.</summary>
    public long Reserved { get; private set; }

    /// <summary>Whether a runner waits for credit that the allowance does not give.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Transitions of the fragment that the runner next in turn waits for; 0 where none waits.</summary>
    public int Wanted => _waiting.TryPeek(out Link? link, out _) ? link.Size : 0;

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
    /// <returns>Whether that is the furthest known of the runner; not where a newer incarnation of it, or a later fragment, came meanwhile.</returns>
    public bool Inherit(ReplayProtocol.RunnerPosition position)
    {
        if (Find(position.Runner, position.Incarnation, position.Received + 1, runner: null) is not { } link)
        {
            return false;
        }

        Enqueue(link);
        return link.Received == position.Received;
    }

    /// <summary>Decides on a fragment. The runner then waits for its next credit.</summary>
    /// <param name="insert">The fragment.</param>
    /// <param name="runner">Who sent it.</param>
    /// <param name="inserts">Transitions inserted so far, without these.</param>
    /// <param name="allowance">Inserts beyond which none is taken or granted.</param>
    /// <returns>Whether it is the next one of this incarnation and goes into the buffer.</returns>
    public bool TryReceive(ReplayProtocol.Insert insert, IActorRef runner, long inserts, long allowance)
    {
        if (Find(insert.Runner, insert.Incarnation, insert.FirstUnacknowledged, runner) is not { } link)
        {
            return false;
        }

        bool isNext = insert.Sequence == link.Received + 1;
        bool isTaken = isNext && HasRoom(link, insert.Batch.Count, inserts, allowance);
        if (isTaken)
        {
            Advance(link, insert.Sequence);
        }
        else if (isNext)
        {
            // Whatever else the runner was granted comes after this one.
            Retract(link);
        }

        if (isNext)
        {
            Resize(link, isTaken && link.IsMeasured ? Math.Max(link.Size, insert.Batch.Count) : insert.Batch.Count);
            link.IsMeasured = true;
        }

        link.IsToResend |= insert.Sequence > link.Received;
        Enqueue(link);
        return isTaken;
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
        HashSet<Link>? granted = null;
        // Nobody overtakes a runner that waits for room for a long fragment.
        while (_waiting.TryPeek(out Link? link, out _) && inserts + Reserved + link.Size <= allowance)
        {
            _waiting.Dequeue();
            _turn = link.Turn++;
            link.IsWaiting = false;
            link.Granted++;
            Reserved += link.Size;
            (granted ??= []).Add(link);
            Enqueue(link);
        }

        return granted ?? (IReadOnlyCollection<Link>)[];
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

            link = new Link(index, incarnation, ((index * RunnerStep) + phase) % 1, Math.Max(1, transitionsPerFragment));
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

        Reserved -= (Math.Min(received, link.Granted) - link.Received) * link.Size;
        link.Received = received;
        link.Granted = Math.Max(link.Granted, received);
    }

    private bool HasRoom(Link link, int transitions, long inserts, long allowance)
    {
        if (link.Granted > link.Received)
        {
            return transitions <= link.Size
                || inserts + Reserved - ((link.Granted - link.Received) * link.Size) + ((link.Granted - link.Received) * (long)transitions) <= allowance;
        }

        // Not granted here: it must not overtake those that wait.
        return (_waiting.Count == 0 || _waiting.Peek() == link) && inserts + Reserved + transitions <= allowance;
    }

    private void Enqueue(Link link)
    {
        if (!link.IsWaiting && !link.IsClosed && link.Runner is not null && link.Granted < link.Received + window)
        {
            // Who was away does not make up for it: the others would stand still meanwhile.
            link.Turn = Math.Max(link.Turn, _turn);
            link.IsWaiting = true;
            _waiting.Enqueue(link, (link.Turn, link.Place));
        }
    }

    private void Resize(Link link, int transitions)
    {
        Reserved += (link.Granted - link.Received) * (transitions - link.Size);
        link.Size = transitions;
    }

    private void Retract(Link link)
    {
        Reserved -= (link.Granted - link.Received) * link.Size;
        link.Granted = link.Received;
    }

    private void Close(Link link)
    {
        link.IsClosed = true;
        link.IsWaiting = false;
        _waiting.Remove(link, out _, out _);
        Retract(link);
    }

    /// <summary>One runner's link.</summary>
    public sealed class Link(int index, long incarnation, double place, int size)
    {
        /// <summary>The runner's index.</summary>
        public int Index { get; } = index;

        /// <summary>Its place among the runners of a turn, 0 to 1.</summary>
        public double Place { get; } = place;

        /// <summary>The turn that it waits for, or will.</summary>
        public long Turn { get; set; }

        /// <summary>The most transitions that a fragment of it has brought, or is expected to.</summary>
        public int Size { get; set; } = size;

        /// <summary>Whether <see cref="Size"/> is of a fragment that came.</summary>
        public bool IsMeasured { get; set; }

        /// <summary>Whether a fragment came that could not be taken, so that the next credit asks for it.</summary>
        public bool IsToResend { get; set; }

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
