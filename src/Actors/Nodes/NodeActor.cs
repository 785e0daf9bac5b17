using Akka.Actor;
using Akka.Cluster;

namespace DqnAkka.Actors;

/// <summary>
/// <c>/user/node</c> of every process: its face to other nodes and to who asks for its status, and the one who tells the process when
/// its part in the cluster is over. Its children join the cluster, admit others, gather status and keep the members.
/// </summary>
public sealed class NodeActor : ReceiveActor, IWithTimers
{
    private const int MaxGatherings = 16;
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(30);
    // A node may be there only to step in: that is worth a line, not one every half minute.
    private static readonly TimeSpan StandbyPeriod = TimeSpan.FromHours(1);
    private readonly NodeOptions _options;
    private readonly NodeLinks _links;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly WireCounters _frames = WireCounters.Get(Context.System);
    private readonly NodeParts _parts = new();
    private readonly StandstillWatch _watch = new(StandstillLimit, StandstillLimit);
    private readonly StandstillWatch _standby = new(StandstillLimit, StandbyPeriod);
    private readonly HashSet<IActorRef> _gatherings = [];
    private readonly string _self;
    private readonly TimeSpan _started;
    private IActorRef _admission = ActorRefs.Nobody;
    private IActorRef _membership = ActorRefs.Nobody;
    private IActorRef _join = ActorRefs.Nobody;
    private string _joinWaitsFor = "";

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public NodeActor(NodeOptions options, NodeLinks links)
    {
        _options = options;
        _links = links;
        _self = NodeAddress.Format(_cluster.SelfAddress);
        _started = Now;
        Receive<NodeProtocol.JoinRequest>(OnJoinRequest);
        Receive<NodeProtocol.WhoIsThere>(OnWhoIsThere);
        Receive<NodeProtocol.StatusRequest>(OnStatusRequest);
        Receive<NodeProtocol.LeaveRequest>(_ => OnLeaveRequest());
        Receive<NodeProtocol.PartReport>(OnPartReport);
        Receive<RunProtocol.RunEnded>(OnRunEnded);
        Receive<JoinActor.Waits>(OnWaits);
        Receive<Join>(_ => OnJoin());
        Receive<IsUp>(_ => OnUp());
        Receive<Tick>(_ => OnTick());
        Receive<Terminated>(terminated => _gatherings.Remove(terminated.ActorRef));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _links.Time.GetElapsedTime(0);

    private bool IsMember => _cluster.SelfMember.Status == MemberStatus.Up;

    // A node that has never joined has, to Akka, the state of one that was removed.
    private string Membership => _cluster.SelfMember.Status == MemberStatus.Removed && !_cluster.IsTerminated
        ? "Waiting"
        : _cluster.SelfMember.Status.ToString();

    /// <summary>Makes the actor.</summary>
    /// <param name="options">This node.</param>
    /// <param name="links">Whom it speaks to.</param>
    public static Props CreateProps(NodeOptions options, NodeLinks links) => Props.Create(() => new NodeActor(options, links));

    /// <inheritdoc />
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickPeriod);
        if (_links.IsEmbedded)
        {
            return;
        }

