using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>A member of a ring without a trainer: adds up vectors over the members. For measurements, and for tests of the ring alone.</summary>
internal sealed class RingMemberActor : ReceiveActor
{
    private readonly RingExchange _exchange = new(Context.Self);
    private readonly Memory<byte> _vector;
    private readonly int _rank;
    private readonly int _members;
    private IActorRef _asker = ActorRefs.Nobody;
    private long _step;
    private bool _isReducing;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public RingMemberActor(int rank, int members, Memory<byte> vector)
    {
        _rank = rank;
        _members = members;
        _vector = vector;
        Receive<Reduce>(OnReduce);
        Receive<ReplicaProtocol.Segment>(segment =>
        {
            _exchange.Take(segment, Sender);
            TellIfWhole();
        });
        Receive<ReplicaProtocol.SegmentReceived>(received =>
        {
            _exchange.Take(received);
            TellIfWhole();
        });
    }

    /// <summary>Makes a member.</summary>
    /// <param name="rank">Its place.</param>
    /// <param name="members">Members.</param>
    /// <param name="vector">Its vector, float32; each <see cref="Reduce"/> adds the others' to it.</param>
    public static Props CreateProps(int rank, int members, Memory<byte> vector) =>
        Props.Create(() => new RingMemberActor(rank, members, vector)).WithDispatcher(Dispatchers.Exchange);

    private void OnReduce(Reduce reduce)
    {
        _asker = Sender;
        _isReducing = true;
        _exchange.Expect(new StepTag(0, ++_step, 0), reduce.Next);
        _exchange.Start(_rank, _members, _vector);
        TellIfWhole();
    }

    private void TellIfWhole()
    {
        if (_isReducing && _exchange.IsWhole)
        {
            _isReducing = false;
            _asker.Tell(Reduced.Instance);
        }
    }

    /// <summary>Begins an exchange; every member is told once for each. Answered by <see cref="Reduced"/>.</summary>
    /// <param name="Next">The next member.</param>
    internal sealed record Reduce(IActorRef Next);

    /// <summary>The vector is the sum.</summary>
    internal sealed record Reduced
    {
        private Reduced()
        {
        }

        /// <summary>The only one.</summary>
        public static Reduced Instance { get; } = new();
    }
}
