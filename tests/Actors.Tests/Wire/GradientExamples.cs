namespace DqnAkka.Actors.Tests;

/// <summary>As <see cref="Examples"/>, of one protocol.</summary>
internal static class GradientExamples
{
    public static IReadOnlyList<IWireMessage> All { get; } =
    [
        new GradientProtocol.Register("gradient worker 1 of 127.0.0.1:4054", 2, "fully connected 4-64-2", 3) { BytesSent = 4, BytesReceived = 5 },
        new GradientProtocol.Registered(1, 2),
        new GradientProtocol.WorkerRefused("a fault"),
        new GradientProtocol.WorkRequest(1, 2),
        new GradientProtocol.Work(
            1, 2, 3, 4.5, 0.5, [new GradientProtocol.ShardPart(1, [2, 3], 0.25, 0.125, -4, 5, 6), new GradientProtocol.ShardPart(7, [], 0.75, 0.5, 8, 9, 10)]),
        new GradientProtocol.RoundSampled(1, 2, 3, [Examples.State()]),
        new GradientProtocol.RoundFailed(1, 2, 3, [4, 5]),
        new GradientProtocol.GradientComputed(1, 2, 3, 4, GradientProtocol.GradientVerdict.Outlier, 5, 6.5f, 7.5f, 8.5f, float.NaN),
        new GradientProtocol.GradientDiscarded(1, 2, GradientProtocol.DiscardReason.OtherEpoch, 3),
    ];
}
