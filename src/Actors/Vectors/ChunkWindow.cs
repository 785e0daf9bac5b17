namespace DqnAkka.Actors;

/// <summary>
/// The sending side of one vector: which piece goes next, and how many may be on their way. Where a window covers the vector, nothing
/// needs to be acknowledged. The pieces are in order; one that is lost stops the vector, and whoever waits for it has a deadline.
/// </summary>
/// <param name="totalBytes">Length of the vector, at least 1.</param>
internal sealed class ChunkWindow(int totalBytes)
{
    /// <summary>Longest piece; what remains of a frame says where it belongs. A multiple of 64, so that a piece of floats is whole vectors.</summary>
    public const int ChunkBytes = 63_872;

    /// <summary>Pieces on their way at most: 512 KB a link, which keeps heartbeats quick (docs/benchmarks.md).</summary>
    public const int MostUnderway = 8;

    private int _sent;
    private int _acknowledged;

    /// <summary>Whether all of it was handed out.</summary>
    public bool IsSent => _sent == totalBytes;

    /// <summary>The next piece that may be sent.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryNext(out int offset, out int length)
    {
        offset = _sent;
        length = Math.Min(ChunkBytes, totalBytes - _sent);
        if (length == 0 || _sent - _acknowledged > (MostUnderway - 1) * ChunkBytes)
        {
            return false;
        }

        _sent += length;
        return true;
    }

    /// <summary>The receiver has the first bytes.</summary>
    /// <param name="bytes">How many; what is less than known, or more than was sent, says nothing.</param>
    public void Acknowledge(int bytes)
    {
        if (bytes <= _sent)
        {
            _acknowledged = Math.Max(_acknowledged, bytes);
        }
    }
}
