using Akka.Actor;
using Akka.Event;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <content>How a shard begins, goes on with what an earlier process left of it, and ends.</content>
public sealed partial class ReplayShardActor
{
    // There from the start on: a shard that cannot be opened stops before its first message.
    private ShardMemory _memory = null!;
    private ReplayBuffer _buffer = null!;
    private Inheritance _inheritance = null!;
    private long _reopened;
    private bool _isGivenAway;

    /// <inheritdoc />
    protected override void PreStart()
    {
        try
        {
            Use(_storage.Open());
        }
        catch (Exception exception) when (exception is ReplayFileException or ReplayMemoryException)
        {
            // Nothing is acknowledged, and the user must see to it.
            _links.Fail(exception);
            Context.Stop(Self);
            return;
        }

        _reopened = _buffer.Count;
        Timers.StartPeriodicTimer(nameof(Report), Report.Instance, ReportPeriod);
        Become(_memory.IsReopened ? AwaitingLearner : Serving);
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        if (!_isGivenAway)
        {
            _memory?.Dispose();
        }
    }

    private void Use(ShardMemory memory)
    {
        _memory = memory;
        _buffer = memory.Buffer;
        _inheritance = new Inheritance(memory, _checks);
    }

    private void Serving()
    {
        Receive<ReplayProtocol.Insert>(OnInsert);
        Receive<ReplayProtocol.InsertPart>(OnInsertPart);
        Receive<ReplayProtocol.CreditProbe>(OnCreditProbe);
        Receive<ReplayProtocol.SampleRequest>(OnSampleRequest);
        Receive<ReplayProtocol.GrantInserts>(OnGrantInserts);
        Receive<ReplayProtocol.UpdatePriorities>(OnUpdatePriorities);
        Receive<ReplayProtocol.TransferBegin>(OnTransferBegin);
        Receive<ReplayProtocol.TransferPart>(OnTransferPart);
        Receive<Terminated>(OnTerminated);
        Receive<Report>(_ => OnReport());
        Receive<StopShard>(_ => OnStopShard());
    }

    /// <summary>
    /// What a file holds may be of another run, or older than what the shard held elsewhere meanwhile: only the learner knows. Until it has
    /// said so nothing is taken in, so that each insert is counted once, under the right incarnation.
    /// </summary>
    private void AwaitingLearner()
    {
        Receive<ReplayProtocol.GrantInserts>(OnFirstGrant);
        Receive<Report>(_ => OnReport());
        // Its file stays: what nobody has claimed is not handed over.
        Receive<StopShard>(_ => Context.Stop(Self));
        ReceiveAny(_ => Stash.Stash());
    }

    private void OnFirstGrant(ReplayProtocol.GrantInserts grant)
    {
        try
        {
            Use(_storage.Adopt(_memory, grant));
        }
        catch (Exception exception) when (exception is ReplayFileException or ReplayMemoryException)
        {
            _links.Fail(exception);
            Context.Stop(Self);
            return;
        }

        foreach (FragmentPosition position in _memory.Positions)
        {
            _ = _credits.Inherit(new ReplayProtocol.RunnerPosition(position.Runner, position.Incarnation, position.Received));
        }

        Become(Serving);
        Stash.UnstashAll();
        OnGrantInserts(grant);
    }

    /// <summary>The shard moves: runners hear what was received, the learner that nothing can be drawn here, and the courier takes the rest along.</summary>
    private void OnStopShard()
    {
        foreach (RunnerCredits.Link link in _credits.Links.Where(link => !link.IsClosed))
        {
            SendCredit(link, resend: false);
        }

        _learner?.Tell(State() with { Count = 0, Mass = 0, MinimumMass = 0 });
        if (_buffer.Count > 0)
        {
            _isGivenAway = true;
            // Its successor, or another shard, may begin here before it is gone.
            _memory.Lease?.Dispose();
            _links.Courier.Tell(new ShardCourierActor.Deliver(_shard, _memory, _credits.Positions()));
        }

        Context.Stop(Self);
    }
}
