namespace DqnAkka.Learner;

/// <summary>
/// Bytes at a fixed address that is a multiple of 64, which one buffer divides among its parts. Whoever uses the pointer keeps the region
/// reachable meanwhile, and does not use it once it is disposed of.
/// </summary>
internal abstract unsafe class MemoryRegion : IDisposable
{
    /// <summary>A cache line: where parts of a region begin.</summary>
    public const int Alignment = 64;

    /// <summary>Takes over memory.</summary>
    /// <param name="start">First byte, at a multiple of <see cref="Alignment"/>.</param>
    /// <param name="length">Number of bytes, above 0.</param>
    protected MemoryRegion(byte* start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if ((nuint)start % Alignment != 0)
        {
            throw new ArgumentException($"a region begins at a multiple of {Alignment} bytes", nameof(start));
        }

        Start = start;
        Length = length;
    }

    /// <summary>First byte.</summary>
    public byte* Start { get; }

    /// <summary>Number of bytes.</summary>
    public long Length { get; }

    /// <summary>The length that begins the next part of a region, at a multiple of <see cref="Alignment"/>.</summary>
    /// <param name="bytes">Number of bytes.</param>
    public static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back; may be called more than once.</summary>
    /// <param name="isDisposing">Not so where the garbage collector does it.</param>
    protected abstract void Dispose(bool isDisposing);
}
