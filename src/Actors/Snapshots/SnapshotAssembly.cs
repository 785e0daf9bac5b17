namespace DqnAkka.Actors;

/// <summary>
/// One mirror's snapshots: the newest that is whole, and the one that is being put together. A newer manifest cancels an older one;
/// chunks of any other snapshot are ignored; nothing becomes the newest whose checksum differs.
/// </summary>
/// <param name="length">Number of parameters of the network; no other length is taken, nor memory set aside for it.</param>
public sealed class SnapshotAssembly(int length)
{
    private float[] _parameters = [];
    private bool[] _present = [];

    /// <summary>The newest snapshot that is whole, or null.</summary>
    public PolicySnapshot? Newest { get; private set; }

    /// <summary>The manifest whose chunks are awaited, or null.</summary>
    public SnapshotProtocol.Manifest? Awaited { get; private set; }

    /// <summary>Chunks that are there of the snapshot that is awaited.</summary>
    public int Present { get; private set; }

    /// <summary>Whether a manifest describes the parameters of this mirror's network.</summary>
    /// <param name="manifest">The manifest.</param>
    public bool Fits(SnapshotProtocol.Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Length == length && manifest.Chunks >= 1 && manifest.Chunks <= manifest.Length;
    }

    /// <summary>Begins to await a snapshot, if it is newer than what is held and awaited.</summary>
    /// <param name="manifest">Its manifest.</param>
    /// <returns>What the publisher is to know at once: that the snapshot is held, or that there is one of a newer generation.</returns>
    public SnapshotProtocol.Received? Take(SnapshotProtocol.Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        (long, long) key = (manifest.Generation, manifest.Version);
        if (Awaited is { } awaited && key.CompareTo((awaited.Generation, awaited.Version)) <= 0)
        {
            // Who still sends an older generation cannot know of the newer one.
            return manifest.Generation < awaited.Generation
                ? new SnapshotProtocol.Received(awaited.Generation, awaited.Version, Present, IsWhole: false)
                : null;
        }

        if (Newest is { } newest && key.CompareTo((newest.Generation, newest.Version)) <= 0)
        {
            return new SnapshotProtocol.Received(newest.Generation, newest.Version, manifest.Chunks, IsWhole: true);
        }

        if (Fits(manifest))
        {
            Begin(manifest);
        }

        return null;
    }

    /// <summary>Takes a chunk; the last one makes its snapshot the newest.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <returns>The answer to the publisher, or null where the chunk belongs to nothing that is awaited.</returns>
    public SnapshotProtocol.Received? Take(SnapshotProtocol.Chunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        bool isAwaited = Awaited is not null && chunk.Generation == Awaited.Generation && chunk.Version == Awaited.Version
            && (uint)chunk.Index < (uint)_present.Length
            && chunk.Offset >= 0 && chunk.Offset <= _parameters.Length - chunk.Parameters.Length;
        if (!isAwaited)
        {
            return null;
        }

        if (!_present[chunk.Index])
        {
            chunk.Parameters.Span.CopyTo(_parameters.AsSpan(chunk.Offset));
            _present[chunk.Index] = true;
            Present++;
        }

        int received = Present;
        bool isWhole = received == _present.Length && Finish(Awaited!);
        return new SnapshotProtocol.Received(chunk.Generation, chunk.Version, received, isWhole);
    }

    private void Begin(SnapshotProtocol.Manifest manifest)
    {
        Awaited = manifest;
        Present = 0;
        _present = new bool[manifest.Chunks];
        // The array of a snapshot that was cancelled serves the next one.
        if (_parameters.Length == 0)
        {
            _parameters = new float[length];
        }
    }

    private bool Finish(SnapshotProtocol.Manifest manifest)
    {
        Awaited = null;
        Present = 0;
        if (SnapshotWire.Checksum(_parameters) != manifest.Checksum)
        {
            return false;
        }

        Newest = new PolicySnapshot(manifest.Generation, manifest.Version, manifest.Updates, manifest.Steps, _parameters);
        _parameters = [];
        return true;
    }
}
