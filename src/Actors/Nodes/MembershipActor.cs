using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace DqnAkka.Actors;

/// <summary>Logs who comes and goes, and keeps the other members for a later process of this node. Writes a file, so it has a thread for that.</summary>
internal sealed class MembershipActor : ReceiveActor, IWithTimers
{
    // Members come and go in bursts.
    private static readonly TimeSpan WriteDelay = TimeSpan.FromMilliseconds(500);
    private readonly NodeLinks _links;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IReadOnlyList<string>? _written;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public MembershipActor(NodeLinks links)
    {
        _links = links;
        Receive<ClusterEvent.MemberUp>(change => OnChange(change.Member, "is up"));
        Receive<ClusterEvent.MemberJoined>(change => OnChange(change.Member, "joins"));
        Receive<ClusterEvent.MemberLeft>(change => OnChange(change.Member, "leaves"));
        Receive<ClusterEvent.MemberDowned>(change => OnChange(change.Member, "is declared down"));
        Receive<ClusterEvent.MemberRemoved>(change => OnChange(change.Member, "is gone"));
        Receive<ClusterEvent.IMemberEvent>(_ => ScheduleWrite());
        Receive<ClusterEvent.UnreachableMember>(change => Log(change.Member, "cannot be reached"));
        Receive<ClusterEvent.ReachableMember>(change => Log(change.Member, "can be reached again"));
        Receive<WriteTick>(_ => Write());
        Receive<ForgetAll>(_ => _links.Remember([]));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the actor.</summary>
    public static Props CreateProps(NodeLinks links) => Props.Create(() => new MembershipActor(links)).WithDispatcher(Dispatchers.Files);

    /// <inheritdoc />
    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    /// <inheritdoc />
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnChange(Member member, string what)
    {
        Log(member, what);
        ScheduleWrite();
    }

    private void Log(Member member, string what)
    {
        // A node that leaves sees everybody go.
        if (!_links.End.Task.IsCompleted)
        {
            _log.Info(
                "member {Address} [{Roles}] {Change}",
                NodeAddress.Format(member.Address),
                string.Join(",", member.Roles.Order(StringComparer.Ordinal)),
                what);
        }
    }

    private void ScheduleWrite() => Timers.StartSingleTimer(nameof(WriteTick), WriteTick.Instance, WriteDelay);

    private void Write()
    {
        // A node that leaves, or is removed, sees everybody go: those it must remember, to find them when it comes again.
        if (_links.End.Task.IsCompleted || _cluster.IsTerminated || _cluster.SelfMember.Status != MemberStatus.Up)
        {
            return;
        }

        // This node too: one that shares the folder may be the only one to read it.
        string[] members =
        [
            .. _cluster.State.Members
                .Where(member => member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up)
                .Select(member => NodeAddress.Format(member.Address))
                .Order(StringComparer.Ordinal),
        ];
        if (_written is null || !members.SequenceEqual(_written))
        {
            _written = members;
            _links.Remember(members);
        }
    }

    /// <summary>The cluster has ended: there is nobody to find again.</summary>
    internal sealed record ForgetAll
    {
        private ForgetAll()
        {
        }

        /// <summary>The only one.</summary>
        public static ForgetAll Instance { get; } = new();
    }

    private sealed record WriteTick
    {
        private WriteTick()
        {
        }

        public static WriteTick Instance { get; } = new();
    }
}
