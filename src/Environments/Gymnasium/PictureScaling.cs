namespace DqnAkka.Environments;

/// <summary>Fits a picture into another size: each pixel is the mean of those that it covers, in integers, so that it is the same everywhere.</summary>
internal static class PictureScaling
{
    private const int Channels = 3;

    /// <summary>Fills an image with a picture of any size.</summary>
    /// <param name="pixels">The picture, RGB, row by row.</param>
    /// <param name="size">Its size.</param>
    /// <param name="image">Receives it.</param>
    public static void Fit(ReadOnlySpan<byte> pixels, ImageSize size, RgbImage image)
    {
        if (size == image.Size)
        {
            pixels.CopyTo(image.Pixels);
            return;
        }

        Span<byte> target = image.Pixels;
        for (int y = 0; y < image.Size.Height; y++)
        {
            (int top, int bottom) = Covered(y, image.Size.Height, size.Height);
            for (int x = 0; x < image.Size.Width; x++)
            {
                (int left, int right) = Covered(x, image.Size.Width, size.Width);
                Mean(pixels, size.Width, (left, top, right, bottom), target.Slice(((y * image.Size.Width) + x) * Channels, Channels));
            }
        }
    }

    private static (int Begin, int End) Covered(int index, int count, int source)
    {
        int begin = (int)((long)index * source / count);
        return (begin, Math.Max(begin + 1, (int)((long)(index + 1) * source / count)));
    }

    private static void Mean(ReadOnlySpan<byte> pixels, int width, (int Left, int Top, int Right, int Bottom) area, Span<byte> pixel)
    {
        long count = (long)(area.Right - area.Left) * (area.Bottom - area.Top);
        for (int channel = 0; channel < Channels; channel++)
        {
            long sum = count / 2;
            for (int y = area.Top; y < area.Bottom; y++)
            {
                for (int x = area.Left; x < area.Right; x++)
                {
                    sum += pixels[(((y * width) + x) * Channels) + channel];
                }
            }

            pixel[channel] = (byte)(sum / count);
        }
    }
}
