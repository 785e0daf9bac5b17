using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DqnAkka.Actors;

/// <summary>Describes a snapshot and cuts it into chunks.</summary>
public static class SnapshotWire
{
    /// <summary>The manifest of a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="chunkBytes">Largest chunk, in bytes.</param>
    public static SnapshotProtocol.Manifest Describe(PolicySnapshot snapshot, int chunkBytes)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        int perChunk = ParametersPerChunk(chunkBytes);
        int chunks = (int)(((long)snapshot.Parameters.Length + perChunk - 1) / perChunk);
        return new SnapshotProtocol.Manifest(
            snapshot.Generation, snapshot.Version, snapshot.Updates, snapshot.Steps, snapshot.Parameters.Length, chunks, Checksum(snapshot.Parameters));
    }

    /// <summary>One chunk of a snapshot; it shares the snapshot's array.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="chunkBytes">Largest chunk, in bytes.</param>
    /// <param name="index">Number of the chunk, from 0.</param>
    public static SnapshotProtocol.Chunk Cut(PolicySnapshot snapshot, int chunkBytes, int index)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        int perChunk = ParametersPerChunk(chunkBytes);
        int offset = checked(index * perChunk);
        int length = Math.Min(perChunk, snapshot.Parameters.Length - offset);
        return new SnapshotProtocol.Chunk(snapshot.Generation, snapshot.Version, index, offset, snapshot.Parameters.AsMemory(offset, length));
    }

    /// <summary>XXH3 (64 bits) of the parameters' bytes.</summary>
    /// <param name="parameters">The parameters.</param>
    public static ulong Checksum(ReadOnlySpan<float> parameters) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(parameters));

    private static int ParametersPerChunk(int chunkBytes) => Math.Max(1, chunkBytes / sizeof(float));
}
