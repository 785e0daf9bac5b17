namespace DqnAkka.Actors;

/// <summary>
/// Puts together the newest snapshot announced. A newer manifest cancels an older one; chunks of any other snapshot are ignored;
/// nothing is given out whose checksum differs.
/// </summary>
public sealed class SnapshotAssembly
{
    private SnapshotProtocol.Manifest? _manifest;
    private float[] _parameters = [];
    private bool[] _present = [];
    private int _missing;

    /// <summary>The manifest whose chunks are still awaited, or null.</summary>
    public SnapshotProtocol.Manifest? Awaited => _manifest;

    /// <summary>Begins to await a snapshot, unless it is already awaited or older than the one that is.</summary>
    /// <param name="manifest">Its manifest.</param>
    public void Begin(SnapshotProtocol.Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        bool isNewer = _manifest is null
            || (manifest.Generation, manifest.Version).CompareTo((_manifest.Generation, _manifest.Version)) > 0;
        if (!isNewer || manifest.Length < 1 || manifest.Chunks < 1 || manifest.Chunks > manifest.Length)
        {
            return;
        }

        _manifest = manifest;
        _parameters = new float[manifest.Length];
        _present = new bool[manifest.Chunks];
        _missing = manifest.Chunks;
    }

    /// <summary>Takes a chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <returns>The snapshot that it completes, or null. A complete snapshot with another checksum is dropped and no longer awaited.</returns>
    public PolicySnapshot? Add(SnapshotProtocol.Chunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        bool fits = _manifest is not null && chunk.Generation == _manifest.Generation && chunk.Version == _manifest.Version
            && (uint)chunk.Index < (uint)_present.Length && !_present[chunk.Index]
            && chunk.Offset >= 0 && chunk.Offset <= _parameters.Length - chunk.Parameters.Length;
        if (!fits)
        {
            return null;
        }

        chunk.Parameters.Span.CopyTo(_parameters.AsSpan(chunk.Offset));
        _present[chunk.Index] = true;
        if (--_missing > 0)
        {
            return null;
        }

        SnapshotProtocol.Manifest manifest = _manifest!;
        _manifest = null;
        return SnapshotWire.Checksum(_parameters) == manifest.Checksum
            ? new PolicySnapshot(manifest.Generation, manifest.Version, manifest.Updates, manifest.Steps, _parameters)
            : null;
    }
}
