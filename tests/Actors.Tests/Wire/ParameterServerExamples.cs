using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>As <see cref="Examples"/>, of one protocol.</summary>
internal static class ParameterServerExamples
{
    public static IReadOnlyList<IWireMessage> All { get; } =
    [
        new ParameterServerProtocol.LoadState(1, 2, 3, 4, 32, 5, new byte[] { 6, 7, 8 }),
        new ParameterServerProtocol.StateReceived(1, 2, 3),
        new ParameterServerProtocol.RangeLoaded(1, 2, 3),
        new ParameterServerProtocol.RangeUnknown(1, 2, 3),
        new ParameterServerProtocol.PushGradient(1, 2, 3, 4, 5, GradientCompression.TopK, 64, 6, new byte[] { 7, 8 }),
        new ParameterServerProtocol.GradientReceived(1, 2, 3, 4),
        new ParameterServerProtocol.GradientHeld(1, 2, 3, 4, "a NaN"),
        new ParameterServerProtocol.ApplyGradients(
            1, 2, 3, [new ParameterServerProtocol.GradientShare(4, 5, 0.5f), new ParameterServerProtocol.GradientShare(6, 7, 0.25f)], 0.001f, 0.01f),
        new ParameterServerProtocol.RangeUpdated(1, 2, 3),
        new ParameterServerProtocol.DropGradient(1, 2, 3, 4),
        new ParameterServerProtocol.SendParameters(1, 2, 3, ParameterServerProtocol.RangePart.State, true),
        new ParameterServerProtocol.Parameters(1, 2, 3, 4, ParameterServerProtocol.RangePart.Target, 5, 64, 6, new byte[] { 7, 8, 9 }),
        new ParameterServerProtocol.ParametersReceived(1, 2, 3, 4),
        new ParameterServerProtocol.ProbeRange(1, 2),
        new ParameterServerProtocol.RangesLeave("127.0.0.1:4053"),
        new ParameterServerProtocol.RangesMayLeave(1),
    ];
}
