using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>The attempt of a step that is under way, as the learner's side of the group sees it: rows go out, the ring adds up, results come in.</summary>
/// <param name="self">Who speaks for the group.</param>
internal sealed class GroupStep(IActorRef self)
{
    private readonly RingExchange _ring = new(self);
    private StepAttempt? _attempt;
    private bool _isReducing;
    private int _ticksWithoutProgress;

    /// <summary>Whether there is an attempt.</summary>
    public bool IsUnderway => _attempt is not null;

    /// <summary>Whether the learner has the sum, and has handed on what the others need for theirs.</summary>
    public bool IsWhole => _isReducing && _ring.IsWhole;

    /// <summary>Bytes of segments that the learner has sent.</summary>
    public long BytesSent => _ring.BytesSent;

    /// <summary>Whether an attempt is the one under way.</summary>
    public bool Is(StepAttempt attempt) => attempt == _attempt;

    /// <summary>Begins an attempt.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="members">The replicas, by rank from 1; at least one.</param>
    public void Begin(StepAttempt attempt, IReadOnlyList<ReplicaMember> members)
    {
        _attempt = attempt;
        _isReducing = false;
        _ring.Expect(attempt.Tag, members[0].Reference);
        for (int rank = 1; rank <= members.Count; rank++)
        {
            members[rank - 1].Begin(attempt, rank, attempt.Checksum is not null, self);
        }
    }

    /// <summary>The learner's own part of the gradient is there.</summary>
    public void Reduce()
    {
        _isReducing = true;
        _ticksWithoutProgress = 0;
        _ring.Start(0, _attempt!.Members, _attempt.Gradient.Bytes);
    }

    /// <summary>A replica has some of its rows.</summary>
    public void Take(ReplicaProtocol.RowsReceived received, ReplicaMember member)
    {
        if (IsOf(received.Epoch, received.Step, received.Attempt))
        {
            _ticksWithoutProgress = 0;
            member.Acknowledge(received, _attempt!.Tag, self);
        }
    }

    /// <summary>A piece of the sum.</summary>
    public void Take(ReplicaProtocol.Segment segment, IActorRef replica)
    {
        if (IsUnderway && _ring.Take(segment, replica))
        {
            _ticksWithoutProgress = 0;
        }
    }

    /// <summary>The next member has some pieces.</summary>
    public void Take(ReplicaProtocol.SegmentReceived received)
    {
        if (IsUnderway)
        {
            _ring.Take(received);
        }
    }

    /// <summary>Whether a replica began the step with other parameters than the learner.</summary>
    public bool HasOtherParameters(ReplicaProtocol.StepComputed computed) =>
        IsOf(computed.Epoch, computed.Step, computed.Attempt) && _attempt!.Checksum is { } checksum && computed.Checksum != checksum;

    /// <summary>A replica has the whole gradient.</summary>
    public void Take(ReplicaProtocol.StepComputed computed, ReplicaMember member, int rank)
    {
        if (!IsOf(computed.Epoch, computed.Step, computed.Attempt))
        {
            return;
        }

        StepAttempt attempt = _attempt!;
        (int from, int count) = attempt.RowsOf(rank);
        int length = computed.AbsoluteTdErrors.Length;
        if (member.IsDone || computed.FirstRow != member.ErrorsReceived || length > count - member.ErrorsReceived)
        {
            return;
        }

        _ticksWithoutProgress = 0;
        computed.AbsoluteTdErrors.CopyTo(attempt.AbsoluteTdErrors, from + computed.FirstRow);
        member.ErrorsReceived += length;
        member.BytesSent = computed.BytesSent;
        if (member.ErrorsReceived == count)
        {
            float share = (float)count / attempt.Rows;
            attempt.Loss += share * computed.Loss;
            attempt.MeanQ += share * computed.MeanQ;
            member.IsDone = true;
        }
    }

    /// <summary>A tick has passed.</summary>
    /// <returns>Ticks in which nothing came while the learner waited.</returns>
    public int Tick() => _isReducing ? ++_ticksWithoutProgress : 0;

    /// <summary>Ends the attempt, if there is one.</summary>
    /// <param name="outcome">Whether it came about.</param>
    public void End(bool outcome)
    {
        StepAttempt? attempt = _attempt;
        _attempt = null;
        _isReducing = false;
        attempt?.End(outcome);
    }

    private bool IsOf(long epoch, long step, int attempt) => _attempt is not null && _attempt.Tag == new StepTag(epoch, step, attempt);
}
