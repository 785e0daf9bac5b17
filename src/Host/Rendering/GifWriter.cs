using System.Buffers.Binary;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>
/// Writes an animation as GIF89a that repeats for ever, frame by frame: of each only the rectangle that changed, with the pixels in it that
/// did not left transparent, in colours of its own (exact up to 255, else 255 chosen ones). A frame that is equal to the one before makes that one last longer.
/// Memory is that of three frames, however many there are.
/// </summary>
internal sealed class GifWriter
{
    private const int LongestDelay = ushort.MaxValue;
    private readonly Stream _stream;
    private readonly ImageSize _size;
    private readonly byte[] _shown;
    private readonly byte[] _pending;
    private readonly int[] _changed;
    private readonly byte[] _indices;
    private readonly FramePalette _palette = new();
    private readonly GifLzw _lzw = new();
    private bool _hasShown;
    private bool _hasPending;
    private int _pendingDelay;

    /// <summary>Writes the beginning.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="size">Size of every frame, each side at most 65535.</param>
    public GifWriter(Stream stream, ImageSize size)
    {
        _stream = stream;
        _size = size;
        int pixels = checked(size.Width * size.Height);
        _shown = new byte[checked(pixels * 3)];
        _pending = new byte[pixels * 3];
        _changed = new int[pixels];
        _indices = new byte[pixels];
        stream.Write("GIF89a"u8);
        WriteWords(checked((ushort)size.Width), checked((ushort)size.Height));
        // No colours for all frames, no background, square pixels; then the extension that all players know for repeating.
        stream.Write([0, 0, 0]);
        stream.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
    }

    /// <summary>Frames in the file so far.</summary>
    public int Frames { get; private set; }

    /// <summary>Adds a frame.</summary>
    /// <param name="frame">The frame; may change afterwards.</param>
    /// <param name="delay">How long it is seen, in hundredths of a second, at least 1.</param>
    public void Write(RgbImage frame, int delay)
    {
        if (_hasPending && _pendingDelay + delay <= LongestDelay && frame.Pixels.SequenceEqual(_pending))
        {
            _pendingDelay += delay;
            return;
        }

        Flush();
        frame.Pixels.CopyTo(_pending);
        (_hasPending, _pendingDelay) = (true, delay);
    }

    /// <summary>Writes what is left and the end.</summary>
    public void Complete()
    {
        Flush();
        _stream.WriteByte(0x3B);
    }

    private void Flush()
    {
        if (!_hasPending)
        {
            return;
        }

        (int left, int top, int right, int bottom) = ChangedArea();
        bool isPartial = _hasShown;
        int pixels = Collect(left, top, right, bottom, isPartial, out int changed);
        _palette.Choose(_changed.AsSpan(0, changed));
        int colors = _palette.Count + (isPartial ? 1 : 0);
        int colorBits = 1;
        while (1 << colorBits < colors)
        {
            colorBits++;
        }

        byte transparent = (byte)_palette.Count;
        Index(left, top, right, bottom, isPartial, transparent);

        // Control: left in place when the next frame comes, with or without a transparent index; delay.
        _stream.Write([0x21, 0xF9, 4, (byte)(isPartial ? 0b101 : 0b100)]);
        WriteWords((ushort)_pendingDelay);
        _stream.Write([isPartial ? transparent : (byte)0, 0]);
        _stream.WriteByte(0x2C);
        WriteWords((ushort)left, (ushort)top, (ushort)(right - left), (ushort)(bottom - top));
        _stream.WriteByte((byte)(0x80 | (colorBits - 1)));
        _stream.Write(_palette.Colors.AsSpan(0, _palette.Count * 3));
        for (int i = _palette.Count; i < 1 << colorBits; i++)
        {
            _stream.Write([0, 0, 0]);
        }

        _lzw.Write(_stream, _indices.AsSpan(0, pixels), colorBits);
        _pending.CopyTo(_shown, 0);
        (_hasShown, _hasPending) = (true, false);
        Frames++;
    }

    private (int Left, int Top, int Right, int Bottom) ChangedArea()
    {
        if (!_hasShown)
        {
            return (0, 0, _size.Width, _size.Height);
        }

        (int left, int top, int right, int bottom) = (int.MaxValue, -1, 0, 0);
        int stride = _size.Width * 3;
        for (int y = 0; y < _size.Height; y++)
        {
            ReadOnlySpan<byte> before = _shown.AsSpan(y * stride, stride);
            ReadOnlySpan<byte> now = _pending.AsSpan(y * stride, stride);
            int common = before.CommonPrefixLength(now);
            if (common == stride)
            {
                continue;
            }

            int last = stride - 1;
            while (before[last] == now[last])
            {
                last--;
            }

            top = top < 0 ? y : top;
            bottom = y + 1;
            left = Math.Min(left, common / 3);
            right = Math.Max(right, (last / 3) + 1);
        }

        // Two equal frames whose time is too long for one: a pixel carries the rest.
        return top < 0 ? (0, 0, 1, 1) : (left, top, right, bottom);
    }

    private int Collect(int left, int top, int right, int bottom, bool isPartial, out int changed)
    {
        changed = 0;
        for (int y = top; y < bottom; y++)
        {
            for (int offset = ((y * _size.Width) + left) * 3, end = offset + ((right - left) * 3); offset < end; offset += 3)
            {
                if (!isPartial || IsChanged(offset))
                {
                    _changed[changed++] = FramePalette.Key(_pending.AsSpan(offset, 3));
                }
            }
        }

        return (right - left) * (bottom - top);
    }

    private void Index(int left, int top, int right, int bottom, bool isPartial, byte transparent)
    {
        int pixel = 0;
        for (int y = top; y < bottom; y++)
        {
            for (int offset = ((y * _size.Width) + left) * 3, end = offset + ((right - left) * 3); offset < end; offset += 3)
            {
                _indices[pixel++] = isPartial && !IsChanged(offset) ? transparent : _palette.IndexOf(FramePalette.Key(_pending.AsSpan(offset, 3)));
            }
        }
    }

    private bool IsChanged(int offset) =>
        _pending[offset] != _shown[offset] || _pending[offset + 1] != _shown[offset + 1] || _pending[offset + 2] != _shown[offset + 2];

    private void WriteWords(params ReadOnlySpan<ushort> words)
    {
        Span<byte> bytes = stackalloc byte[2];
        foreach (ushort word in words)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, word);
            _stream.Write(bytes);
        }
    }
}
