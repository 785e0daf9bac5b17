namespace DqnAkka.Actors;

/// <summary>The parameters of one policy. Immutable: everybody on a node shares one array.</summary>
/// <param name="Generation">Grows at each start of the learner; an older generation is refused.</param>
/// <param name="Version">Grows with each snapshot of a generation.</param>
/// <param name="Updates">Learner updates behind the parameters.</param>
/// <param name="Steps">Environment steps of the run at that time.</param>
/// <param name="Parameters">The flat parameters in the network layout's order, float32.</param>
public sealed record PolicySnapshot(long Generation, long Version, long Updates, long Steps, float[] Parameters)
{
    /// <summary>Whether this one replaces <paramref name="other"/>.</summary>
    /// <param name="other">The one held so far, or null.</param>
    public bool IsNewerThan(PolicySnapshot? other) =>
        other is null || (Generation, Version).CompareTo((other.Generation, other.Version)) > 0;
}

/// <summary>How snapshots travel: learner → publisher → cluster pub/sub → one mirror on each node → its runners.</summary>
public static class SnapshotProtocol
{
    /// <summary>Pub/sub topic of manifests and chunks.</summary>
    public const string SnapshotTopic = "dqn-snapshots";

    /// <summary>The learner hands over a snapshot. Answered by <see cref="PublishAccepted"/>; one at a time.</summary>
    /// <param name="Snapshot">The snapshot.</param>
    public sealed record Publish(PolicySnapshot Snapshot);

    /// <summary>The publisher can take the next snapshot.</summary>
    public sealed record PublishAccepted
    {
        private PublishAccepted()
        {
        }

        /// <summary>The only one.</summary>
        public static PublishAccepted Instance { get; } = new();
    }

    /// <summary>Announces a snapshot.</summary>
    /// <param name="Generation">Generation of the learner.</param>
    /// <param name="Version">Version of the snapshot.</param>
    /// <param name="Updates">Learner updates behind it.</param>
    /// <param name="Steps">Environment steps of the run at that time.</param>
    /// <param name="Length">Number of float32 parameters.</param>
    /// <param name="Chunks">Number of chunks that follow.</param>
    /// <param name="Checksum">XXH3 (64 bits) of the little-endian bytes of all parameters.</param>
    public sealed record Manifest(long Generation, long Version, long Updates, long Steps, int Length, int Chunks, ulong Checksum) : IWireMessage;

    /// <summary>One piece of a snapshot.</summary>
    /// <param name="Generation">Generation of the learner.</param>
    /// <param name="Version">Version of the snapshot.</param>
    /// <param name="Index">Number of the piece, from 0.</param>
    /// <param name="Offset">First parameter in the piece.</param>
    /// <param name="Parameters">The parameters.</param>
    public sealed record Chunk(long Generation, long Version, int Index, int Offset, ReadOnlyMemory<float> Parameters) : IWireMessage;

    /// <summary>
    /// How far a mirror is with a snapshot: the publisher sends no more than a few chunks, and no more than a few snapshots, that are
    /// not received. Answers every chunk and every manifest of a snapshot that is held already.
    /// </summary>
    /// <param name="Generation">Generation.</param>
    /// <param name="Version">Version.</param>
    /// <param name="Chunks">Chunks received.</param>
    /// <param name="IsWhole">Whether the mirror holds the whole snapshot, its checksum verified.</param>
    public sealed record Received(long Generation, long Version, int Chunks, bool IsWhole) : IWireMessage;

    /// <summary>
    /// A mirror holds a newer generation than the learner's (a clock that went back): the learner goes on under one that is newer still.
    /// </summary>
    /// <param name="Generation">The generation seen.</param>
    public sealed record NewerGenerationSeen(long Generation);

    /// <summary>A mirror that lacks the newest snapshot asks for it.</summary>
    public sealed record SnapshotRequest : IWireMessage
    {
        private SnapshotRequest()
        {
        }

        /// <summary>The only one.</summary>
        public static SnapshotRequest Instance { get; } = new();
    }

    /// <summary>A local actor wants every newest snapshot; it gets the present one at once, and the next after <see cref="Consumed"/>.</summary>
    public sealed record Subscribe
    {
        private Subscribe()
        {
        }

        /// <summary>The only one.</summary>
        public static Subscribe Instance { get; } = new();
    }

    /// <summary>A subscriber has taken the snapshot sent to it, and can take a newer one.</summary>
    public sealed record Consumed
    {
        private Consumed()
        {
        }

        /// <summary>The only one.</summary>
        public static Consumed Instance { get; } = new();
    }
}
