namespace DqnAkka.Host;

/// <summary>The colours of one frame: all of them where there are few enough, otherwise the best that median cut finds (Heckbert 1982), without dithering.</summary>
internal sealed class FramePalette
{
    /// <summary>The most colours of a palette: one index of 256 is left for what is transparent.</summary>
    public const int MaxColors = 255;

    private const int SlotBits = 10;
    private readonly int[] _keys = new int[1 << SlotBits];
    private readonly byte[] _indices = new byte[1 << SlotBits];
    private readonly MedianCut _cut = new();
    private bool _isExact;

    /// <summary>The colours, three bytes each, red first.</summary>
    public byte[] Colors { get; } = new byte[MaxColors * 3];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Chooses the colours of some pixels.</summary>
    /// <param name="pixels">Their colours, <see cref="Key"/> of each.</param>
    public void Choose(ReadOnlySpan<int> pixels)
    {
        Array.Fill(_keys, -1);
        Count = 0;
        _isExact = true;
        foreach (int key in pixels)
        {
            int slot = Find(key);
            if (_keys[slot] == key)
            {
                continue;
            }

            if (Count == MaxColors)
            {
                _isExact = false;
                Count = _cut.Choose(pixels, Colors);
                return;
            }

            _keys[slot] = key;
            _indices[slot] = (byte)Count;
            (Colors[Count * 3], Colors[(Count * 3) + 1], Colors[(Count * 3) + 2]) = ((byte)(key >> 16), (byte)(key >> 8), (byte)key);
            Count++;
        }
    }

    /// <summary>The index of a colour that was among those chosen from.</summary>
    /// <param name="key">The colour's <see cref="Key"/>.</param>
    public byte IndexOf(int key) => _isExact ? _indices[Find(key)] : _cut.IndexOf(key);

    /// <summary>A colour in one word, 0xRRGGBB.</summary>
    /// <param name="pixel">Three bytes, red first.</param>
    public static int Key(ReadOnlySpan<byte> pixel) => (pixel[0] << 16) | (pixel[1] << 8) | pixel[2];

    private int Find(int key)
    {
        int slot = (int)((uint)(key * 0x9E3779B1) >> (32 - SlotBits));
        while (_keys[slot] >= 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & ((1 << SlotBits) - 1);
        }

        return slot;
    }
}
