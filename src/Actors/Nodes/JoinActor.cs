using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace DqnAkka.Actors;

/// <summary>Brings the node into the cluster; lives until it is up. The node's actor is its parent.</summary>
internal sealed class JoinActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskPeriod = TimeSpan.FromSeconds(1);
    private readonly NodeOptions _options;
    private readonly NodeLinks _links;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly JoinProcedure _procedure;
    private readonly ClockComparison _clocks = new();
    private readonly HashSet<string> _skewed = [];
    private readonly string _self;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public JoinActor(NodeOptions options, NodeLinks links)
    {
        _options = options;
        _links = links;
        _self = NodeAddress.Format(_cluster.SelfAddress);
        _procedure = new JoinProcedure(_self, options.Roles, options.Remote.SeedNodes, links.Remembered);
        Receive<Tick>(_ => OnTick());
        Receive<NodeProtocol.JoinAccepted>(OnAccepted);
        Receive<NodeProtocol.JoinPending>(pending => _procedure.Pending(pending.Address, pending.Reason, Now));
        Receive<NodeProtocol.JoinRefused>(OnRefused);
        Receive<NodeProtocol.IAmHere>(OnIAmHere);
        // Nobody answers at the node's own address from outside: nobody contradicts it.
        Receive<Status.Failure>(_ => { });
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _links.Time.GetElapsedTime(0);

    private DateTime UtcNow => _links.Time.GetUtcNow().UtcDateTime;

    private string[] Unreachable => [.. _cluster.State.Unreachable.Select(member => NodeAddress.Format(member.Address))];

    /// <summary>Makes the actor.</summary>
    public static Props CreateProps(NodeOptions options, NodeLinks links) => Props.Create(() => new JoinActor(options, links));

    /// <inheritdoc />
    protected override void PreStart()
    {
        if (_procedure.Problem is { } problem)
        {
            _links.End.TrySetResult(new NodeEnd(NodeEndKind.Refused, problem));
            return;
        }

        _procedure.Start(Now);
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, AskPeriod);
        if (IsReachedElsewhere())
        {
            WhoIsAtOwnAddress().PipeTo(Self);
        }
    }

    /// <summary>Whether others reach the node under another address than it listens on: another process may be given the same one.</summary>
    private static bool IsReachedElsewhere()
    {
        Config transport = Context.System.Settings.Config.GetConfig("akka.remote.dot-netty.tcp");
        return transport.GetString("public-hostname").Length > 0 || transport.GetInt("public-port") > 0;
    }

    /// <summary>
    /// Asks from outside who is there. Where it is another process, the answers of the cluster's members go to that one, and this node
    /// would wait for ever.
    /// </summary>
    private Task<NodeProtocol.IAmHere> WhoIsAtOwnAddress() => NodeClient.AskAsync(
        _self,
        Context.System.Settings.Config,
        Context.System.Settings.Setup,
        new NodeProtocol.WhoIsThere(_self),
        message => message as NodeProtocol.IAmHere,
        CancellationToken.None);

    private void OnIAmHere(NodeProtocol.IAmHere here)
    {
        if (here.Uid != _cluster.SelfUniqueAddress.Uid)
        {
            Timers.CancelAll();
            _links.End.TrySetResult(new NodeEnd(NodeEndKind.Refused, Admission.AddressIsTaken(_self)));
        }
    }

    private void OnTick()
    {
        switch (_procedure.Next(Now))
        {
            case JoinStep.Ask:
                Ask();
                break;
            case JoinStep.Form:
                _cluster.Join(_cluster.SelfAddress);
                break;
            default:
                break;
        }

        Context.Parent.Tell(new Waits(_procedure.Describe(Now, Unreachable), _procedure.DescribeToOthers(Now)));
        if (_procedure.Due(Now, Unreachable) is { } line)
        {
            _links.Line(line);
        }
    }

    private void Ask()
    {
        DateTime utc = UtcNow;
        NodeProtocol.JoinRequest request = new(
            WireFormat.Major,
            WireFormat.Minor,
            Admission.Product,
            _self,
            _cluster.SelfUniqueAddress.Uid,
            utc.Ticks,
            _options.Roles,
            SharedKeys.Select(_options.Agreement, _options.Roles));
        foreach (string contact in _procedure.Contacts)
        {
            _clocks.Asked(contact, utc);
            Context.ActorSelection(NodeAddress.ActorOf(Parse(contact))).Tell(request);
        }
    }

    private void OnAccepted(NodeProtocol.JoinAccepted accepted)
    {
        CompareClocks(accepted);
        if (_procedure.Accepted(accepted.Address, Now))
        {
            _cluster.Join(Parse(accepted.Address));
        }
    }

    private void OnRefused(NodeProtocol.JoinRefused refused)
    {
        string line = $"{refused.Address} refuses this node: {refused.Reason}";
        switch (_procedure.Refused(refused.Address))
        {
            case JoinRefusal.Final:
                Timers.CancelAll();
                _links.End.TrySetResult(new NodeEnd(NodeEndKind.Refused, line));
                break;
            case JoinRefusal.Dropped:
                _links.Line($"{line} (it is only remembered from an earlier cluster, and no longer asked)");
                break;
            default:
                break;
        }
    }

    private void CompareClocks(NodeProtocol.JoinAccepted accepted)
    {
        TimeSpan ahead = _clocks.Answered(accepted.Address, accepted.UtcTicks, UtcNow);
        if (ahead.Duration() <= ClockComparison.Tolerance || !_skewed.Add(accepted.Address))
        {
            return;
        }

        string line = ClockComparison.Describe(_self, accepted.Address, ahead);
        _links.Line(line);
        // This node alone knows how long its question took; the other one shows what it is told.
        Sender.Tell(new ProgressProtocol.Notice(line));
    }

    private Address Parse(string address) => NodeAddress.Parse(address, _cluster.SelfAddress.Protocol);

    /// <summary>What the node waits for, in words that complete "waits for …".</summary>
    /// <param name="For">The words.</param>
    /// <param name="ToOthers">The words for another node that waits for this one.</param>
    internal sealed record Waits(string For, string ToOthers);

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
