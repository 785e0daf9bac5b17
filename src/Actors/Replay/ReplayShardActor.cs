using Akka.Actor;
using Akka.Event;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// One shard of the replay buffer, an entity of the shard region: appends, samples, takes priorities, and grants runners credit
/// as far as the learner's allowance goes. With <c>replay.durable</c> it goes on after a crash with everything that it has acknowledged;
/// otherwise one that is lost begins empty under a new incarnation. One that moves to another node takes its transitions along by way of
/// the <see cref="ShardCourierActor"/>.
/// </summary>
public sealed partial class ReplayShardActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(1);
    private const long MaxFragmentBytesUnderway = 256L << 20;
    private const int MaxFragmentsUnderway = 256;
    private readonly int _shard;
    private readonly string _part;
    private readonly ReplayShardLinks _links;
    private readonly ShardStorage _storage;
    private readonly RandomSource _random;
    private readonly RunnerCredits _credits;
    private readonly ShardChecks _checks;
    private readonly PartAssembly<(int Runner, long Incarnation, long Sequence)> _fragments = new(MaxFragmentBytesUnderway, MaxFragmentsUnderway);
    private readonly Refusals _refusals;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _allowance;
    private long _allowanceNumber;
    private (long Inserts, long Granted, int Wanted) _reported;
    private IActorRef? _learner;
    private IActorRef? _awaitingState;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public ReplayShardActor(int shard, NetworkLayout layout, TrainingOptions options, ReplayShardLinks links)
    {
        _shard = shard;
        _part = $"shard-{shard}";
        _links = links;
        _refusals = new Refusals($"replay shard {shard}", _log);
        _storage = new ShardStorage(shard, layout, options, links.Budget, _log);
        _random = new RandomSource(SeedStreams.SeedOf(options.Run), SeedStreams.Replay + (ulong)shard);
        _credits = new RunnerCredits(
            options.Runner.MaxInFlight, options.Runner.Fragment * options.Runner.Environments, (double)shard / options.Replay.Shards);
        _checks = new ShardChecks(shard, layout, options.Replay);
        Serving();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    public IStash Stash { get; set; } = null!;

    /// <summary>Makes a shard.</summary>
    /// <param name="shard">Its index.</param>
    /// <param name="layout">The network's shape: what it takes is what a shard holds.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom it talks to on its node.</param>
    public static Props CreateProps(int shard, NetworkLayout layout, TrainingOptions options, ReplayShardLinks links) =>
        Props.Create(() => new ReplayShardActor(shard, layout, options, links));

    /// <summary>Transitions that shard <paramref name="shard"/> holds: the capacity in equal parts, the remainder to the first ones.</summary>
    /// <param name="replay">The whole buffer.</param>
    /// <param name="shard">The shard's index.</param>
    public static int ShardCapacity(ReplayOptions replay, int shard)
    {
        ArgumentNullException.ThrowIfNull(replay);
        return (replay.Capacity / replay.Shards) + (shard < replay.Capacity % replay.Shards ? 1 : 0);
    }

    private void OnInsert(ReplayProtocol.Insert insert)
    {
        if (IsOutdated(insert.Runner, insert.Incarnation))
        {
            return;
        }

        if (_checks.Fault(insert) is { } fault)
        {
            Refuse(insert.Incarnation, insert.Sequence, fault);
            return;
        }

        Context.Watch(Sender);
        if (_credits.TryReceive(insert, Sender, _buffer.Inserts, _allowance))
        {
            _memory.Append(insert.Batch, insert.EnvironmentSteps, new FragmentPosition(insert.Runner, insert.Incarnation, insert.Sequence));
        }

        GrantWaiting();
    }

    private void OnInsertPart(ReplayProtocol.InsertPart part)
    {
        if (IsOutdated(part.Runner, part.Incarnation)
            || _fragments.AddPiece((part.Runner, part.Incarnation, part.Sequence), part.Index, part.Count, part.Bytes) is not { } pieces)
        {
            return;
        }

        if (WireParts.JoinInsert(pieces) is { } insert)
        {
            OnInsert(insert);
        }
        else
        {
            Refuse(part.Incarnation, part.Sequence, $"the pieces of a fragment of runner {part.Runner} do not make one");
        }
    }

    // Passed over in silence it would be sent again for ever.
    private void Refuse(long incarnation, long sequence, string fault)
    {
        _refusals.Has(fault, Sender);
        Sender.Tell(new ReplayProtocol.InsertRefused(_shard, incarnation, sequence, fault));
    }

    private void OnCreditProbe(ReplayProtocol.CreditProbe probe)
    {
        if (IsOutdated(probe.Runner, probe.Incarnation))
        {
            return;
        }

        Context.Watch(Sender);
        if (_credits.Probe(probe, Sender) is { } link)
        {
            GrantWaiting(except: link);
            SendCredit(link, resend: true);
        }
    }

    private void OnSampleRequest(ReplayProtocol.SampleRequest request)
    {
        // Gradient workers sample too; who gives the allowances is told where the shard stands.
        _learner ??= Sender;
        _buffer.RaiseLargestPriority(request.LargestPriority);
        Follow(request.KnownIncarnation, request.InsertAllowance, request.AllowanceNumber);
        if (_refusals.Has(_checks.Fault(request), Sender))
        {
            return;
        }

        // The learner plans on this shard's own reports, so an empty shard means that it restarted in between:
        // its state goes out alone and the learner gives the request up.
        if (_buffer.Count == 0)
        {
            Sender.Tell(State());
            return;
        }

        int count = request.Counts.Sum();
        _memory.Samples += count;
        Answer(new ReplayProtocol.SampleReply(request.Request, _buffer.Sample(request.Counts, _random), State()));
    }

    /// <summary>On one node the reply itself is handed over; only what leaves the node has to fit frames.</summary>
    private void Answer(ReplayProtocol.SampleReply reply)
    {
        if (Sender.Path.Address.HasGlobalScope && WireParts.Cut(reply) is { } parts)
        {
            foreach (ReplayProtocol.SampleReplyPart part in parts)
            {
                Sender.Tell(part);
            }
        }
        else
        {
            Sender.Tell(reply);
        }
    }

    private void OnGrantInserts(ReplayProtocol.GrantInserts grant)
    {
        _learner = Sender;
        _memory.BelongTo(grant.Run);
        _buffer.RaiseLargestPriority(grant.LargestPriority);
        bool isKnown = Follow(grant.KnownIncarnation, grant.InsertAllowance, grant.AllowanceNumber);
        bool reportNow = !isKnown || grant.ReportNow || HasNews;
        _awaitingState = reportNow ? null : Sender;
        if (reportNow)
        {
            Sender.Tell(State());
        }
    }

    private void OnUpdatePriorities(ReplayProtocol.UpdatePriorities update)
    {
        if (update.Incarnation == _memory.Incarnation && !_refusals.Has(_checks.Fault(update), Sender))
        {
            _buffer.UpdatePriorities(update.Keys, update.AbsoluteTdErrors);
        }
    }

    private void OnTransferBegin(ReplayProtocol.TransferBegin begin)
    {
        Incarnations.Observe(begin.Source);
        int received = _inheritance.Begin(begin);
        foreach (ReplayProtocol.RunnerPosition position in begin.Runners)
        {
            if (_credits.Inherit(position))
            {
                _memory.Keep(new FragmentPosition(position.Runner, position.Incarnation, position.Received));
            }
        }

        Sender.Tell(new ReplayProtocol.TransferCredit(_shard, begin.Source, received));
        GrantWaiting();
    }

    private void OnTransferPart(ReplayProtocol.TransferPart part)
    {
        long before = _buffer.Inherited;
        int received = _inheritance.Add(part, out string? fault);
        _refusals.Has(fault is null ? null : $"batch {part.Batch} of what the shard held elsewhere has {fault}", Sender);
        Sender.Tell(new ReplayProtocol.TransferCredit(_shard, part.Source, received));
        if (_buffer.Inherited > before)
        {
            TellAwaitedState();
        }
    }

    /// <summary>Takes an allowance, unless it counts the inserts of another incarnation than this one.</summary>
    /// <returns>Whether the learner knows this incarnation, or none.</returns>
    private bool Follow(long knownIncarnation, long allowance, long number)
    {
        bool isKnown = knownIncarnation == 0 || knownIncarnation == _memory.Incarnation;
        if (isKnown)
        {
            _allowance = allowance;
            _allowanceNumber = number;
            GrantWaiting();
        }
        else if (knownIncarnation > _memory.Incarnation)
        {
            // The predecessor's clock was ahead of this node's. The learner has ignored this incarnation as an old one, and so has
            // counted none of its inserts: under a newer number it counts them all.
            Incarnations.Observe(knownIncarnation);
            _memory.Rename(Incarnations.Next());
            _allowance = 0;
            _allowanceNumber = 0;
        }

        return isKnown;
    }

    private bool IsOutdated(int runner, long incarnation)
    {
        if (_credits.NewerIncarnation(runner, incarnation) is not { } newer)
        {
            return false;
        }

        Sender.Tell(new ReplayProtocol.CreditRefused(_shard, newer));
        return true;
    }

    // A runner that ended would keep for ever what it was granted, and with it this shard's others from going on.
    private void OnTerminated(Terminated terminated)
    {
        _credits.Close(terminated.ActorRef);
        _fragments.DropWhere(key => !_credits.IsOpen(key.Runner, key.Incarnation));
        GrantWaiting();
        TellAwaitedState();
    }

    private void GrantWaiting(RunnerCredits.Link? except = null)
    {
        foreach (RunnerCredits.Link link in _credits.Grant(_buffer.Inserts, _allowance))
        {
            if (link != except)
            {
                SendCredit(link, resend: link.IsToResend);
            }
        }

        if (HasNews)
        {
            TellAwaitedState();
        }
    }

    // What came between the last report and the request for the next is news too. A want is news once: the learner, which may not have more
    // to give at the moment, would only ask again.
    private bool HasNews => _reported.Inserts != _buffer.Inserts || (_credits.HasWaiting && _reported != Standing);

    private (long Inserts, long Granted, int Wanted) Standing => (_buffer.Inserts, _buffer.Inserts + _credits.Reserved, _credits.Wanted);

    private void SendCredit(RunnerCredits.Link link, bool resend)
    {
        link.IsToResend = false;
        link.Runner?.Tell(new ReplayProtocol.Credit(_shard, _memory.Incarnation, link.Incarnation, link.Received, link.Granted, resend));
    }

    private void TellAwaitedState()
    {
        _awaitingState?.Tell(State());
        _awaitingState = null;
    }

    private ReplayProtocol.ShardState State()
    {
        _reported = Standing;
        return new ReplayProtocol.ShardState(_shard, _memory.Incarnation, _buffer.Inserts, _memory.EnvironmentSteps, _buffer.Count, _buffer.Mass)
        {
            AllowanceNumber = _allowanceNumber,
            Granted = _reported.Granted,
            Wanted = _reported.Wanted,
            Position = _buffer.NextKey,
            MinimumMass = _buffer.Count == 0 ? 0 : _buffer.MinimumMass,
            LargestPriority = _buffer.LargestPriority,
            HoldsAtMost = _buffer.HoldsAtMost,
        };
    }

    private void OnReport()
    {
        string waitsFor = _learner is null ? $"the learner, which has not asked shard {_shard} for anything"
            : _credits.HasWaiting ? $"the learner's allowance of inserts into shard {_shard}"
            : $"transitions from the runners for shard {_shard}";
        ShardStatus status = new(
            _shard, _memory.Incarnation, _buffer.Count, _buffer.Mass, _buffer.Inserts, _buffer.Inherited, _buffer.Evicted, _memory.Samples)
        {
            IsDurable = _memory.Path.Length > 0,
            Reopened = _reopened,
        };
        _links.Node.Tell(new NodeProtocol.PartReport(_part, _buffer.NextKey + _memory.Samples, waitsFor, status));
    }

    /// <summary>Hand-off message of the shard region.</summary>
    public sealed record StopShard
    {
        private StopShard()
        {
        }

        /// <summary>The only one.</summary>
        public static StopShard Instance { get; } = new();
    }

    private sealed record Report
    {
        private Report()
        {
        }

        public static Report Instance { get; } = new();
    }
}
