using DqnAkka.Environments;
using SkiaSharp;

namespace DqnAkka.Host;

/// <summary>A picture with a row of frames for each episode, from its first to its last in equal distances of time.</summary>
/// <param name="stream">Where to.</param>
/// <param name="size">Size of the frames.</param>
internal sealed class StripRecording(Stream stream, ImageSize size) : IRecording
{
    /// <summary>Frames of a row.</summary>
    public const int Columns = 8;

    private const byte Ground = 208;

    // How far apart the frames of a row will lie is known at the end only: four times as many are kept, and every second one dropped when they are full.
    private const int Kept = 4 * Columns;
    private readonly List<byte[][]> _rows = [];
    private readonly List<(int Index, byte[] Pixels)> _episode = [];
    private int _stride = 1;
    private int _seen;

    /// <inheritdoc />
    public int Frames => _rows.Sum(row => row.Length);

    /// <inheritdoc />
    public void Add(RgbImage frame, bool isLast)
    {
        if (_seen++ % _stride == 0 || isLast)
        {
            _episode.Add((_seen - 1, frame.Pixels.ToArray()));
        }

        if (isLast)
        {
            double distance = (_seen - 1) / (double)(Columns - 1);
            _rows.Add([.. Enumerable.Range(0, Columns).Select(column => _episode.MinBy(kept => Math.Abs(kept.Index - (column * distance)))).Distinct().Select(kept => kept.Pixels)]);
            _episode.Clear();
            (_stride, _seen) = (1, 0);
        }
        else if (_episode.Count == Kept)
        {
            for (int i = Kept - 1; i > 0; i -= 2)
            {
                _episode.RemoveAt(i);
            }

            _stride *= 2;
        }
    }

    /// <inheritdoc />
    public void Complete()
    {
        const int Gap = 4;
        int columns = _rows.Max(row => row.Length);
        SKImageInfo info = new(
            (columns * (size.Width + Gap)) + Gap, (_rows.Count * (size.Height + Gap)) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKBitmap bitmap = new(info);
        Span<byte> pixels = bitmap.GetPixelSpan();
        pixels.Fill(Ground);
        for (int row = 0; row < _rows.Count; row++)
        {
            for (int column = 0; column < _rows[row].Length; column++)
            {
                Copy(_rows[row][column], pixels, bitmap.RowBytes, Gap + (column * (size.Width + Gap)), Gap + (row * (size.Height + Gap)));
            }
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(stream);
    }

    private void Copy(byte[] frame, Span<byte> pixels, int rowBytes, int left, int top)
    {
        for (int y = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++)
            {
                frame.AsSpan(((y * size.Width) + x) * 3, 3).CopyTo(pixels[(((top + y) * rowBytes) + ((left + x) * 4))..]);
            }
        }
    }
}
