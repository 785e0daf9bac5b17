namespace DqnAkka.Host;

/// <summary>Lempel, Ziv and Welch's compression as GIF89a wants it: codes of growing width, lowest bits first, in sub-blocks of up to 255 bytes.</summary>
internal sealed class GifLzw
{
    private const int MaxBits = 12;
    private const int SlotBits = 13;
    private const int LargestBlock = 255;
    private readonly int[] _keys = new int[1 << SlotBits];
    private readonly short[] _codes = new short[1 << SlotBits];
    private readonly byte[] _block = new byte[1 + LargestBlock];
    private Stream _stream = Stream.Null;
    private int _blockLength;
    private uint _bits;
    private int _bitCount;

    /// <summary>Writes the smallest code size, the compressed data and the block that ends it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="indices">Indices of colours, each below 2^<paramref name="colorBits"/>.</param>
    /// <param name="colorBits">Bits of an index, 1 to 8.</param>
    public void Write(Stream stream, ReadOnlySpan<byte> indices, int colorBits)
    {
        _stream = stream;
        (_blockLength, _bits, _bitCount) = (0, 0, 0);
        int codeSize = Math.Max(2, colorBits);
        stream.WriteByte((byte)codeSize);
        int clear = 1 << codeSize;
        int next = clear + 2;
        int width = codeSize + 1;
        Array.Fill(_keys, -1);
        Emit(clear, width);
        int prefix = indices[0];
        foreach (byte index in indices[1..])
        {
            int key = (prefix << 8) | index;
            int slot = Find(key);
            if (_keys[slot] == key)
            {
                prefix = _codes[slot];
                continue;
            }

            Emit(prefix, width);
            if (next == 1 << MaxBits)
            {
                Emit(clear, width);
                Array.Fill(_keys, -1);
                next = clear + 2;
                width = codeSize + 1;
            }
            else
            {
                // The reader is one entry behind: it widens its codes after the entry that fills the width.
                if (next == 1 << width)
                {
                    width++;
                }

                _keys[slot] = key;
                _codes[slot] = (short)next++;
            }

            prefix = index;
        }

        Emit(prefix, width);
        // The reader makes one more entry of that code, which may fill the width.
        Emit(clear + 1, next == 1 << width && width < MaxBits ? width + 1 : width);
        Finish();
    }

    private int Find(int key)
    {
        int slot = (int)((uint)(key * 0x9E3779B1) >> (32 - SlotBits));
        while (_keys[slot] >= 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & ((1 << SlotBits) - 1);
        }

        return slot;
    }

    private void Emit(int code, int width)
    {
        _bits |= (uint)code << _bitCount;
        _bitCount += width;
        while (_bitCount >= 8)
        {
            Append((byte)_bits);
            _bits >>= 8;
            _bitCount -= 8;
        }
    }

    private void Append(byte value)
    {
        _block[1 + _blockLength++] = value;
        if (_blockLength == LargestBlock)
        {
            Flush();
        }
    }

    private void Finish()
    {
        if (_bitCount > 0)
        {
            Append((byte)_bits);
        }

        Flush();
        _stream.WriteByte(0);
    }

    private void Flush()
    {
        if (_blockLength > 0)
        {
            _block[0] = (byte)_blockLength;
            _stream.Write(_block.AsSpan(0, 1 + _blockLength));
            _blockLength = 0;
        }
    }
}
