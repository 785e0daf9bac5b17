using System.Globalization;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The group of the learner (rank 0) and its replicas: who is in it, and the attempt of a step that is under way. Whoever is lost costs the attempt, and the group goes
/// on without; whoever joins does so between steps. Time comes as ticks, <see cref="TicksPerSecond"/> each second.
/// </summary>
/// <param name="options">The learner's options.</param>
/// <param name="exchange">The way to the learner's thread.</param>
/// <param name="self">Who speaks for the group.</param>
/// <param name="path">The path under which replicas reach it.</param>
/// <param name="watch">Called with whom to watch (true) or no more.</param>
/// <param name="notice">Takes lines for people.</param>
internal sealed class ReplicaGroup(
    LearnerOptions options, ReplicaExchange exchange, IActorRef self, string path, Action<IActorRef, bool> watch, Action<string> notice)
{
    /// <summary>Ticks in a second.</summary>
    public const int TicksPerSecond = 4;

    private const int HeartbeatTicks = 2 * TicksPerSecond;
    private const int MostFruitlessAttempts = 3;

    // The paths of all members go into one message.
    private const int MostMembers = 200;
    private readonly int _mostMembers = Math.Min(Math.Min(options.Replicas, options.BatchSize), MostMembers);
    private readonly int _patience = Math.Max(1, (int)Math.Ceiling(options.ReplicaTimeoutSeconds * TicksPerSecond));
    private readonly GroupStep _step = new(self);
    private readonly List<ReplicaMember> _members = [];
    private readonly GroupAdmission _admission = new(self);
    private readonly GroupLiveness _liveness = new(self);
    private ReplicaIdentity? _identity;
    private int _ticks;
    private int _fruitless;

    /// <summary>Epoch of the group.</summary>
    public long Epoch { get; private set; }

    /// <summary>The replicas, by rank from 1.</summary>
    public IReadOnlyList<ReplicaMember> Members => _members;

    /// <summary>Steps completed together.</summary>
    public long Steps { get; private set; }

    /// <summary>Attempts that came to nothing.</summary>
    public long Repeats { get; private set; }

    /// <summary>Bytes of segments that the learner has sent.</summary>
    public long BytesSent => _step.BytesSent;

    /// <summary>A learner begins, or has another state than before: replicas are to join anew.</summary>
    public void Attach(ReplicaIdentity identity)
    {
        _identity = identity;
        Drop([.. _members], "the learner begins anew");
        EndAdmission();
    }

    /// <summary>A node offers itself.</summary>
    public void Offer(ReplicaProtocol.JoinGroup offer, IActorRef replica)
    {
        if (_identity is not { } identity)
        {
            return;
        }

        Incarnations.Observe(offer.Incarnation);
        string fault = ReplicaOffer.Fault(offer, identity);
        if (fault.Length > 0 || ((IActorRefScope)replica).IsLocal)
        {
            replica.Tell(new ReplicaProtocol.JoinGroupRefused(fault), self);
            return;
        }

        if (Find(replica) is { } member)
        {
            Drop([member], "it has lost its place");
        }

        if (_members.Count + _admission.Candidates + 1 >= _mostMembers && !_admission.Has(replica))
        {
            replica.Tell(new ReplicaProtocol.JoinGroupRefused(""), self);
        }
        else if (!_admission.Has(replica))
        {
            _admission.Add(new ReplicaMember(replica, offer.Name));
            watch(replica, true);
            Publish();
        }
    }

    /// <summary>The learner gives its state to those who wait.</summary>
    public void Admit(StateHandover handover)
    {
        _admission.Begin(handover);
        EndAdmissionIfAllAreReady();
    }

    /// <summary>A replica has some of the state.</summary>
    public void Take(ReplicaProtocol.StateReceived received, IActorRef replica)
    {
        _admission.Take(received, replica);
        EndAdmissionIfAllAreReady();
    }

    /// <summary>The learner begins an attempt.</summary>
    public void Begin(StepAttempt attempt)
    {
        if (attempt.Tag.Epoch != Epoch || _members.Count == 0)
        {
            attempt.End(false);
            return;
        }

        _liveness.EndTry();
        _step.Begin(attempt, _members);
    }

    /// <summary>The learner's own part of the attempt's gradient is there.</summary>
    public void Reduce(StepAttempt attempt)
    {
        if (_step.Is(attempt))
        {
            _step.Reduce();
            EndIfWhole();
        }
        else
        {
            attempt.End(false);
        }
    }

    /// <summary>A replica has some of its rows.</summary>
    public void Take(ReplicaProtocol.RowsReceived received, IActorRef replica)
    {
        if (Find(replica) is { } member)
        {
            _step.Take(received, member);
        }
    }

    /// <summary>A piece of the sum.</summary>
    public void Take(ReplicaProtocol.Segment segment, IActorRef replica)
    {
        _step.Take(segment, replica);
        EndIfWhole();
    }

    /// <summary>The next member has some pieces.</summary>
    public void Take(ReplicaProtocol.SegmentReceived received)
    {
        _step.Take(received);
        EndIfWhole();
    }

    /// <summary>A replica has the whole gradient.</summary>
    public void Take(ReplicaProtocol.StepComputed computed, IActorRef replica)
    {
        int index = _members.FindIndex(member => member.Reference.Equals(replica));
        if (index < 0)
        {
            return;
        }

        if (_step.HasOtherParameters(computed))
        {
            Drop([_members[index]], $"its parameters differ from the learner's before step {computed.Step}; it gets the whole state anew");
            return;
        }

        _step.Take(computed, _members[index], rank: index + 1);
        EndIfWhole();
    }

    /// <summary>A replica lives.</summary>
    public void Take(ReplicaProtocol.Alive alive, IActorRef replica)
    {
        if (Find(replica) is not { } member || !_liveness.IsAnswer(alive, member))
        {
            return;
        }

        if (alive.Epoch != Epoch)
        {
            Drop([member], "it has lost its place");
        }
    }

    /// <summary>A replica's node or actor is gone.</summary>
    public void Lose(IActorRef replica)
    {
        if (Find(replica) is { } member)
        {
            Drop([member], "it is gone");
        }

        if (_admission.Remove(replica))
        {
            Publish();
            EndAdmissionIfAllAreReady();
        }
    }

    /// <summary>A quarter of a second has passed.</summary>
    public void Tick()
    {
        if (_admission.Tick() > _patience)
        {
            EndAdmission();
        }

        if (_liveness.IsTrying)
        {
            JudgeIfOver();
        }
        else if (_step.Tick() > _patience)
        {
            _liveness.Try(_members, Epoch);
        }
        else if (++_ticks % HeartbeatTicks == 0)
        {
            // Those that have lost their place learn of it, and those that have not hear that the learner lives.
            _liveness.Ask(_members, Epoch);
        }
    }

    /// <summary>The group ends, and whoever waits for it goes on alone.</summary>
    public void Close()
    {
        exchange.View = ReplicaView.Alone;
        exchange.IsClosed = true;
        FailAttempt();
        _admission.End(false);
    }

    private ReplicaMember? Find(IActorRef replica) => _members.Find(member => member.Reference.Equals(replica));

    /// <summary>A step takes too long: those that do not answer are dropped; where all do, something was lost on its way, and the step is repeated.</summary>
    private void JudgeIfOver()
    {
        if (!_liveness.Tick())
        {
            return;
        }

        ReplicaMember[] silent = [.. _members.Where(member => !member.IsAnswered)];
        if (silent.Length > 0)
        {
            Drop(silent, string.Create(CultureInfo.InvariantCulture, $"nothing came for {options.ReplicaTimeoutSeconds} s (dqn.learner.replica-timeout-seconds), nor an answer"));
        }
        else if (++_fruitless >= MostFruitlessAttempts)
        {
            Drop([.. _members], $"{_fruitless} attempts of a step came to nothing although all answer");
        }
        else
        {
            FailAttempt();
        }
    }

    private void EndIfWhole()
    {
        if (!_step.IsWhole || _members.Exists(member => !member.IsDone))
        {
            return;
        }

        _members.ForEach(member => member.CountStep());
        Steps++;
        _fruitless = 0;
        _liveness.EndTry();
        _step.End(true);
    }

    private void FailAttempt()
    {
        Repeats += _step.IsUnderway ? 1 : 0;
        _liveness.EndTry();
        _step.End(false);
    }

    private void Drop(ReplicaMember[] members, string cause)
    {
        if (members.Length == 0)
        {
            return;
        }

        foreach (ReplicaMember member in members)
        {
            _members.Remove(member);
            watch(member.Reference, false);
            member.Reference.Tell(new ReplicaProtocol.Dropped(Epoch, cause), self);
        }

        notice($"{string.Join(", ", members.Select(member => member.Name))} left the learners: {cause}; {Size()}");
        _fruitless = 0;
        Form();
        // After the new group is known: who waits for the attempt looks there.
        FailAttempt();
    }

    private void EndAdmissionIfAllAreReady()
    {
        if (_admission.IsReady)
        {
            EndAdmission();
        }
    }

    /// <summary>Those who have the state are members; the others may offer themselves again.</summary>
    private void EndAdmission()
    {
        (ReplicaMember[] joined, ReplicaMember[] late) = _admission.Take();
        foreach (ReplicaMember member in late)
        {
            watch(member.Reference, false);
            member.Reference.Tell(new ReplicaProtocol.Dropped(Epoch, "it did not take the learner's state in time"), self);
        }

        _members.AddRange(joined);
        if (joined.Length > 0)
        {
            notice($"{string.Join(", ", joined.Select(member => member.Name))} joined the learners: {Size()}");
        }

        Form();
        _admission.End(true);
    }

    private string Size() => _members.Count == 0 ? "the learner goes on alone" : $"{_members.Count + 1} of at most {_mostMembers} learn together";

    private void Form()
    {
        Epoch = Incarnations.Next();
        _liveness.Forget();
        string[] paths = [path, .. _members.Select(member => Akka.Serialization.Serialization.SerializedActorPath(member.Reference))];
        for (int rank = 1; rank < paths.Length; rank++)
        {
            _members[rank - 1].Reference.Tell(new ReplicaProtocol.GroupFormed(Epoch, rank, paths), self);
        }

        Publish();
    }

    private void Publish() => exchange.View = new ReplicaView(Epoch, _members.Count + 1, _admission.Candidates > 0);
}
