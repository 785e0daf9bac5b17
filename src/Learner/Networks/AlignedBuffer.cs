using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>
/// Floats at a fixed address that is a multiple of 64 bytes (one cache line, one 512-bit vector), zero at first.
/// The pointer is valid as long as the buffer is reachable.
/// </summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    // The pinned heap frees the array with its owner, so nothing needs disposing.
    private readonly float[] _storage;

    /// <summary>Allocates <paramref name="length"/> floats.</summary>
    /// <exception cref="InsufficientMemoryException">They are more than one array holds.</exception>
    public AlignedBuffer(long length)
    {
        const int Slack = Alignment / sizeof(float);
        if (length > Array.MaxLength - Slack)
        {
            throw new InsufficientMemoryException($"a buffer of {length} floats is more than one array holds");
        }

        _storage = GC.AllocateArray<float>((int)length + Slack, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref _storage[0]);
        Pointer = (float*)((address + Alignment - 1) / Alignment * Alignment);
        Length = (int)length;
    }

    /// <summary>First element.</summary>
    public float* Pointer { get; }

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>All elements.</summary>
    public Span<float> Span => new(Pointer, Length);
}
