using System.Globalization;

namespace DqnAkka.Actors;

/// <summary>What a node that is no member yet does next.</summary>
internal enum JoinStep
{
    /// <summary>Nothing: it waits.</summary>
    Wait,

    /// <summary>It asks its contacts.</summary>
    Ask,

    /// <summary>It forms a cluster of its own, for others to join.</summary>
    Form,
}

/// <summary>What a refusal means to a node that wants to join.</summary>
internal enum JoinRefusal
{
    /// <summary>It may not join.</summary>
    Final,

    /// <summary>The member was only remembered, may belong to another cluster today, and is no longer asked.</summary>
    Dropped,

    /// <summary>The member was dropped before: the answer is to an earlier question.</summary>
    Late,
}

/// <summary>
/// How a node comes into a cluster: it asks its contacts until a member accepts it, and joins through that one. Only the first seed
/// node may form a cluster, at once where it has nobody to ask, otherwise when nobody has accepted it for a while: members of an
/// earlier cluster are among those it asks, since one of them may still live. The times are those of a steady clock.
/// </summary>
internal sealed class JoinProcedure
{
    private static readonly TimeSpan FormAfter = TimeSpan.FromSeconds(5);
    // A process that was killed and started again on its address is let in at the second request: at the first the cluster drops the
    // dead one.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(3);
    // The members of the cluster that an earlier process on this address belonged to try to reach it once a second. Where this process
    // reaches out at the same moment, Akka.Remote may keep a connection on either side that the other one does not read: it hears
    // nothing, and is declared unreachable soon after it has joined. So the members come first, on connections that both then use.
    private static readonly TimeSpan SettleFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LinePeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);
    private readonly Dictionary<string, Contact> _contacts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dropped = new(StringComparer.Ordinal);
    private readonly bool _mayForm;
    private readonly bool _isKnown;
    private TimeSpan _started;
    private TimeSpan _since;
    private TimeSpan _lastLine;
    private string? _target;
    private (string Address, TimeSpan At)? _accepted;

    /// <summary>Works out whom to ask.</summary>
    /// <param name="self">The node's address, <c>host:port</c>.</param>
    /// <param name="roles">Its roles.</param>
    /// <param name="seedNodes">The seed nodes, <c>host:port</c> each.</param>
    /// <param name="remembered">Members of an earlier cluster.</param>
    public JoinProcedure(string self, IReadOnlyList<string> roles, IReadOnlyList<string> seedNodes, IReadOnlyList<string> remembered)
    {
        _mayForm = roles.Contains(ClusterRoles.Seed) && (seedNodes.Count == 0 || seedNodes[0] == self);
        _isKnown = remembered.Any(address => address != self);
        foreach (string address in remembered.Where(address => address != self))
        {
            _contacts[address] = new Contact { IsSeed = false };
        }

        foreach (string address in seedNodes.Where(address => address != self))
        {
            _contacts[address] = new Contact { IsSeed = true };
        }

        Problem = seedNodes.FirstOrDefault(address => !NodeAddress.TryParse(address, out _, out _)) is { } bad
            ? $"the seed node {bad} is no host:port: correct --seed-node or dqn.remote.seed-nodes"
            : !_mayForm && _contacts.Count == 0
                ? $"the node {self} has nobody to join: name a seed node with --seed-node host:port or dqn.remote.seed-nodes, or give it the role seed"
                : null;
    }

    /// <summary>Why the node can never join, one line; null where it can.</summary>
    public string? Problem { get; }

    /// <summary>Whom to ask.</summary>
    public IReadOnlyCollection<string> Contacts => _contacts.Keys;

    /// <summary>The procedure begins.</summary>
    public void Start(TimeSpan now)
    {
        _started = now;
        _since = now;
        _lastLine = now;
    }

    /// <summary>What to do now; called about once a second.</summary>
    public JoinStep Next(TimeSpan now)
    {
        if (_isKnown && now - _started < SettleFor)
        {
            return JoinStep.Wait;
        }

        if (_target is not null)
        {
            if (now - _since < JoinTimeout)
            {
                return JoinStep.Wait;
            }

            // Whoever accepted it has gone since; or the cluster cannot take anybody in at present, and asking again does no harm.
            _target = null;
            _since = now;
        }

        if (_mayForm && (_contacts.Count == 0 || now - _since >= FormAfter))
        {
            _target = "";
            _since = now;
            return JoinStep.Form;
        }

        return JoinStep.Ask;
    }

    /// <summary>A member accepts the node.</summary>
    /// <returns>Whether to join through it; not where another one was quicker.</returns>
    public bool Accepted(string address, TimeSpan now)
    {
        Heard(address, "", now);
        if (_target is not null)
        {
            return false;
        }

        _target = address;
        _since = now;
        _accepted = (address, now);
        return true;
    }

    /// <summary>A node says that it is no member yet, and why.</summary>
    public void Pending(string address, string reason, TimeSpan now) => Heard(address, reason, now);

    /// <summary>A member refuses the node.</summary>
    public JoinRefusal Refused(string address)
    {
        if (_dropped.Contains(address))
        {
            return JoinRefusal.Late;
        }

        if (!_contacts.TryGetValue(address, out Contact? contact) || contact.IsSeed)
        {
            return JoinRefusal.Final;
        }

        _contacts.Remove(address);
        _dropped.Add(address);
        return _contacts.Count == 0 && !_mayForm ? JoinRefusal.Final : JoinRefusal.Dropped;
    }

    /// <summary>What the node waits for, in words that complete "waits for …".</summary>
    /// <param name="now">The time.</param>
    /// <param name="unreachable">Members that the cluster it joins cannot reach.</param>
    public string Describe(TimeSpan now, IReadOnlyCollection<string> unreachable)
    {
        if (IsAccepted(now))
        {
            string through = _accepted is { } accepted ? $" of {accepted.Address}" : "";
            string blame = unreachable.Count > 0 ? $", which first has to reach or drop {string.Join(", ", unreachable)}" : "";
            return $"the cluster{through} to take it in{blame}";
        }

        string[] silent = SilentContacts(now);
        IEnumerable<string> pending = _contacts
            .Where(contact => !IsSilent(contact.Value, now))
            .Select(contact => $"{contact.Key}, which {(contact.Value.Reason.Length > 0 ? contact.Value.Reason : "has just answered")}");
        return string.Join("; ", pending.Concat(silent.Length > 0 ? [DescribeSilence(silent, now)] : []));
    }

    /// <summary>The same for another node that waits for this one: without what this one's contacts say, since they may wait for each other.</summary>
    public string DescribeToOthers(TimeSpan now)
    {
        if (IsAccepted(now))
        {
            return "the cluster to take it in";
        }

        string[] silent = SilentContacts(now);
        return silent.Length > 0 ? DescribeSilence(silent, now) : "the nodes that it asks itself";
    }

    /// <summary>What to say of it now; null less than 10 s after the last line.</summary>
    public string? Due(TimeSpan now, IReadOnlyCollection<string> unreachable)
    {
        if (now - _lastLine < LinePeriod)
        {
            return null;
        }

        _lastLine = now;
        return $"waits for {Describe(now, unreachable)}";
    }

    private string DescribeSilence(string[] silent, TimeSpan now)
    {
        TimeSpan shortest = silent.Min(address => now - (_contacts[address].HeardAt ?? _started));
        string who = string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", silent)} {(silent.Length > 1 ? "have" : "has")} not answered for {shortest.TotalSeconds:0} s");
        return $"{(_contacts.Values.Any(contact => contact.IsSeed) ? "a seed node" : "a member of its earlier cluster")}: {who} "
            + "(is it started, reachable from here, and started under exactly this address?)";
    }

    private void Heard(string address, string reason, TimeSpan now)
    {
        if (_contacts.TryGetValue(address, out Contact? contact))
        {
            contact.HeardAt = now;
            contact.Reason = reason;
        }
    }

    private bool IsAccepted(TimeSpan now) => _target is not null || now - _accepted?.At <= JoinTimeout + Silence;

    private string[] SilentContacts(TimeSpan now) =>
        [.. _contacts.Where(contact => IsSilent(contact.Value, now)).Select(contact => contact.Key)];

    private static bool IsSilent(Contact contact, TimeSpan now) => contact.HeardAt is not { } at || now - at > Silence;

    private sealed class Contact
    {
        public required bool IsSeed { get; init; }

        public TimeSpan? HeardAt { get; set; }

        public string Reason { get; set; } = "";
    }
}
