using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DqnAkka.Actors;

/// <summary>Cuts a snapshot into chunks and puts chunks together again.</summary>
public static class SnapshotWire
{
    /// <summary>The manifest of a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="chunkBytes">Largest chunk, in bytes.</param>
    public static SnapshotProtocol.Manifest Describe(PolicySnapshot snapshot, int chunkBytes)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        int perChunk = ParametersPerChunk(chunkBytes);
        int chunks = (snapshot.Parameters.Length + perChunk - 1) / perChunk;
        return new SnapshotProtocol.Manifest(
            snapshot.Generation, snapshot.Version, snapshot.Updates, snapshot.Steps, snapshot.Parameters.Length, chunks, Checksum(snapshot.Parameters));
    }

    /// <summary>The chunks of a snapshot, in order; they share its array.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="chunkBytes">Largest chunk, in bytes.</param>
    public static IEnumerable<SnapshotProtocol.Chunk> Cut(PolicySnapshot snapshot, int chunkBytes)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        int perChunk = ParametersPerChunk(chunkBytes);
        int index = 0;
        for (int offset = 0; offset < snapshot.Parameters.Length; offset += perChunk)
        {
            int length = Math.Min(perChunk, snapshot.Parameters.Length - offset);
            yield return new SnapshotProtocol.Chunk(
                snapshot.Generation, snapshot.Version, index++, offset, snapshot.Parameters.AsMemory(offset, length));
        }
    }

    /// <summary>XXH3 (64 bits) of the parameters' bytes.</summary>
    /// <param name="parameters">The parameters.</param>
    public static ulong Checksum(ReadOnlySpan<float> parameters) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(parameters));

    private static int ParametersPerChunk(int chunkBytes) => Math.Max(1, chunkBytes / sizeof(float));
}
