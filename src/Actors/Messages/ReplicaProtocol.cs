namespace DqnAkka.Actors;

/// <summary>
/// What the learner (rank 0) and its replicas on other nodes say to each other in synchronous data-parallel training. A group is the learner and its
/// replicas in one order; each change of it has a new, larger epoch. A step is computed by all, and taken by all with the next step's begin, so that
/// one that somebody did not live to end is repeated without having happened anywhere.
/// </summary>
public static class ReplicaProtocol
{
    /// <summary>A node offers itself as a replica. Said every second while it is in no group.</summary>
    /// <param name="Name">Whom people read of: <c>replica at 127.0.0.1:4054</c>.</param>
    /// <param name="Incarnation">Not below any epoch that it has seen; one that was started again has a larger one.</param>
    /// <param name="Network">Its network, in words.</param>
    /// <param name="Parameters">Length of its flat parameter vector.</param>
    /// <param name="Arithmetic">As <see cref="Learner.IGradientTrainer.Arithmetic"/>.</param>
    public sealed record JoinGroup(string Name, long Incarnation, string Network, int Parameters, string Arithmetic) : ILearnerMessage;

    /// <summary>The offer is not taken.</summary>
    /// <param name="Fault">One line; empty where the group is full, or the offer is of the learner's own node.</param>
    public sealed record JoinGroupRefused(string Fault) : IWireMessage;

    /// <summary>A piece of the learner's state for a replica that joins: θ, θ⁻, first and second moments, one after the other. Answered by <see cref="StateReceived"/>.</summary>
    /// <param name="Epoch">Epoch of the group that it is to be in.</param>
    /// <param name="Updates">Updates behind the state.</param>
    /// <param name="Length">Parameters; the state is 16 times as many bytes.</param>
    /// <param name="Offset">First byte of the piece.</param>
    /// <param name="Bytes">The piece, float32.</param>
    public sealed record State(long Epoch, long Updates, int Length, long Offset, ReadOnlyMemory<byte> Bytes) : IWireMessage;

    /// <summary>Cumulative acknowledgement of <see cref="State"/>; with all bytes the replica is ready.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Bytes">Bytes received in order.</param>
    public sealed record StateReceived(long Epoch, long Bytes) : IWireMessage;

    /// <summary>The group as it is now.</summary>
    /// <param name="Epoch">Its epoch.</param>
    /// <param name="Rank">The receiver's place in the ring; the learner's is 0.</param>
    /// <param name="Members">Paths of the members' actors, by rank.</param>
    public sealed record GroupFormed(long Epoch, int Rank, IReadOnlyList<string> Members) : IWireMessage;

    /// <summary>What is done to the parameters.</summary>
    public enum UpdateKind
    {
        /// <summary>An update by the gradient of the step before, with the learning rate <see cref="Update.Value"/>.</summary>
        Apply,

        /// <summary>θ⁻ ← θ.</summary>
        SynchronizeTarget,

        /// <summary>θ⁻ ← τθ + (1 − τ)θ⁻ with τ = <see cref="Update.Value"/>.</summary>
        BlendTarget,
    }

    /// <summary>Something that the learner has done since the last step began, and that its replicas do now.</summary>
    /// <param name="Kind">What.</param>
    /// <param name="Value">Its number.</param>
    public readonly record struct Update(UpdateKind Kind, float Value);

    /// <summary>A step begins: do what the learner did since the last, then compute the gradient of your rows, which follow as <see cref="Rows"/>.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Step">Number of the step; a repeated one has the same.</param>
    /// <param name="Attempt">How often it was begun before.</param>
    /// <param name="Updates">What is to be done first, in this order; done already where the step is repeated.</param>
    /// <param name="RowsOfAll">Rows of the whole batch, by which a gradient counts.</param>
    /// <param name="Bytes">Bytes of the receiver's rows, encoded.</param>
    /// <param name="WantsChecksum">Whether the answer is to have the checksum of the parameters before the step.</param>
    public sealed record StepBegin(long Epoch, long Step, int Attempt, IReadOnlyList<Update> Updates, int RowsOfAll, int Bytes, bool WantsChecksum) : IWireMessage;

    /// <summary>A piece of a replica's rows.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Step">Number of the step.</param>
    /// <param name="Attempt">Its attempt.</param>
    /// <param name="Offset">First byte of the piece.</param>
    /// <param name="Bytes">The piece.</param>
    public sealed record Rows(long Epoch, long Step, int Attempt, int Offset, ReadOnlyMemory<byte> Bytes) : IWireMessage;

    /// <summary>Cumulative acknowledgement of <see cref="Rows"/>.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Step">Number of the step.</param>
    /// <param name="Attempt">Its attempt.</param>
    /// <param name="Bytes">Bytes received in order.</param>
    public sealed record RowsReceived(long Epoch, long Step, int Attempt, int Bytes) : IWireMessage;

    /// <summary>
    /// A piece of the gradient on its way around the ring (Patarasuk and Yuan 2009), from each member to the next. The pieces of one link and one step are
    /// numbered through, since both sides know which segment of the vector each belongs to (<see cref="RingPieces"/>).
    /// </summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Step">Number of the step.</param>
    /// <param name="Attempt">Its attempt.</param>
    /// <param name="Piece">Number of the piece on its link: 0, 1, 2, …</param>
    /// <param name="Bytes">The piece, float32.</param>
    public sealed record Segment(long Epoch, long Step, int Attempt, int Piece, ReadOnlyMemory<byte> Bytes) : IWireMessage;

    /// <summary>Cumulative acknowledgement of <see cref="Segment"/>, to the member before.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Step">Number of the step.</param>
    /// <param name="Attempt">Its attempt.</param>
    /// <param name="Pieces">Pieces received in order.</param>
    public sealed record SegmentReceived(long Epoch, long Step, int Attempt, int Pieces) : IWireMessage;

    /// <summary>A replica has the whole gradient. Longer columns than one frame holds come in several, in order.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Step">Number of the step.</param>
    /// <param name="Attempt">Its attempt.</param>
    /// <param name="FirstRow">First of the rows that follow, counted from the replica's first.</param>
    /// <param name="AbsoluteTdErrors">|δ| of its rows, or of some.</param>
    /// <param name="Loss">Weighted mean loss over its rows.</param>
    /// <param name="MeanQ">Mean Q(s, a) over its rows.</param>
    /// <param name="Checksum">XXH3 (64 bits) of its parameters before the step; 0 where it was not asked for.</param>
    /// <param name="BytesSent">Bytes of segments that it has sent since it joined.</param>
    public sealed record StepComputed(
        long Epoch, long Step, int Attempt, int FirstRow, float[] AbsoluteTdErrors, float Loss, float MeanQ, ulong Checksum, long BytesSent) : IWireMessage;

    /// <summary>Asks a member whether it lives, where a step takes too long. Answered at once by <see cref="Alive"/>.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Number">Number of the question.</param>
    public sealed record AreYouAlive(long Epoch, long Number) : IWireMessage;

    /// <summary>A member lives.</summary>
    /// <param name="Epoch">The epoch that it is in; another one than the learner's where it has lost its place.</param>
    /// <param name="Number">Number of the question.</param>
    public sealed record Alive(long Epoch, long Number) : IWireMessage;

    /// <summary>A replica is no member any more; it offers itself again.</summary>
    /// <param name="Epoch">Epoch of the group that it was in.</param>
    /// <param name="Cause">One line.</param>
    public sealed record Dropped(long Epoch, string Cause) : IWireMessage;
}
