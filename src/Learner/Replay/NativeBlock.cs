using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>
/// Doubles outside the garbage collector's heap, at a multiple of 64 bytes, zero at first. Whoever uses the pointer keeps the block reachable
/// meanwhile.
/// </summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const int CacheLine = 64;
    private double* _start;

    /// <summary>Reserves the memory and touches all of it, so that a lack of it shows here.</summary>
    /// <param name="length">Number of doubles, at least 1.</param>
    /// <exception cref="OutOfMemoryException">There is not as much memory.</exception>
    public NativeBlock(long length)
    {
        nuint bytes = checked((nuint)(length * sizeof(double)));
        _start = (double*)NativeMemory.AlignedAlloc(bytes, bytes >= HugePages.Size ? (nuint)HugePages.Size : CacheLine);
        HugePages.Advise(_start, (long)bytes);
        NativeMemory.Clear(_start, bytes);
    }

    ~NativeBlock() => NativeMemory.AlignedFree(_start);

    /// <summary>First double.</summary>
    public double* Start => _start;

    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
        GC.SuppressFinalize(this);
    }
}
