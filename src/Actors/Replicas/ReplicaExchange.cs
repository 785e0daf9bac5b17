using System.Diagnostics;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The group as the learner's thread sees it.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Members">Learners, this one included.</param>
/// <param name="HasCandidates">Whether replicas wait to be admitted.</param>
internal sealed record ReplicaView(long Epoch, int Members, bool HasCandidates)
{
    /// <summary>Nobody else is there.</summary>
    public static ReplicaView Alone { get; } = new(0, 1, false);
}

/// <summary>What the learner computes with; replicas must compute with the same.</summary>
/// <param name="Network">The network, in words.</param>
/// <param name="Parameters">Length of the flat vector.</param>
/// <param name="Arithmetic">As <see cref="IGradientTrainer.Arithmetic"/>.</param>
internal sealed record ReplicaIdentity(string Network, int Parameters, string Arithmetic);

/// <summary>
/// Where the learner's thread and the group's meet. The learner asks and waits; the group answers within its deadlines, or has closed.
/// </summary>
internal sealed class ReplicaExchange
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private volatile ReplicaView _view = ReplicaView.Alone;
    private volatile DistributedStatus? _status;
    private volatile bool _isClosed;
    private long _targetVersion;
    private long _waitedTicks;

    /// <summary>The group's actor; set before the learner starts.</summary>
    public IActorRef Group { get; set; } = ActorRefs.Nobody;

    /// <summary>The group now; written by its actor.</summary>
    public ReplicaView View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>How the group stands; written by its actor.</summary>
    public DistributedStatus? Status
    {
        get => _status;
        set => _status = value;
    }

    /// <summary>Whether there is nobody who would answer.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => _isClosed = value;
    }

    /// <summary>Update at which the target was last changed; written by the learner.</summary>
    public long TargetVersion
    {
        get => Volatile.Read(ref _targetVersion);
        set => Volatile.Write(ref _targetVersion, value);
    }

    /// <summary>Stopwatch ticks that the learner's thread has waited here for others; for that thread alone.</summary>
    public long WaitedTicks => _waitedTicks;

    /// <summary>A learner begins, or has another state than its replicas: they are to join anew.</summary>
    public void Attach(ReplicaIdentity identity) => Group.Tell(new ReplicaGroupActor.Attach(identity), ActorRefs.NoSender);

    /// <summary>Hands the learner's state to those who wait, and waits until they have it, or are given up.</summary>
    public void Admit(TrainerState state)
    {
        StateHandover admission = new(state);
        Group.Tell(new ReplicaGroupActor.Admit(admission), ActorRefs.NoSender);
        Wait(admission);
    }

    /// <summary>Begins an attempt of a step.</summary>
    public void Begin(StepAttempt attempt) => Group.Tell(new ReplicaGroupActor.Begin(attempt), ActorRefs.NoSender);

    /// <summary>The learner's own part is in the attempt's gradient; waits until the sum is there instead.</summary>
    /// <returns>Whether it is; otherwise nothing has happened, and the step is to be repeated with the group as it is then.</returns>
    public bool Reduce(StepAttempt attempt)
    {
        Group.Tell(new ReplicaGroupActor.Reduce(attempt), ActorRefs.NoSender);
        return Wait(attempt);
    }

    private bool Wait(Handover handover)
    {
        long start = Stopwatch.GetTimestamp();
        bool? outcome;
        while ((outcome = handover.Wait(LookPeriod)) is null && !IsClosed)
        {
        }

        _waitedTicks += Stopwatch.GetTimestamp() - start;
        return outcome ?? false;
    }
}

/// <summary>Something that one thread waits for and another ends.</summary>
internal abstract class Handover
{
    private readonly object _gate = new();
    private bool? _outcome;

    /// <summary>Ends it; the first outcome counts.</summary>
    /// <param name="outcome">Whether it came about.</param>
    public void End(bool outcome)
    {
        lock (_gate)
        {
            _outcome ??= outcome;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the outcome.</summary>
    /// <param name="limit">How long.</param>
    /// <returns>The outcome; null where there is none yet.</returns>
    public bool? Wait(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_outcome is null)
            {
                Monitor.Wait(_gate, limit);
            }

            return _outcome;
        }
    }
}

/// <summary>The learner's state for those who join.</summary>
/// <param name="state">The state.</param>
internal sealed class StateHandover(TrainerState state) : Handover
{
    /// <summary>The state.</summary>
    public TrainerState State => state;
}

/// <summary>One attempt of a step. The learner makes it, the group completes it; between the two nobody else touches what it has.</summary>
internal sealed class StepAttempt : Handover
{
    /// <summary>Which it is.</summary>
    public required StepTag Tag { get; init; }

    /// <summary>The whole batch; only read.</summary>
    public required TrainingBatch Batch { get; init; }

    /// <summary>Rows of the whole batch.</summary>
    public required int Rows { get; init; }

    /// <summary>Learners that share them.</summary>
    public required int Members { get; init; }

    /// <summary>What the replicas do first.</summary>
    public required IReadOnlyList<ReplicaProtocol.Update> Updates { get; init; }

    /// <summary>The learner's own checksum; null where none is to be compared.</summary>
    public ulong? Checksum { get; init; }

    /// <summary>The learner's own part, then the sum.</summary>
    public required FlatGradient Gradient { get; init; }

    /// <summary>Receives |δ| of the others' rows, in the batch's order.</summary>
    public required float[] AbsoluteTdErrors { get; init; }

    /// <summary>The others' losses, each weighted with its rows' share of the batch.</summary>
    public float Loss { get; set; }

    /// <summary>The others' Q(s, a), likewise.</summary>
    public float MeanQ { get; set; }

    /// <summary>A member's rows: contiguous, in the order of ranks, in sizes that differ by at most one.</summary>
    /// <param name="rank">The member.</param>
    public (int From, int Count) RowsOf(int rank) =>
        ((rank * (Rows / Members)) + Math.Min(rank, Rows % Members), (Rows / Members) + (rank < Rows % Members ? 1 : 0));
}