        IActorRef self = Self;
        _cluster.RegisterOnMemberUp(() => self.Tell(IsUp.Instance));
        // Called on the cluster's thread, since this actor may be stopped before it would hear of it.
        _cluster.RegisterOnMemberRemoved(() => _links.End.TrySetResult(new NodeEnd(
            NodeEndKind.Removed,
            $"the cluster went on without {_self}: it could not be reached for too long (network, or a pause of the machine); start it again to rejoin")));
        _admission = Context.ActorOf(AdmissionActor.CreateProps(_options, _links), "admission");
        _membership = Context.ActorOf(MembershipActor.CreateProps(_links), "membership");
    }

    private void OnJoin()
    {
        if (!_links.IsEmbedded)
        {
            _join = Context.ActorOf(JoinActor.CreateProps(_options, _links), "join");
        }
    }

    private void OnJoinRequest(NodeProtocol.JoinRequest request)
    {
        if (_links.IsEmbedded)
        {
            Sender.Tell(new NodeProtocol.JoinRefused(_self, "a training in one process takes no further nodes: start it with the command node instead of train"));
        }
        else
        {
            _admission.Forward(request);
        }
    }

    private void OnWhoIsThere(NodeProtocol.WhoIsThere question)
    {
        if (question.Address == _self)
        {
            Sender.Tell(new NodeProtocol.IAmHere(_self, _cluster.SelfUniqueAddress.Uid));
        }
    }

    private void OnStatusRequest(NodeProtocol.StatusRequest request)
    {
        if (!request.WholeCluster)
        {
            Sender.Tell(Status());
        }
        else if (_gatherings.Count < MaxGatherings)
        {
            IActorRef gathering = Context.ActorOf(StatusGatheringActor.CreateProps(Sender, Status(), _cluster.State));
            _gatherings.Add(Context.Watch(gathering));
        }
    }

    private void OnLeaveRequest()
    {
        Sender.Tell(new NodeProtocol.LeaveAccepted(_self));
        _links.End.TrySetResult(new NodeEnd(NodeEndKind.Left, $"{_self} was asked to leave"));
    }

    private void OnPartReport(NodeProtocol.PartReport report)
    {
        _parts.Report(report, Now);
        _watch.Report(report.Part, report.Progress, report.WaitsFor, Now);
    }

    private void OnRunEnded(RunProtocol.RunEnded ended)
    {
        _membership.Tell(MembershipActor.ForgetAll.Instance);
        _links.End.TrySetResult(new NodeEnd(NodeEndKind.RunEnded, ended.Failure, ended.Reason));
    }

    private void OnWaits(JoinActor.Waits waits)
    {
        // One that was underway when the node came up.
        if (IsMember)
        {
            return;
        }

        _joinWaitsFor = waits.For;
        _admission.Tell(waits);
    }

    private void OnUp()
    {
        _joinWaitsFor = "";
        Context.Stop(_join);
    }

    private void OnTick()
    {
        foreach (string part in _parts.Expire(Now))
        {
            _watch.Forget(part);
        }

        ReportStandby(ClusterRoles.Replay, _parts.HasShards, "replay shards to be allocated to it");
        // A cluster of one has the role whatever its mode.
        if (!_links.IsEmbedded)
        {
            ReportStandby(ClusterRoles.ParameterServer, _parts.HasRanges, "ranges of the parameter server to be allocated to it");
        }

        _links.Readiness.Update(Status(), IsMember);
        // Before it is up, the joining itself says what the node waits for.
        if (!IsMember)
        {
            return;
        }

        if (_watch.Due(Now) is { } waitsFor)
        {
            string line = DescribeStandstill(waitsFor);
            _links.Training.Tell(new ProgressProtocol.Notice(line));
            // The run shows its notices where it is; a second line there would say the same.
            if (!_parts.HasTraining)
            {
                _links.Line(line);
            }
        }

        if (_standby.Due(Now) is { } standsBy)
        {
            _links.Line(DescribeStandstill(standsBy));
        }
    }

    private void ReportStandby(string role, bool hasPart, string waitsFor) =>
        _standby.Report(role, 0, IsMember && _options.Roles.Contains(role) && !hasPart ? waitsFor : "", Now);

    private string DescribeStandstill(string waitsFor) =>
        $"node {_self} [{string.Join(",", _options.Roles)}]: nothing has moved for 30 s: waits for {waitsFor}";

    private NodeStatus Status() => _parts.Complete(new NodeStatus
    {
        Address = _self,
        Roles = _options.Roles,
        Membership = Membership,
        Uptime = Now - _started,
        WaitsFor = WaitsFor(),
        RejectedFrames = _frames.Rejected,
        SkippedFrames = _frames.Skipped,
    });

    private string WaitsFor() => string.Join(
        "; ", new[] { _joinWaitsFor, _watch.Describe(Now), _standby.Describe(Now) }.Where(text => text.Length > 0));

    /// <summary>Everything that the node brings along is there: it may join. A cluster that is formed at once starts its training at once.</summary>
    internal sealed record Join
    {
        private Join()
        {
        }

        /// <summary>The only one.</summary>
        public static Join Instance { get; } = new();
    }

    private sealed record IsUp
    {
        private IsUp()
        {
        }

        public static IsUp Instance { get; } = new();
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
