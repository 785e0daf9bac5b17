using Akka.Actor;
using Akka.Event;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Takes what the shards of this node held to their successors on other nodes: the region stops a shard that moves, and this actor goes
/// on for it. A node that leaves asks it with <see cref="WhenIdle"/>, once its region has stopped, whether everything has arrived.
/// </summary>
public sealed class ShardCourierActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private const int LooksBeforeGivingUp = 12;
    private const int LooksBeforeAnotherWay = 3;
    private readonly ICourierRoute _route;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<(int Shard, long Source), Errand> _errands = [];
    private readonly List<IActorRef> _whenIdle = [];

    /// <summary>Called by Akka; use <see cref="CreateProps()"/>.</summary>
    public ShardCourierActor() : this(new CourierRoute(Context.System))
    {
    }

    /// <summary>Called by Akka.</summary>
    /// <param name="route">How shards are reached.</param>
    public ShardCourierActor(ICourierRoute route)
    {
        _route = route;
        Receive<Deliver>(OnDeliver);
        Receive<ReplayProtocol.TransferCredit>(OnTransferCredit);
        Receive<Look>(_ => OnLook());
        Receive<WhenIdle>(_ => OnWhenIdle());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the courier of a node.</summary>
    public static Props CreateProps() => Props.Create(() => new ShardCourierActor()).WithDispatcher(Dispatchers.Replay);

    internal static Props CreateProps(ICourierRoute route) => Props.Create(() => new ShardCourierActor(route)).WithDispatcher(Dispatchers.Replay);

    /// <inheritdoc />
    protected override void PostStop()
    {
        foreach (Errand errand in _errands.Values)
        {
            errand.Memory.Dispose();
        }
    }

    private static string Fate(ShardMemory memory) => memory.Path.Length > 0 ? $"kept in {memory.Path}" : "lost";

    private void OnDeliver(Deliver deliver)
    {
        ShardMemory memory = deliver.Memory;
        ShardTransfer transfer = new(deliver.Shard, memory.Incarnation, memory.Buffer, deliver.Runners);
        Errand errand = new(transfer, memory);
        if (!TrySend(errand, transfer.Resend()))
        {
            _log.Info(
                "replay shard {Shard} ends here with {Count} transitions, {Fate}: no node with the role replay is up to take them",
                deliver.Shard,
                transfer.Unacknowledged,
                Fate(memory));
            memory.Dispose();
            return;
        }

        _errands[(deliver.Shard, memory.Incarnation)] = errand;
        if (!Timers.IsTimerActive(nameof(Look)))
        {
            Timers.StartPeriodicTimer(nameof(Look), Look.Instance, LookPeriod);
        }
    }

    private void OnTransferCredit(ReplayProtocol.TransferCredit credit)
    {
        if (!_errands.TryGetValue((credit.Shard, credit.Source), out Errand? errand))
        {
            return;
        }

        int before = errand.Transfer.Unacknowledged;
        IEnumerable<IReplayShardMessage> due = errand.Transfer.Apply(credit, Sender);
        errand.SilentLooks = 0;
        if (errand.Transfer.Unacknowledged < before)
        {
            errand.StandingLooks = 0;
        }

        if (errand.Transfer.IsDone)
        {
            Close((credit.Shard, credit.Source));
            errand.Memory.Delete();
            return;
        }

        TrySend(errand, due);
    }

    private void OnLook()
    {
        foreach (((int Shard, long Source) key, Errand errand) in _errands.ToArray())
        {
            errand.SilentLooks++;
            errand.StandingLooks++;
            if (errand.StandingLooks >= LooksBeforeGivingUp)
            {
                _log.Warning(
                    "replay shard {Shard} was not handed over: no successor has taken anything for {Seconds} s; {Count} transitions are {Fate}",
                    key.Shard,
                    LooksBeforeGivingUp,
                    errand.Transfer.Unacknowledged,
                    Fate(errand.Memory));
                Close(key);
                errand.Memory.Dispose();
            }
            else if (errand.SilentLooks > 1)
            {
                TrySend(errand, errand.Transfer.Resend());
            }
        }
    }

    private void OnWhenIdle()
    {
        _whenIdle.Add(Sender);
        AnswerIfIdle();
    }

    private void Close((int Shard, long Source) key)
    {
        _errands.Remove(key);
        AnswerIfIdle();
    }

    private void AnswerIfIdle()
    {
        if (_errands.Count > 0)
        {
            return;
        }

        Timers.Cancel(nameof(Look));
        foreach (IActorRef asker in _whenIdle)
        {
            asker.Tell(Idle.Instance);
        }

        _whenIdle.Clear();
    }

    /// <summary>Straight to a successor that has answered of late, otherwise through a region, which knows where the shard is now.</summary>
    private bool TrySend(Errand errand, IEnumerable<IReplayShardMessage> messages)
    {
        IActorRef? successor = errand.SilentLooks < LooksBeforeAnotherWay ? errand.Transfer.Successor : null;
        if (successor is null)
        {
            _route.Turn();
        }

        foreach (IReplayShardMessage message in messages)
        {
            if (successor is not null)
            {
                successor.Tell(message, Self);
            }
            else if (!_route.TryTell(message, Self))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A shard that stops gives away what it holds, and does not touch it again.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Memory">What it holds, at least one transition; the courier's from now on.</param>
    /// <param name="Runners">How far each runner's fragments were received.</param>
    internal sealed record Deliver(int Shard, ShardMemory Memory, IReadOnlyList<ReplayProtocol.RunnerPosition> Runners);

    /// <summary>Asks for <see cref="Idle"/>.</summary>
    public sealed record WhenIdle
    {
        private WhenIdle()
        {
        }

        /// <summary>The only one.</summary>
        public static WhenIdle Instance { get; } = new();
    }

    /// <summary>Nothing is underway: it has arrived or was given up.</summary>
    public sealed record Idle
    {
        private Idle()
        {
        }

        /// <summary>The only one.</summary>
        public static Idle Instance { get; } = new();
    }

    private sealed class Errand(ShardTransfer transfer, ShardMemory memory)
    {
        public ShardTransfer Transfer { get; } = transfer;

        public ShardMemory Memory { get; } = memory;

        /// <summary>Looks since the last answer.</summary>
        public int SilentLooks { get; set; }

        /// <summary>Looks since the successor last took something.</summary>
        public int StandingLooks { get; set; }
    }

    private sealed record Look
    {
        private Look()
        {
        }

        public static Look Instance { get; } = new();
    }
}
