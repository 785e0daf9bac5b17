namespace DqnAkka.Actors.Tests;

/// <summary>As <see cref="Examples"/>, of one protocol.</summary>
internal static class ReplicaExamples
{
    public static IReadOnlyList<IWireMessage> All { get; } =
    [
        new ReplicaProtocol.JoinGroup("replica at 127.0.0.1:4054", 1, "2 -> 8 -> 2", 48, "simd-16"),
        new ReplicaProtocol.JoinGroupRefused("its arithmetic is another"),
        new ReplicaProtocol.State(1, 2, 48, 3, new byte[] { 4, 5 }),
        new ReplicaProtocol.StateReceived(1, 2),
        new ReplicaProtocol.GroupFormed(1, 1, ["akka.tcp://a/b", "akka.tcp://c/d"]),
        new ReplicaProtocol.StepBegin(
            1,
            2,
            3,
            [
                new ReplicaProtocol.Update(ReplicaProtocol.UpdateKind.BlendTarget, 0.5f),
                new ReplicaProtocol.Update(ReplicaProtocol.UpdateKind.SynchronizeTarget, 1),
            ],
            4,
            5,
            true),
        new ReplicaProtocol.Rows(1, 2, 3, 4, new byte[] { 5, 6 }),
        new ReplicaProtocol.RowsReceived(1, 2, 3, 4),
        new ReplicaProtocol.Segment(1, 2, 3, 4, new byte[] { 5, 6 }),
        new ReplicaProtocol.SegmentReceived(1, 2, 3, 4),
        new ReplicaProtocol.StepComputed(1, 2, 3, 4, [0.5f, float.NaN], 1.5f, 2.5f, 0xFEDC_BA98_7654_3210, 6),
        new ReplicaProtocol.AreYouAlive(1, 2),
        new ReplicaProtocol.Alive(1, 2),
        new ReplicaProtocol.Dropped(1, "a cause"),
    ];
}
