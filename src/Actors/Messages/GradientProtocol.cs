using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What gradient workers and the coordinator of the parameter server say to each other.</summary>
public static class GradientProtocol
{
    /// <summary>
    /// A worker is there. Said every second, and again to every new coordinator. Answered by <see cref="Registered"/> or <see cref="WorkerRefused"/>.
    /// </summary>
    /// <param name="Name">Whom people read of: <c>gradient worker 0 of 127.0.0.1:4054</c>.</param>
    /// <param name="Incarnation">A worker that was started again has a larger one.</param>
    /// <param name="Network">Its network, in words (<see cref="NetworkLayout.Description"/>).</param>
    /// <param name="Parameters">Length of its flat parameter vector.</param>
    public sealed record Register(string Name, long Incarnation, string Network, int Parameters) : ILearnerMessage
    {
        /// <summary>Bytes that the worker has sent to the server since its start.</summary>
        public long BytesSent { get; init; }

        /// <summary>Bytes that it has received from the server.</summary>
        public long BytesReceived { get; init; }
    }

    /// <summary>The worker takes part. Parameters come from the ranges where the coordinator does not know that the worker has some of this epoch.</summary>
    /// <param name="Worker">Its number.</param>
    /// <param name="Epoch">The epoch.</param>
    public sealed record Registered(int Worker, long Epoch) : IWireMessage;

    /// <summary>The worker cannot take part: its node ends with the line.</summary>
    /// <param name="Fault">One line.</param>
    public sealed record WorkerRefused(string Fault) : IWireMessage;

    /// <summary>A worker that has parameters wants transitions: answered by <see cref="Work"/> as soon as the limiter allows it. Repeated where nothing comes.</summary>
    /// <param name="Worker">Its number.</param>
    /// <param name="Epoch">The epoch.</param>
    public sealed record WorkRequest(int Worker, long Epoch) : ILearnerMessage;

    /// <summary>One shard's share in a round.</summary>
    /// <param name="Shard">The shard.</param>
    /// <param name="Counts">Transitions of it in each batch.</param>
    /// <param name="Probability">Share of all sampling masses when the round was planned.</param>
    /// <param name="Smallest">The smallest probability that one of its transitions had then.</param>
    /// <param name="InsertAllowance">As in <see cref="ReplayProtocol.SampleRequest"/>.</param>
    /// <param name="AllowanceNumber">As in <see cref="ReplayProtocol.SampleRequest"/>.</param>
    /// <param name="KnownIncarnation">As in <see cref="ReplayProtocol.SampleRequest"/>.</param>
    public sealed record ShardPart(
        int Shard, int[] Counts, double Probability, double Smallest, long InsertAllowance, long AllowanceNumber, long KnownIncarnation);

    /// <summary>What a worker is to sample from the replay shards, by itself: one round of batches, planned as a single learner's.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Round">Number of the round; also that of the sample requests.</param>
    /// <param name="TotalCount">Transitions held by all shards.</param>
    /// <param name="LargestPriority">As in <see cref="ReplayProtocol.SampleRequest"/>.</param>
    /// <param name="Beta">Exponent of the importance weights.</param>
    /// <param name="Shards">The shares; one with no counts is not asked.</param>
    public sealed record Work(long Epoch, long Round, long TotalCount, double LargestPriority, double Beta, IReadOnlyList<ShardPart> Shards) : IWireMessage;

    /// <summary>A worker has sampled its round.</summary>
    /// <param name="Worker">Its number.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Round">Number of the round.</param>
    /// <param name="States">The shards' accounts as they came with the transitions.</param>
    public sealed record RoundSampled(int Worker, long Epoch, long Round, IReadOnlyList<ReplayProtocol.ShardState> States) : ILearnerMessage;

    /// <summary>A shard did not answer a worker in time: the round is given up.</summary>
    /// <param name="Worker">Its number.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Round">Number of the round.</param>
    /// <param name="Silent">The shards that did not answer.</param>
    public sealed record RoundFailed(int Worker, long Epoch, long Round, IReadOnlyList<int> Silent) : ILearnerMessage;

    /// <summary>What a worker itself found of a gradient.</summary>
    public enum GradientVerdict
    {
        /// <summary>It is on its way to the ranges.</summary>
        Sent,

        /// <summary>Loss or gradient is NaN or infinite: it is not sent.</summary>
        NotFinite,

        /// <summary>The loss is too far above the worker's mean: it is not sent.</summary>
        Outlier,
    }

    /// <summary>A worker has computed a gradient. Answered by the ranges with parameters, or by <see cref="GradientDiscarded"/>.</summary>
    /// <param name="Worker">Its number.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Push">Number of the gradient.</param>
    /// <param name="BaseVersion">Version of the parameters that it was computed on.</param>
    /// <param name="Verdict">Whether it is sent.</param>
    /// <param name="Rows">Transitions in the batch.</param>
    /// <param name="Norm">Its Euclidean norm.</param>
    /// <param name="Loss">The loss.</param>
    /// <param name="MeanAbsoluteTdError">Mean |δ|.</param>
    /// <param name="MeanQ">Mean Q(s, a).</param>
    public sealed record GradientComputed(
        int Worker, long Epoch, long Push, long BaseVersion, GradientVerdict Verdict, int Rows, float Norm, float Loss, float MeanAbsoluteTdError, float MeanQ) : ILearnerMessage;

    /// <summary>Why a gradient was not used.</summary>
    public enum DiscardReason
    {
        /// <summary>Older than <c>parameter-server.max-staleness</c>.</summary>
        Stale,

        /// <summary>A synchronous update went on without it.</summary>
        Late,

        /// <summary>Its loss was too far above the mean.</summary>
        Outlier,

        /// <summary>NaN or infinite, or refused by a range.</summary>
        NotFinite,

        /// <summary>The server began a new epoch.</summary>
        OtherEpoch,
    }

    /// <summary>A gradient was not used. New parameters follow from the ranges where the worker's are not the newest.</summary>
    /// <param name="Epoch">The coordinator's epoch.</param>
    /// <param name="Push">Number of the gradient.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Version">Version of the parameters that the worker is to go on with: those that it has, or newer ones that come.</param>
    public sealed record GradientDiscarded(long Epoch, long Push, DiscardReason Reason, long Version) : IWireMessage;
}
