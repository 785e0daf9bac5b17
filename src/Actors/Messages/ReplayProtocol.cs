using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>A message to one replay shard, routed by the shard region.</summary>
public interface IReplayShardMessage : IWireMessage
{
    /// <summary>Index of the shard, <c>0 … N − 1</c>.</summary>
    int Shard { get; }
}

/// <summary>What runners, shards and the learner say to each other about transitions.</summary>
public static class ReplayProtocol
{
    /// <summary>A fragment of a runner. The answer is <see cref="Credit"/>, at once or when the limiter allows it.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Runner">The runner's index.</param>
    /// <param name="Incarnation">The runner's incarnation; a later start has a larger one.</param>
    /// <param name="Sequence">Number of this fragment on the link from this incarnation to this shard: 1, 2, 3, …</param>
    /// <param name="EnvironmentSteps">Agent decisions behind the fragment.</param>
    /// <param name="Batch">The transitions.</param>
    /// <param name="FirstUnacknowledged">
    /// The first fragment that the runner held when it first sent this one: a shard that does not know the link begins there, so that
    /// a fragment lost before this one is not taken for received.
    /// </param>
    public sealed record Insert(
        int Shard, int Runner, long Incarnation, long Sequence, int EnvironmentSteps, TransitionBatch Batch, long FirstUnacknowledged) : IReplayShardMessage;

    /// <summary>
    /// A piece of an <see cref="Insert"/> that is longer than one frame: its encoded bytes, cut. The shard puts the pieces together;
    /// where one is lost, the fragment counts as not received and is sent again.
    /// </summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Runner">The runner's index.</param>
    /// <param name="Incarnation">The runner's incarnation.</param>
    /// <param name="Sequence">Number of the fragment.</param>
    /// <param name="Index">Number of the piece, from 0.</param>
    /// <param name="Count">Number of pieces.</param>
    /// <param name="Bytes">The piece.</param>
    public sealed record InsertPart(
        int Shard, int Runner, long Incarnation, long Sequence, int Index, int Count, ReadOnlyMemory<byte> Bytes) : IReplayShardMessage;

    /// <summary>A runner that begins, or has heard nothing for a while, asks where it stands. The answer is <see cref="Credit"/> with <see cref="Credit.Resend"/>.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Runner">The runner's index.</param>
    /// <param name="Incarnation">The runner's incarnation.</param>
    /// <param name="FirstUnacknowledged">The first fragment that the runner still holds; a shard that lost its state goes on from there.</param>
    public sealed record CreditProbe(int Shard, int Runner, long Incarnation, long FirstUnacknowledged) : IReplayShardMessage;

    /// <summary>Cumulative acknowledgement of a shard to a runner: the backpressure of the whole system.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="ShardIncarnation">The shard's incarnation, so that a runner can account for what it was told is held where.</param>
    /// <param name="Incarnation">The runner's incarnation that is meant.</param>
    /// <param name="Received">Every fragment up to this one is in the buffer.</param>
    /// <param name="Granted">The runner may send fragments up to this one.</param>
    /// <param name="Resend">The runner should send again what follows <paramref name="Received"/>.</param>
    public sealed record Credit(int Shard, long ShardIncarnation, long Incarnation, long Received, long Granted, bool Resend) : IWireMessage;

    /// <summary>A shard knows a newer incarnation of a runner than the one that wrote to it (a clock that went back, or a runner that lingers).</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Incarnation">The newest incarnation that the shard knows of this runner.</param>
    public sealed record CreditRefused(int Shard, long Incarnation) : IWireMessage;

    /// <summary>
    /// A shard does not take a fragment, and would not if it were sent again: the runner fails with the line, and is started again as
    /// after any other failure.
    /// </summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Incarnation">The runner's incarnation.</param>
    /// <param name="Sequence">Number of the fragment.</param>
    /// <param name="Fault">What is wrong with it, one line.</param>
    public sealed record InsertRefused(int Shard, long Incarnation, long Sequence, string Fault) : IWireMessage;

    /// <summary>Asks a shard for transitions of several batches, and renews its allowance of inserts.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Request">Number of the request, repeated in the reply.</param>
    /// <param name="Counts">How many transitions of this shard go into each batch.</param>
    /// <param name="InsertAllowance">Inserts, since this incarnation of the shard began, beyond which the shard withholds credit, counting what it has granted.</param>
    /// <param name="KnownIncarnation">The newest incarnation of the shard that the learner knows, 0 for none; a shard on a slower clock goes beyond it.</param>
    public sealed record SampleRequest(
        int Shard, long Request, IReadOnlyList<int> Counts, long InsertAllowance, long KnownIncarnation) : IReplayShardMessage
    {
        /// <summary>The largest priority of all shards (<see cref="ShardState.LargestPriority"/>), so that what comes without one enters alike everywhere.</summary>
        public double LargestPriority { get; init; }

        /// <summary>Number of the allowance; the shard's next reports repeat it.</summary>
        public long AllowanceNumber { get; init; }
    }

    /// <summary>The transitions asked for: those of the first batch, then of the second, …</summary>
    /// <param name="Request">Number of the request.</param>
    /// <param name="Samples">The transitions.</param>
    /// <param name="State">The shard's account at the time of the draw.</param>
    public sealed record SampleReply(long Request, SampledTransitions Samples, ShardState State) : IWireMessage;

