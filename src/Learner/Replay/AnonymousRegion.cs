using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>A region of the process's own memory outside the garbage collector's heap, zero at first. The system backs a page when it is first written.</summary>
internal sealed unsafe class AnonymousRegion : MemoryRegion
{
    private void* _allocation;

    /// <summary>Reserves a region.</summary>
    /// <param name="length">Number of bytes, above 0.</param>
    /// <exception cref="OutOfMemoryException">There is not as much memory.</exception>
    public AnonymousRegion(long length)
        : this(NativeMemory.AllocZeroed(checked((nuint)(length + Slack(length)))), length)
    {
    }

    private AnonymousRegion(void* allocation, long length)
        : base(AlignedStart(allocation, length), length)
    {
        _allocation = allocation;
        HugePages.Advise(Start, length);
    }

    /// <summary>Gives the memory back where nobody has.</summary>
    ~AnonymousRegion() => Dispose(isDisposing: false);

    /// <inheritdoc />
    protected override void Dispose(bool isDisposing)
    {
        NativeMemory.Free(_allocation);
        _allocation = null;
    }

    private static byte* AlignedStart(void* allocation, long length)
    {
        nuint alignment = (nuint)Slack(length);
        return (byte*)(((nuint)allocation + alignment - 1) / alignment * alignment);
    }

    // A region of several large pages begins with one. What is skipped for that is never touched, and so costs addresses only.
    private static long Slack(long length) => length >= 2L * HugePages.Size ? HugePages.Size : Alignment;
}
