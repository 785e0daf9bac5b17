using System.Runtime.InteropServices;

namespace DqnAkka.Learner.Tests;

/// <summary>Memory that outlives the buffers on it, as a file's pages do.</summary>
internal sealed unsafe class BorrowedMemory : IDisposable
{
    private readonly byte* _start;

    public BorrowedMemory(long length)
    {
        Length = length;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)length, MemoryRegion.Alignment);
        NativeMemory.Clear(_start, (nuint)length);
    }

    public long Length { get; }

    public Span<byte> Bytes => new(_start, (int)Length);

    public MemoryRegion Open() => new Region(_start, Length);

    public void Dispose() => NativeMemory.AlignedFree(_start);

    private sealed class Region(byte* start, long length) : MemoryRegion(start, length)
    {
        protected override void Dispose(bool isDisposing)
        {
        }
    }
}
