namespace DqnAkka.Actors;

/// <summary>A snapshot on its way: which of its chunks are sent, in order.</summary>
internal sealed class SnapshotTransfer
{
    private readonly PolicySnapshot _snapshot;
    private readonly int _chunkBytes;

    /// <summary>Describes a snapshot, of which nothing is sent so far.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="chunkBytes">Largest chunk, in bytes.</param>
    public SnapshotTransfer(PolicySnapshot snapshot, int chunkBytes)
        : this(snapshot, chunkBytes, SnapshotWire.Describe(snapshot, chunkBytes))
    {
    }

    private SnapshotTransfer(PolicySnapshot snapshot, int chunkBytes, SnapshotProtocol.Manifest manifest)
    {
        _snapshot = snapshot;
        _chunkBytes = chunkBytes;
        Manifest = manifest;
    }

    /// <summary>The snapshot's manifest.</summary>
    public SnapshotProtocol.Manifest Manifest { get; }

    /// <summary>Chunks sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Whether every chunk is sent.</summary>
    public bool IsSent => Sent == Manifest.Chunks;

    /// <summary>The next chunk, which counts as sent.</summary>
    public SnapshotProtocol.Chunk Next() => SnapshotWire.Cut(_snapshot, _chunkBytes, Sent++);

    /// <summary>The same snapshot from its first chunk.</summary>
    public SnapshotTransfer Again() => new(_snapshot, _chunkBytes, Manifest);
}
