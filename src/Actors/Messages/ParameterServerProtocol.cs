using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>A message to one range of the parameter server, routed by its shard region.</summary>
public interface IParameterRangeMessage : IWireMessage
{
    /// <summary>Number of the range, <c>0 … P − 1</c>.</summary>
    int Range { get; }
}

/// <summary>
/// What the coordinator of the parameter server (in the training singleton) and the ranges say to each other, and what ranges and workers do. Every message
/// carries the epoch: the coordinator's start, or its last return to a checkpoint, as a number that only grows. What is of another epoch is
/// not used by anybody, so that nothing is ever computed on parameters from before and after a return.
/// <para>
/// Version v are the parameters after v updates. The coordinator alone gives versions, one after the other, and ranges take them in that order, so
/// that version v is the same moment of all ranges.
/// </para>
/// </summary>
public static class ParameterServerProtocol
{
    /// <summary>A piece of a range's state at the begin of an epoch: θ, θ⁻, first and second moments of the range, one after the other, float32. Answered by <see cref="StateReceived"/>, at the end by <see cref="RangeLoaded"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The new epoch; an older one is ignored, a newer one replaces what the range holds.</param>
    /// <param name="Version">Version of the parameters.</param>
    /// <param name="TargetVersion">Version at which θ⁻ was last changed.</param>
    /// <param name="Length">Parameters of the range; the state is 16 times as many bytes.</param>
    /// <param name="Offset">First byte of the piece.</param>
    /// <param name="Bytes">The piece.</param>
    public sealed record LoadState(int Range, long Epoch, long Version, long TargetVersion, int Length, int Offset, ReadOnlyMemory<byte> Bytes) : IParameterRangeMessage;

    /// <summary>Cumulative acknowledgement of <see cref="LoadState"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Bytes">Bytes received in order.</param>
    public sealed record StateReceived(int Range, long Epoch, int Bytes) : IWireMessage;

    /// <summary>The range holds the whole state of an epoch. Said again to whoever loads the same epoch again.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Version">Its version now.</param>
    public sealed record RangeLoaded(int Range, long Epoch, long Version) : IWireMessage;

    /// <summary>The range does not hold the epoch that it was spoken to in: it was started anew, or is still loading.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch asked for.</param>
    /// <param name="Held">The epoch that it holds; 0 for none.</param>
    public sealed record RangeUnknown(int Range, long Epoch, long Held) : IWireMessage;

    /// <summary>A piece of a range's part of one gradient, sent by a worker. Answered by <see cref="GradientReceived"/>; when it is whole the coordinator hears <see cref="GradientHeld"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Worker">The worker's number.</param>
    /// <param name="Push">Number of the gradient: grows with each of a worker's.</param>
    /// <param name="TargetVersion">Version of θ⁻ that the worker holds.</param>
    /// <param name="Compression">How the gradient is encoded.</param>
    /// <param name="Total">Bytes of the encoded gradient.</param>
    /// <param name="Offset">First byte of the piece.</param>
    /// <param name="Bytes">The piece.</param>
    public sealed record PushGradient(
        int Range, long Epoch, int Worker, long Push, long TargetVersion, GradientCompression Compression, int Total, int Offset, ReadOnlyMemory<byte> Bytes) : IParameterRangeMessage;

    /// <summary>Cumulative acknowledgement of <see cref="PushGradient"/>, to the worker.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Push">Number of the gradient.</param>
    /// <param name="Bytes">Bytes received in order.</param>
    public sealed record GradientReceived(int Range, long Epoch, long Push, int Bytes) : IWireMessage;

    /// <summary>A range holds its whole part of a gradient, to the coordinator. It waits there for <see cref="ApplyGradients"/> or <see cref="DropGradient"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Worker">The worker's number.</param>
    /// <param name="Push">Number of the gradient.</param>
    /// <param name="Fault">What is wrong with it (a NaN, no gradient of this range), one line; empty where nothing is.</param>
    public sealed record GradientHeld(int Range, long Epoch, int Worker, long Push, string Fault) : IWireMessage;

    /// <summary>One gradient in an update.</summary>
    /// <param name="Worker">The worker's number.</param>
    /// <param name="Push">Number of the gradient.</param>
    /// <param name="Scale">What it is multiplied by: clipping, and 1/k where k are averaged.</param>
    public readonly record struct GradientShare(int Worker, long Push, float Scale);

