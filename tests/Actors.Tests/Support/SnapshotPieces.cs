namespace DqnAkka.Actors.Tests;

/// <summary>Snapshots whose every parameter tells its generation and version, and their chunks.</summary>
internal static class SnapshotPieces
{
    public static PolicySnapshot Snapshot(long generation, long version, int length) =>
        new(generation, version, 10 * version, 100 * version, [.. Enumerable.Range(0, length).Select(i => MathF.Sin((generation * 1000) + version + (i * 0.01f)))]);

    public static SnapshotProtocol.Chunk[] Chunks(PolicySnapshot snapshot, int chunkBytes) =>
        [.. Enumerable.Range(0, SnapshotWire.Describe(snapshot, chunkBytes).Chunks).Select(index => SnapshotWire.Cut(snapshot, chunkBytes, index))];
}
