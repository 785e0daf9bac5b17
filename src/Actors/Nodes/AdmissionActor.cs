using Akka.Actor;
using Akka.Cluster;

namespace DqnAkka.Actors;

/// <summary>Answers who wants to join. The node's actor forwards it the requests.</summary>
internal sealed class AdmissionActor : ReceiveActor
{
    private readonly NodeLinks _links;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Admission _admission;
    private readonly AddressChecks _checks = new();
    private readonly string _self;
    private string _waitsFor = "";

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public AdmissionActor(NodeOptions options, NodeLinks links)
    {
        _links = links;
        _self = NodeAddress.Format(_cluster.SelfAddress);
        _admission = new Admission(options, _self, _cluster.SelfUniqueAddress.Uid);
        Receive<NodeProtocol.JoinRequest>(request => Sender.Tell(Answer(request)));
        Receive<NodeProtocol.IAmHere>(here => _checks.Answered(here.Address, here.Uid));
        // Who was admitted has found something that this node's user should know as well.
        Receive<ProgressProtocol.Notice>(notice => _links.Line(notice.Message));
        Receive<JoinActor.Waits>(waits => _waitsFor = waits.ToOthers);
    }

    /// <summary>Makes the actor.</summary>
    public static Props CreateProps(NodeOptions options, NodeLinks links) => Props.Create(() => new AdmissionActor(options, links));

    private IWireMessage Answer(NodeProtocol.JoinRequest request)
    {
        // Two nodes that both wait to join must not judge each other: the cluster's own configuration counts.
        if (_cluster.SelfMember.Status != MemberStatus.Up)
        {
            return new NodeProtocol.JoinPending(_self, _waitsFor.Length > 0 ? $"itself waits for {_waitsFor}" : "is no member of a cluster itself");
        }

        if (_admission.Refuse(request) is { } reason)
        {
            return new NodeProtocol.JoinRefused(_self, reason);
        }

        return CheckAddress(request) switch
        {
            AddressClaim.Taken => new NodeProtocol.JoinRefused(_self, Admission.AddressIsTaken(request.Address)),
            AddressClaim.Unknown => new NodeProtocol.JoinPending(_self, $"asks whether another process lives at {request.Address}"),
            _ => new NodeProtocol.JoinAccepted(_self, _links.Time.GetUtcNow().UtcDateTime.Ticks),
        };
    }

    private AddressClaim CheckAddress(NodeProtocol.JoinRequest request)
    {
        ClusterEvent.CurrentClusterState state = _cluster.State;
        Member? holder = state.Members.FirstOrDefault(member => NodeAddress.Format(member.Address) == request.Address);
        if (holder is null || holder.UniqueAddress.Uid == request.Uid || state.Unreachable.Contains(holder))
        {
            return AddressClaim.Free;
        }

        AddressClaim claim = _checks.Look(request.Address, request.Uid, _links.Time.GetElapsedTime(0), out bool mustAsk);
        if (mustAsk)
        {
            Context.ActorSelection(NodeAddress.ActorOf(holder.Address)).Tell(new NodeProtocol.WhoIsThere(request.Address));
        }

        return claim;
    }
}