    /// <summary>
    /// The next update. The range answers the coordinator with <see cref="RangeUpdated"/> and each worker in it with the new parameters (<see cref="Parameters"/>).
    /// </summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Version">The version that it makes: the range's plus one.</param>
    /// <param name="Gradients">The gradients, all held by every range.</param>
    /// <param name="LearningRate">The learning rate.</param>
    /// <param name="PolyakTau">Share of θ that θ⁻ takes in afterwards; 1 copies it, 0 leaves θ⁻.</param>
    public sealed record ApplyGradients(
        int Range, long Epoch, long Version, IReadOnlyList<GradientShare> Gradients, float LearningRate, float PolyakTau) : IParameterRangeMessage;

    /// <summary>A range made an update.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Version">Its version now.</param>
    public sealed record RangeUpdated(int Range, long Epoch, long Version) : IWireMessage;

    /// <summary>A gradient is not used.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Worker">The worker's number.</param>
    /// <param name="Push">Number of the gradient; older ones of the worker are dropped with it.</param>
    public sealed record DropGradient(int Range, long Epoch, int Worker, long Push) : IParameterRangeMessage;

    /// <summary>What a range gives of itself.</summary>
    public enum RangePart
    {
        /// <summary>θ.</summary>
        Online,

        /// <summary>θ⁻.</summary>
        Target,

        /// <summary>θ, θ⁻, first and second moments, one after the other.</summary>
        State,
    }

    /// <summary>
    /// The coordinator lets a range send what it holds, at its present version, to the message's sender: to a worker, in whose name it is sent,
    /// θ and θ⁻; to the coordinator itself θ for a snapshot or the whole state for a checkpoint. Comes in order with <see cref="ApplyGradients"/>.
    /// </summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Version">The version that the range must be at.</param>
    /// <param name="Part"><see cref="RangePart.Online"/> or <see cref="RangePart.State"/>.</param>
    /// <param name="WithTarget">Whether θ⁻ goes with θ.</param>
    public sealed record SendParameters(int Range, long Epoch, long Version, RangePart Part, bool WithTarget) : IParameterRangeMessage;

    /// <summary>A piece of what a range holds, as it was at one version. Answered by <see cref="ParametersReceived"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Version">The version.</param>
    /// <param name="TargetVersion">Version at which θ⁻ was last changed. A worker that holds an older one is sent θ⁻ before θ.</param>
    /// <param name="Part">What it is a piece of.</param>
    /// <param name="Transfer">Number of the transfer; the range's own.</param>
    /// <param name="Total">Bytes in all.</param>
    /// <param name="Offset">First byte of the piece.</param>
    /// <param name="Bytes">The piece, float32.</param>
    public sealed record Parameters(
        int Range, long Epoch, long Version, long TargetVersion, RangePart Part, long Transfer, int Total, int Offset, ReadOnlyMemory<byte> Bytes) : IWireMessage;

    /// <summary>Cumulative acknowledgement of <see cref="Parameters"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Transfer">Number of the transfer.</param>
    /// <param name="Bytes">Bytes received in order.</param>
    public sealed record ParametersReceived(int Range, long Epoch, long Transfer, int Bytes) : IParameterRangeMessage;

    /// <summary>Asks a range whether it still holds an epoch: answered by <see cref="RangeLoaded"/> or <see cref="RangeUnknown"/>.</summary>
    /// <param name="Range">The range.</param>
    /// <param name="Epoch">The epoch.</param>
    public sealed record ProbeRange(int Range, long Epoch) : IParameterRangeMessage;

    /// <summary>
    /// A node with ranges, or with the training, is about to leave: the coordinator stops applying, has everything written into a checkpoint, and answers with
    /// <see cref="RangesMayLeave"/>. It goes on when the ranges are loaded again elsewhere.
    /// </summary>
    /// <param name="Node">The node, for people.</param>
    public sealed record RangesLeave(string Node) : ILearnerMessage;

    /// <summary>What the ranges hold is in a checkpoint, or could not be written.</summary>
    /// <param name="Version">The version that was written.</param>
    public sealed record RangesMayLeave(long Version) : IWireMessage;
}
