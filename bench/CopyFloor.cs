using System.Runtime.InteropServices;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>
/// What this machine's memory allows: nothing but the copies of as many bytes as a transition's two observations have, between a million places and
/// a batch.
/// </summary>
internal sealed unsafe class CopyFloor : IDisposable
{
    private readonly int _places;
    private readonly int _bytes;
    private readonly byte* _memory;
    private readonly byte* _batch;
    private readonly int[] _order;
    private int _next;

    /// <summary>Reserves and touches the memory.</summary>
    /// <param name="places">Number of places.</param>
    /// <param name="bytes">Bytes of each.</param>
    /// <param name="most">The most places copied at once.</param>
    public CopyFloor(int places, int bytes, int most)
    {
        _places = places;
        _bytes = bytes;
        // In large pages, as a replay buffer has them.
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)places * (nuint)bytes, HugePages.Size);
        HugePages.Advise(_memory, (long)places * bytes);
        NativeMemory.Fill(_memory, (nuint)places * (nuint)bytes, 1);
        _batch = (byte*)NativeMemory.AlignedAlloc((nuint)most * (nuint)bytes, 64);
        NativeMemory.Fill(_batch, (nuint)most * (nuint)bytes, 1);
        RandomSource random = new(5);
        _order = [.. Enumerable.Range(0, 1 << 20).Select(_ => random.NextInt(places))];
    }

    /// <summary>Copies from random places into the batch.</summary>
    public void Gather(int count, int times)
    {
        for (int time = 0; time < times; time++)
        {
            _next = _next + count > _order.Length ? 0 : _next;
            for (int i = 0; i < count; i++)
            {
                Buffer.MemoryCopy(_memory + ((long)_order[_next++] * _bytes), _batch + (i * (long)_bytes), _bytes, _bytes);
            }
        }
    }

    /// <summary>Copies the batch to places in sequence.</summary>
    public void Append(int count, int times)
    {
        for (int time = 0; time < times; time++)
        {
            _next = _next + count > _places ? 0 : _next;
            Buffer.MemoryCopy(_batch, _memory + ((long)_next * _bytes), (long)count * _bytes, (long)count * _bytes);
            _next += count;
        }

        _next = 0;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.AlignedFree(_batch);
    }
}
