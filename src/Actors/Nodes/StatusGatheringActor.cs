using Akka.Actor;
using Akka.Cluster;

namespace DqnAkka.Actors;

/// <summary>Asks every member of the cluster for its status on behalf of one client; a child of the node's actor, one for each question.</summary>
internal sealed class StatusGatheringActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private readonly IActorRef _client;
    private readonly NodeStatus _own;
    private readonly ClusterEvent.CurrentClusterState _state;
    private readonly Dictionary<string, Member> _awaited = [];
    private int _answered = 1;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public StatusGatheringActor(IActorRef client, NodeStatus own, ClusterEvent.CurrentClusterState state)
    {
        _client = client;
        _own = own;
        _state = state;
        Receive<NodeStatus>(OnStatus);
        Receive<Late>(_ => Finish());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private IEnumerable<Member> Others => _state.Members.Where(member => NodeAddress.Format(member.Address) != _own.Address);

    /// <summary>Makes the actor.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="own">The status of the node that is asked.</param>
    /// <param name="state">The cluster as that node sees it.</param>
    public static Props CreateProps(IActorRef client, NodeStatus own, ClusterEvent.CurrentClusterState state) =>
        Props.Create(() => new StatusGatheringActor(client, own, state));

    /// <inheritdoc />
    protected override void PreStart()
    {
        _client.Tell(_own);
        foreach (Member member in Others)
        {
            _awaited[NodeAddress.Format(member.Address)] = member;
            if (!_state.Unreachable.Contains(member))
            {
                Context.ActorSelection(NodeAddress.ActorOf(member.Address)).Tell(new NodeProtocol.StatusRequest(WholeCluster: false));
            }
        }

        Timers.StartSingleTimer(nameof(Late), Late.Instance, Deadline);
        FinishIfDone();
    }

    private void OnStatus(NodeStatus status)
    {
        if (_awaited.Remove(status.Address, out Member? member))
        {
            _answered++;
            _client.Tell(status with { Membership = member.Status.ToString(), IsReachable = true, HasAnswered = true });
            FinishIfDone();
        }
    }

    private void FinishIfDone()
    {
        if (_awaited.Values.All(_state.Unreachable.Contains))
        {
            Finish();
        }
    }

    private void Finish()
    {
        foreach ((string address, Member member) in _awaited)
        {
            _client.Tell(new NodeStatus
            {
                Address = address,
                Roles = [.. member.Roles.Order(StringComparer.Ordinal)],
                Membership = member.Status.ToString(),
                IsReachable = !_state.Unreachable.Contains(member),
                HasAnswered = false,
            });
        }

        _client.Tell(new NodeProtocol.StatusEnd(_awaited.Count + _answered, _answered));
        Context.Stop(Self);
    }

    private sealed record Late
    {
        private Late()
        {
        }

        public static Late Instance { get; } = new();
    }
}
