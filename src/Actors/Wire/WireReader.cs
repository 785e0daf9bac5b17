using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace DqnAkka.Actors;

/// <summary>
/// Reads the fields of a message. Nothing is allocated for more than what the frame still holds, and every value out of its range
/// is a <see cref="WireException"/>.
/// </summary>
internal ref struct WireReader
{
    private readonly ReadOnlySpan<ReadOnlyMemory<byte>> _pieces;
    private readonly long _total;
    private ReadOnlyMemory<byte> _frame;
    private ReadOnlySpan<byte> _bytes;
    private int _position;

    // Of the pieces, those that were begun; bytes of the others.
    private int _begun;
    private long _later;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="frame">The frame; what is read as a slice keeps it alive.</param>
    public WireReader(ReadOnlyMemory<byte> frame)
    {
        _frame = frame;
        _bytes = frame.Span;
        _total = frame.Length;
    }

    /// <summary>Starts at the first byte of a message that came in pieces.</summary>
    /// <param name="pieces">The pieces in order.</param>
    public WireReader(ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        _pieces = pieces;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            _later += piece.Length;
        }

        _total = _later;
    }

    /// <summary>Bytes not read yet; of more than one array can hold, so many.</summary>
    public readonly int Remaining => (int)Math.Min(Left, Array.MaxLength);

    private readonly long Left => _bytes.Length - _position + _later;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>0 or 1, one byte.</summary>
    public bool Boolean() => Byte() switch
    {
        0 => false,
        1 => true,
        byte other => throw new WireException($"{other} is neither true nor false"),
    };

    /// <summary>Four bytes.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Eight bytes.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Eight bytes.</summary>
    public double Double() => BitConverter.Int64BitsToDouble(Int64());

    /// <summary>Eight bytes: a time span.</summary>
    public TimeSpan Duration() => TimeSpan.FromTicks(Int64());

    /// <summary>Four bytes, at least <paramref name="least"/>.</summary>
    public int Count(int least = 0)
    {
        int value = Int32();
        return value >= least ? value : throw new WireException($"{value} is below {least}");
    }

    /// <summary>Eight bytes, at least <paramref name="least"/>.</summary>
    public long Total(long least = 0)
    {
        long value = Int64();
        return value >= least ? value : throw new WireException($"{value} is below {least}");
    }

    /// <summary>Eight bytes: a finite number, at least 0.</summary>
    public double Mass()
    {
        double value = Double();
        return double.IsFinite(value) && value >= 0 ? value : throw new WireException($"{value} is no mass");
    }

    /// <summary>Eight bytes: ticks that a <see cref="DateTime"/> can hold.</summary>
    public long UtcTicks()
    {
        long value = Total();
        return value <= DateTime.MaxValue.Ticks ? value : throw new WireException($"{value} ticks are no time");
    }

    /// <summary>One byte: a value that the enumeration names.</summary>
    public T Choice<T>()
        where T : struct, Enum
    {
        byte value = Byte();
        T choice = (T)Enum.ToObject(typeof(T), value);
        return Enum.IsDefined(choice) ? choice : throw new WireException($"{value} is no {typeof(T).Name}");
    }

    /// <summary>The length of a list, four bytes: no more than the frame still holds.</summary>
    /// <param name="leastElementBytes">Fewest bytes of one element.</param>
    public int Length(int leastElementBytes)
    {
        int length = Count();
        return (long)length * leastElementBytes <= Remaining
            ? length
            : throw new WireException($"a list of {length} elements does not fit the {Remaining} bytes that follow");
    }

    /// <summary>A column of a length that is known, copied.</summary>
    public T[] Column<T>(int length)
        where T : unmanaged
    {
        Require((long)length * Unsafe.SizeOf<T>());
        T[] values = GC.AllocateUninitializedArray<T>(length);
        CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Bytes as a slice of the frame, or a copy where they lie in more than one piece.</summary>
    public ReadOnlyMemory<byte> Slice(int length)
    {
        Require(length);
        if (length > _bytes.Length - _position)
        {
            return Gather(length);
        }

        _position += length;
        return _frame.Slice(_position - length, length);
    }

    /// <summary>A name of at most <see cref="WireFormat.MaxNameBytes"/>.</summary>
    public string Name() => String(WireFormat.MaxNameBytes);

    /// <summary>A value of at most <see cref="WireFormat.MaxValueBytes"/>.</summary>
    public string Value() => String(WireFormat.MaxValueBytes);

    /// <summary>A line of at most <see cref="WireFormat.MaxTextBytes"/>.</summary>
    public string Text() => String(WireFormat.MaxTextBytes);

    private string String(int limit)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));
        if (length > limit)
        {
            throw new WireException($"a text of {length} bytes is longer than {limit}");
        }

        ReadOnlySpan<byte> bytes = Take(length);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new WireException("a text is not UTF-8");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        Require(length);
        if (length > _bytes.Length - _position)
        {
            return Gather(length);
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    private readonly void Require(long length)
    {
        if (length > Left)
        {
            throw new WireException($"{length} bytes are missing at byte {_total - Left} of {_total}");
        }
    }

    private byte[] Gather(int length)
    {
        byte[] gathered = GC.AllocateUninitializedArray<byte>(length);
        CopyTo(gathered);
        return gathered;
    }

    private void CopyTo(Span<byte> target)
    {
        while (target.Length > 0)
        {
            if (_position == _bytes.Length)
            {
                _frame = _pieces[_begun++];
                _bytes = _frame.Span;
                _later -= _bytes.Length;
                _position = 0;
            }

            int length = Math.Min(target.Length, _bytes.Length - _position);
            _bytes.Slice(_position, length).CopyTo(target);
            _position += length;
            target = target[length..];
        }
    }
}
