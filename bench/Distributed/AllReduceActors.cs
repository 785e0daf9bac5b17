using Akka.Actor;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>Has two members, one of which is in another process, reduce their vectors again and again.</summary>
internal sealed class AllReduceDriver : ReceiveActor
{
    private const string MemberQuestion = "member";
    private readonly IActorRef _member;
    private readonly TransportMeter _meter;
    private IActorRef _otherMember = ActorRefs.Nobody;
    private IActorRef _otherSide = ActorRefs.Nobody;
    private long _round;
    private int _left;

    /// <summary>Called by Akka.</summary>
    public AllReduceDriver(IActorRef member, ActorSelection otherMember, ActorSelection otherSide, TransportMeter meter)
    {
        _member = member;
        _meter = meter;
        Receive<ActorIdentity>(OnIdentity);
        Receive<RingMemberActor.Reduced>(_ => OnReduced());
        Receive<ReplayProtocol.CreditProbe>(_ => OnReduced());
        otherMember.Tell(new Identify(MemberQuestion));
        otherSide.Tell(new Identify(null));
    }

    private void OnIdentity(ActorIdentity identity)
    {
        IActorRef subject = identity.Subject ?? throw new InvalidOperationException("the peer has no member");
        if (identity.MessageId is MemberQuestion)
        {
            _otherMember = subject;
        }
        else
        {
            _otherSide = subject;
        }

        if (!_otherMember.IsNobody() && !_otherSide.IsNobody())
        {
            // In the member's name, so that the other side learns of it.
            _otherSide.Tell(Probe(0), _member);
            Begin();
        }
    }

    private void OnReduced()
    {
        if (--_left == 0)
        {
            _meter.CountFrame();
            Begin();
        }
    }

    private void Begin()
    {
        _left = 2;
        _otherSide.Tell(Probe(++_round));
        _member.Tell(new RingMemberActor.Reduce(_otherMember));
    }

    private static ReplayProtocol.CreditProbe Probe(long round) => new(0, 0, 1, round);
}

/// <summary>The other process's side: has its member begin when it is told to, and says when it is done.</summary>
internal sealed class AllReduceSide : ReceiveActor
{
    /// <summary>Called by Akka.</summary>
    public AllReduceSide(IActorRef member)
    {
        IActorRef next = ActorRefs.Nobody;
        IActorRef driver = ActorRefs.Nobody;
        ReplayProtocol.CreditProbe? probe = null;
        Receive<ReplayProtocol.CreditProbe>(received =>
        {
            if (received.FirstUnacknowledged == 0)
            {
                next = Sender;
                return;
            }

            (driver, probe) = (Sender, received);
            member.Tell(new RingMemberActor.Reduce(next));
        });
        Receive<RingMemberActor.Reduced>(_ => driver.Tell(probe));
    }
}
