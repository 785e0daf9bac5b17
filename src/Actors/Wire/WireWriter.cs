using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace DqnAkka.Actors;

/// <summary>
/// Writes the fields of a message, little-endian, or only counts their bytes: an encoding runs once to learn the exact length and once
/// to fill an array of that length, so that the two cannot disagree. Of a message that is cut it runs once for each piece, whatever is
/// outside of it being passed over, so that a long message is never put together in one.
/// </summary>
internal ref struct WireWriter
{
    private readonly Span<byte> _target;
    private readonly long _from;

    private WireWriter(Span<byte> target, long from)
    {
        _target = target;
        _from = from;
    }

    /// <summary>Bytes written or counted so far.</summary>
    public long Length { get; private set; }

    /// <summary>A writer that only counts.</summary>
    public static WireWriter Measure() => new(default, from: 0);

    /// <summary>A writer that fills an array.</summary>
    /// <param name="target">The array.</param>
    public static WireWriter Fill(Span<byte> target) => new(target, from: 0);

    /// <summary>A writer that fills a piece of the message.</summary>
    /// <param name="piece">Receives the piece.</param>
    /// <param name="from">Bytes of the message before the piece.</param>
    public static WireWriter FillPiece(Span<byte> piece, long from) => new(piece, from);

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Put([value]);

    /// <summary>0 or 1, one byte.</summary>
    public void Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Two bytes without sign.</summary>
    public void UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
        Put(bytes);
    }

    /// <summary>Four bytes.</summary>
    public void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Put(bytes);
    }

    /// <summary>Eight bytes.</summary>
    public void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Put(bytes);
    }

    /// <summary>Eight bytes.</summary>
    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>A column without its length.</summary>
    public void Column<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // More bytes than a span can have come in parts.
        int most = int.MaxValue / Unsafe.SizeOf<T>();
        while (values.Length > most)
        {
            Put(MemoryMarshal.AsBytes(values[..most]));
            values = values[most..];
        }

        Put(MemoryMarshal.AsBytes(values));
    }

    /// <summary>A name of at most <see cref="WireFormat.MaxNameBytes"/>.</summary>
    public void Name(string value) => Exact(value, WireFormat.MaxNameBytes);

    /// <summary>A value of at most <see cref="WireFormat.MaxValueBytes"/>.</summary>
    public void Value(string value) => Exact(value, WireFormat.MaxValueBytes);

    /// <summary>A line for people, cut at <see cref="WireFormat.MaxTextBytes"/>.</summary>
    public void Text(string value)
    {
        if (Encoding.UTF8.GetByteCount(value) > WireFormat.MaxTextBytes)
        {
            Span<byte> head = stackalloc byte[WireFormat.MaxTextBytes];
            Encoding.UTF8.GetEncoder().Convert(value, head, flush: false, out int characters, out _, out _);
            value = value[..(char.IsHighSurrogate(value[characters - 1]) ? characters - 1 : characters)];
        }

        Exact(value, WireFormat.MaxTextBytes);
    }

    private void Exact(string value, int limit)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes > limit)
        {
            throw new ArgumentException($"the text \"{value[..Math.Min(40, value.Length)]}…\" has {bytes} bytes; a message takes {limit}", nameof(value));
        }

        UInt16(bytes);
        Span<byte> text = stackalloc byte[WireFormat.MaxValueBytes];
        Put(text[..Encoding.UTF8.GetBytes(value, text)]);
    }

    private void Put(scoped ReadOnlySpan<byte> bytes)
    {
        long start = Length - _from;
        Length += bytes.Length;
        if (start < _target.Length && start + bytes.Length > 0)
        {
            ReadOnlySpan<byte> inside = bytes[(int)Math.Max(0, -start)..];
            int position = (int)Math.Max(0, start);
            inside[..Math.Min(inside.Length, _target.Length - position)].CopyTo(_target[position..]);
        }
    }
}
