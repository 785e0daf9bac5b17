namespace DqnAkka.Environments;

/// <summary>An image of three bytes a pixel, red first, row by row from the top: Gymnasium's <c>rgb_array</c>, uint8 [height × width × 3].</summary>
public sealed class RgbImage
{
    private readonly byte[] _pixels;

    /// <summary>Makes a black image.</summary>
    /// <param name="size">Its size, each side at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public RgbImage(ImageSize size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        Size = size;
        _pixels = new byte[checked(size.Width * size.Height * 3)];
    }

    /// <summary>Its size.</summary>
    public ImageSize Size { get; }

    /// <summary>The bytes, [height × width × 3].</summary>
    public Span<byte> Pixels => _pixels;

    /// <summary>One pixel.</summary>
    /// <param name="x">Column from the left.</param>
    /// <param name="y">Row from the top.</param>
    public RgbColor this[int x, int y]
    {
        get => new(_pixels[Offset(x, y)], _pixels[Offset(x, y) + 1], _pixels[Offset(x, y) + 2]);
        set
        {
            Span<byte> pixel = _pixels.AsSpan(Offset(x, y), 3);
            (pixel[0], pixel[1], pixel[2]) = (value.Red, value.Green, value.Blue);
        }
    }

    private int Offset(int x, int y) => ((y * Size.Width) + x) * 3;
}
