using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// One shard of the replay buffer, an entity of the shard region: appends, samples, takes priorities, and grants runners credit
/// as far as the learner's allowance goes. Holds its transitions in memory; a restart begins empty under a new incarnation.
/// </summary>
public sealed class ReplayShardActor : ReceiveActor
{
    private readonly int _shard;
    private readonly ReplayBuffer _buffer;
    private readonly RandomSource _random;
    private readonly RunnerCredits _credits;
    private readonly long _incarnation = Incarnations.Next();
    private long _environmentSteps;
    private long _allowance;
    private IActorRef? _awaitingState;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public ReplayShardActor(int shard, int observationSize, TrainingOptions options)
    {
        _shard = shard;
        _buffer = new ReplayBuffer(ShardCapacity(options.Replay, shard), observationSize, options.Replay);
        _random = new RandomSource(options.Run.Seed, SeedStreams.Replay + (ulong)shard);
        _credits = new RunnerCredits(options.Runner.MaxInFlight, options.Runner.Fragment * options.Runner.Environments);
        Receive<ReplayProtocol.Insert>(OnInsert);
        Receive<ReplayProtocol.CreditProbe>(OnCreditProbe);
        Receive<ReplayProtocol.SampleRequest>(OnSampleRequest);
        Receive<ReplayProtocol.GrantInserts>(OnGrantInserts);
        Receive<ReplayProtocol.UpdatePriorities>(OnUpdatePriorities);
        Receive<Terminated>(OnTerminated);
        Receive<StopShard>(_ => Context.Stop(Self));
    }

    /// <summary>Makes a shard.</summary>
    /// <param name="shard">Its index.</param>
    /// <param name="observationSize">Components of one observation.</param>
    /// <param name="options">The run's options.</param>
    public static Props CreateProps(int shard, int observationSize, TrainingOptions options) =>
        Props.Create(() => new ReplayShardActor(shard, observationSize, options));

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
        Context.Watch(Sender);
        if (_credits.TryReceive(insert, Sender))
        {
            _buffer.Append(insert.Batch);
            _environmentSteps += insert.EnvironmentSteps;
            _awaitingState?.Tell(State());
            _awaitingState = null;
        }

        GrantWaiting();
    }

    private void OnCreditProbe(ReplayProtocol.CreditProbe probe)
    {
        Context.Watch(Sender);
        if (_credits.Probe(probe, Sender) is { } link)
        {
            GrantWaiting(except: link);
            SendCredit(link, resend: true);
        }
    }

    private void OnSampleRequest(ReplayProtocol.SampleRequest request)
    {
        SetAllowance(request.InsertAllowance);
        int count = request.Counts.Sum();
        // The learner plans on this shard's own reports, so an empty shard means that it restarted in between:
        // its state goes out alone and the learner's deadline drops the request.
        if (_buffer.Count == 0)
        {
            Sender.Tell(State());
            return;
        }

        Sender.Tell(new ReplayProtocol.SampleReply(request.Request, _buffer.Sample(count, _random), State()));
    }

    private void OnGrantInserts(ReplayProtocol.GrantInserts grant)
    {
        SetAllowance(grant.InsertAllowance);
        _awaitingState = grant.ReportNow ? null : Sender;
        if (grant.ReportNow)
        {
            Sender.Tell(State());
        }
    }

    private void OnUpdatePriorities(ReplayProtocol.UpdatePriorities update)
    {
        if (update.Incarnation == _incarnation)
        {
            _buffer.UpdatePriorities(update.Keys, update.AbsoluteTdErrors);
        }
    }

    private void SetAllowance(long allowance)
    {
        _allowance = allowance;
        GrantWaiting();
    }

    // A runner that ended would keep for ever what it was granted, and with it this shard's others from going on.
    private void OnTerminated(Terminated terminated)
    {
        _credits.Close(terminated.ActorRef);
        GrantWaiting();
    }

    private void GrantWaiting(RunnerCredits.Link? except = null)
    {
        foreach (RunnerCredits.Link link in _credits.Grant(_buffer.Inserts, _allowance))
        {
            if (link != except)
            {
                SendCredit(link, resend: false);
            }
        }
    }

    private void SendCredit(RunnerCredits.Link link, bool resend) =>
        link.Runner.Tell(new ReplayProtocol.Credit(_shard, _incarnation, link.Incarnation, link.Received, link.Granted, resend));

    private ReplayProtocol.ShardState State() =>
        new(_shard, _incarnation, _buffer.Inserts, _environmentSteps, _buffer.Count, _buffer.Mass);

    /// <summary>Hand-off message of the shard region.</summary>
    public sealed record StopShard
    {
        private StopShard()
        {
        }

        /// <summary>The only one.</summary>
        public static StopShard Instance { get; } = new();
    }
}
