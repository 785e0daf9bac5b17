using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace DqnAkka.Actors;

/// <summary>
/// Writes the fields of a message, little-endian, or only counts their bytes: an encoding runs once to learn the exact length and once
/// to fill an array of that length, so that the two cannot disagree.
/// </summary>
internal ref struct WireWriter
{
    private readonly Span<byte> _target;
    private readonly bool _measures;

    private WireWriter(Span<byte> target, bool measures)
    {
        _target = target;
        _measures = measures;
    }

    /// <summary>Bytes written or counted so far.</summary>
    public long Length { get; private set; }

    /// <summary>A writer that only counts.</summary>
    public static WireWriter Measure() => new(default, measures: true);

    /// <summary>A writer that fills an array.</summary>
    /// <param name="target">The array.</param>
    public static WireWriter Fill(Span<byte> target) => new(target, measures: false);

    /// <summary>One byte.</summary>
    public void Byte(byte value)
    {
        if (!_measures)
        {
            _target[(int)Length] = value;
        }

        Length++;
    }

    /// <summary>0 or 1, one byte.</summary>
    public void Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Two bytes without sign.</summary>
    public void UInt16(int value)
    {
        if (!_measures)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_target[(int)Length..], checked((ushort)value));
        }

        Length += sizeof(ushort);
    }

    /// <summary>Four bytes.</summary>
    public void Int32(int value)
    {
        if (!_measures)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_target[(int)Length..], value);
        }

        Length += sizeof(int);
    }

    /// <summary>Eight bytes.</summary>
    public void Int64(long value)
    {
        if (!_measures)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_target[(int)Length..], value);
        }

        Length += sizeof(long);
    }

    /// <summary>Eight bytes.</summary>
    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>A column without its length.</summary>
    public void Column<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!_measures)
        {
            MemoryMarshal.AsBytes(values).CopyTo(_target[(int)Length..]);
        }

        Length += (long)values.Length * Unsafe.SizeOf<T>();
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
        if (!_measures)
        {
            Encoding.UTF8.GetBytes(value, _target[(int)Length..]);
        }

        Length += bytes;
    }
}
