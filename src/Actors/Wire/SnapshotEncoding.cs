namespace DqnAkka.Actors;

/// <summary>How <see cref="SnapshotProtocol"/> is encoded.</summary>
internal static class SnapshotEncoding
{
    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<SnapshotProtocol.Manifest>("M", WriteManifest, ReadManifest),
        new WireEncoding<SnapshotProtocol.Chunk>("MC", WriteChunk, ReadChunk),
        new WireEncoding<SnapshotProtocol.Received>("MR", WriteReceived, ReadReceived),
        new WireEncoding<SnapshotProtocol.SnapshotRequest>(
            "MQ", (ref WireWriter _, SnapshotProtocol.SnapshotRequest _) => { }, (ref WireReader _) => SnapshotProtocol.SnapshotRequest.Instance),
    ];

    private static void WriteManifest(ref WireWriter writer, SnapshotProtocol.Manifest message)
    {
        writer.Int64(message.Generation);
        writer.Int64(message.Version);
        writer.Int64(message.Updates);
        writer.Int64(message.Steps);
        writer.Int32(message.Length);
        writer.Int32(message.Chunks);
        writer.Int64(unchecked((long)message.Checksum));
    }

    private static SnapshotProtocol.Manifest ReadManifest(ref WireReader reader)
    {
        SnapshotProtocol.Manifest manifest = new(
            reader.Total(), reader.Total(), reader.Total(), reader.Total(), reader.Count(least: 1), reader.Count(least: 1), unchecked((ulong)reader.Int64()));
        // No chunk is empty, and none is longer than a frame.
        bool isPossible = manifest.Chunks <= manifest.Length && (long)manifest.Chunks * WireFormat.MaxFrameBytes >= (long)manifest.Length * sizeof(float);
        return isPossible ? manifest : throw new WireException($"{manifest.Length} parameters do not come in {manifest.Chunks} chunks");
    }

    private static void WriteChunk(ref WireWriter writer, SnapshotProtocol.Chunk message)
    {
        writer.Int64(message.Generation);
        writer.Int64(message.Version);
        writer.Int32(message.Index);
        writer.Int32(message.Offset);
        writer.Int32(message.Parameters.Length);
        writer.Column(message.Parameters.Span);
    }

    private static SnapshotProtocol.Chunk ReadChunk(ref WireReader reader)
    {
        long generation = reader.Total();
        long version = reader.Total();
        int index = reader.Count();
        int offset = reader.Count();
        int length = reader.Length(sizeof(float));
        return length > 0 && offset <= int.MaxValue - length
            ? new SnapshotProtocol.Chunk(generation, version, index, offset, reader.Column<float>(length))
            : throw new WireException($"there is no chunk of {length} parameters at {offset}");
    }

    private static void WriteReceived(ref WireWriter writer, SnapshotProtocol.Received message)
    {
        writer.Int64(message.Generation);
        writer.Int64(message.Version);
        writer.Int32(message.Chunks);
        writer.Boolean(message.IsWhole);
    }

    private static SnapshotProtocol.Received ReadReceived(ref WireReader reader) =>
        new(reader.Total(), reader.Total(), reader.Count(), reader.Boolean());
}
