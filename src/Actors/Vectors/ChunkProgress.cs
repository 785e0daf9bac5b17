namespace DqnAkka.Actors;

/// <summary>The receiving side of one vector: takes pieces in order, and says when the sender must hear of it.</summary>
/// <param name="totalBytes">Length of the vector, at least 1.</param>
internal sealed class ChunkProgress(int totalBytes)
{
    private const int AcknowledgedPieces = ChunkWindow.MostUnderway / 2;

    /// <summary>Bytes received.</summary>
    public int Received { get; private set; }

    /// <summary>Length of the vector.</summary>
    public int Total => totalBytes;

    /// <summary>Whether all of it is there.</summary>
    public bool IsWhole => Received == totalBytes;

    /// <summary>
    /// Whether the sender waits for an acknowledgement of what was received: half a window at a time, and never of a vector's last window, which
    /// is underway anyhow; the receiver answers the end in its own way.
    /// </summary>
    public bool IsAcknowledgementDue =>
        Received % (AcknowledgedPieces * ChunkWindow.ChunkBytes) == 0 && totalBytes - Received > AcknowledgedPieces * ChunkWindow.ChunkBytes;

    /// <summary>Takes a piece.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>Whether it is the next one; a repeated one, or one after a gap, is not.</returns>
    public bool TryTake(int offset, int length)
    {
        if (offset != Received || length < 1 || length > totalBytes - Received)
        {
            return false;
        }

        Received += length;
        return true;
    }
}