    /// <summary>A piece of a <see cref="SampleReply"/> that is longer than one frame and goes to another node: its encoded bytes, cut.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Request">Number of the request.</param>
    /// <param name="Index">Number of the piece, from 0.</param>
    /// <param name="Count">Number of pieces.</param>
    /// <param name="Bytes">The piece.</param>
    public sealed record SampleReplyPart(int Shard, long Request, int Index, int Count, ReadOnlyMemory<byte> Bytes) : IWireMessage;

    /// <summary>Renews a shard's allowance of inserts and asks for one <see cref="ShardState"/>.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="InsertAllowance">As in <see cref="SampleRequest"/>.</param>
    /// <param name="ReportNow">Whether the state is wanted at once, or after the next insert or when a runner begins to wait for more than the allowance.</param>
    /// <param name="KnownIncarnation">As in <see cref="SampleRequest"/>.</param>
    public sealed record GrantInserts(int Shard, long InsertAllowance, bool ReportNow, long KnownIncarnation) : IReplayShardMessage
    {
        /// <summary>As in <see cref="SampleRequest"/>.</summary>
        public double LargestPriority { get; init; }

        /// <summary>As in <see cref="SampleRequest"/>.</summary>
        public long AllowanceNumber { get; init; }

        /// <summary>The run, so that a shard does not go on with another run's transitions; 0 where it has none.</summary>
        public long Run { get; init; }

        /// <summary>Inserts of that incarnation that the learner knows of: a shard that has fewer has lost some.</summary>
        public long KnownInserts { get; init; }
    }

    /// <summary>New absolute temporal-difference errors of transitions sampled earlier.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Incarnation">The shard's incarnation that gave the keys; another one ignores the message.</param>
    /// <param name="Keys">Insertion numbers.</param>
    /// <param name="AbsoluteTdErrors">|δ| of each.</param>
    public sealed record UpdatePriorities(int Shard, long Incarnation, long[] Keys, float[] AbsoluteTdErrors) : IReplayShardMessage;

    /// <summary>The account of a shard.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Incarnation">A shard that restarts empty has a larger one.</param>
    /// <param name="Inserts">Transitions inserted since this incarnation began.</param>
    /// <param name="EnvironmentSteps">Agent decisions behind them.</param>
    /// <param name="Count">Transitions held now.</param>
    /// <param name="Mass">Sum of their sampling masses.</param>
    public sealed record ShardState(int Shard, long Incarnation, long Inserts, long EnvironmentSteps, int Count, double Mass) : IWireMessage
    {
        /// <summary>The smallest sampling mass of what is held; 0 where nothing is.</summary>
        public double MinimumMass { get; init; }

        /// <summary>The largest priority so far, |δ| + ε without the exponent α: what comes without a priority enters with it.</summary>
        public double LargestPriority { get; init; }

        /// <summary>Transitions that the shard can come to hold: its part of <c>dqn.replay.capacity</c>, or fewer where its memory for frames holds no more.</summary>
        public int HoldsAtMost { get; init; } = int.MaxValue;

        /// <summary>Number of the allowance that it acts on; 0 where it has had none.</summary>
        public long AllowanceNumber { get; init; }

        /// <summary>What <see cref="Inserts"/> will be when everything that runners have credit for is in the buffer; never less.</summary>
        public long Granted { get; init; } = Inserts;

        /// <summary>Transitions of the fragment that the next runner in turn waits for since the allowance does not cover it; 0 where none waits.</summary>
        public int Wanted { get; init; }

        /// <summary>The number that the next transition gets: what has arrived so far, inserted or inherited.</summary>
        public long Position { get; init; }
    }

    /// <summary>
    /// A shard that moves to another node hands over what it holds: the first message to its successor. What is handed over is held
    /// there, and does not count as inserted again.
    /// </summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Source">Incarnation of the shard that leaves.</param>
    /// <param name="Transitions">Transitions that will follow.</param>
    /// <param name="Runners">How far each runner's fragments were received, so that a repetition is not taken twice.</param>
    public sealed record TransferBegin(int Shard, long Source, int Transitions, IReadOnlyList<RunnerPosition> Runners) : IReplayShardMessage
    {
        /// <summary>Transitions that the stream let the shard hold, <see cref="ReplayBuffer.HoldsAtMost"/>: the successor's stream will not let it hold more.</summary>
        public int HoldsAtMost { get; init; } = int.MaxValue;
    }

    /// <summary>How far a runner's fragments were received.</summary>
    /// <param name="Runner">The runner's index.</param>
    /// <param name="Incarnation">The runner's incarnation.</param>
    /// <param name="Received">The last fragment received.</param>
    public sealed record RunnerPosition(int Runner, long Incarnation, long Received);

    /// <summary>A piece of one batch of transitions that are handed over, oldest batch first: its encoded bytes, cut.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Source">Incarnation of the shard that leaves.</param>
    /// <param name="Batch">Number of the batch: 0, 1, 2, …</param>
    /// <param name="Index">Number of the piece, from 0.</param>
    /// <param name="Count">Number of pieces of the batch.</param>
    /// <param name="Bytes">The piece.</param>
    public sealed record TransferPart(int Shard, long Source, int Batch, int Index, int Count, ReadOnlyMemory<byte> Bytes) : IReplayShardMessage;

    /// <summary>The successor has what it was sent, and takes the next batches.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Source">Incarnation of the shard that leaves.</param>
    /// <param name="Received">Batches received whole and in order.</param>
    public sealed record TransferCredit(int Shard, long Source, int Received) : IWireMessage;
}
