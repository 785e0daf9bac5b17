using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>The replicas that wait to be members, and the learner's state on its way to them while the learner waits.</summary>
/// <param name="self">Who speaks for the group.</param>
internal sealed class GroupAdmission(IActorRef self)
{
    private readonly List<ReplicaMember> _candidates = [];
    private StateHandover? _handover;
    private StateTransfer? _transfer;

    /// <summary>How many wait.</summary>
    public int Candidates => _candidates.Count;

    /// <summary>Whether the learner waits and need not: all have its state.</summary>
    public bool IsReady => _handover is not null && _candidates.TrueForAll(candidate => candidate.HasState);

    /// <summary>Whether one waits.</summary>
    public bool Has(IActorRef replica) => Find(replica) is not null;

    /// <summary>One more waits; where the learner's state is on its way, it gets that too.</summary>
    public void Add(ReplicaMember candidate)
    {
        _candidates.Add(candidate);
        _transfer?.Send(candidate);
    }

    /// <summary>One waits no more.</summary>
    /// <returns>Whether it had.</returns>
    public bool Remove(IActorRef replica) => _candidates.RemoveAll(candidate => candidate.Reference.Equals(replica)) > 0;

    /// <summary>The learner gives its state, and waits.</summary>
    public void Begin(StateHandover handover)
    {
        _handover = handover;
        if (_candidates.Count > 0)
        {
            _transfer = new StateTransfer(handover.State, Incarnations.Next(), self);
            _candidates.ForEach(_transfer.Send);
        }
    }

    /// <summary>One has some of the state.</summary>
    public void Take(ReplicaProtocol.StateReceived received, IActorRef replica)
    {
        if (_transfer is not null && Find(replica) is { } candidate)
        {
            _transfer.Acknowledge(candidate, received);
        }
    }

    /// <summary>A tick has passed.</summary>
    /// <returns>Ticks in which nothing came while the learner waited.</returns>
    public int Tick() => _transfer is { } transfer ? ++transfer.TicksWithoutProgress : 0;

    /// <summary>Takes all who wait.</summary>
    /// <returns>Those who have the state, and the others.</returns>
    public (ReplicaMember[] Joined, ReplicaMember[] Late) Take()
    {
        (ReplicaMember[], ReplicaMember[]) all = ([.. _candidates.Where(candidate => candidate.HasState)], [.. _candidates.Where(candidate => !candidate.HasState)]);
        _candidates.Clear();
        _transfer = null;
        return all;
    }

    /// <summary>The learner waits no more.</summary>
    public void End(bool outcome)
    {
        StateHandover? handover = _handover;
        _handover = null;
        handover?.End(outcome);
    }

    private ReplicaMember? Find(IActorRef replica) => _candidates.Find(candidate => candidate.Reference.Equals(replica));
}
