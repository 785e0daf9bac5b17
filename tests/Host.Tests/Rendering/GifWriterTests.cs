using DqnAkka.Environments;
using SkiaSharp;

namespace DqnAkka.Host.Tests.Rendering;

/// <summary>Skia's own reader says what is in the files.</summary>
public sealed class GifWriterTests
{
    private static readonly byte[] Control = [0x21, 0xF9, 4];

    public static TheoryData<int, int, int, int> Animations => new()
    {
        { 1, 1, 2, 1 },
        { 7, 5, 2, 4 },
        { 64, 48, 16, 6 },
        { 100, 80, 100, 5 },
        { 61, 67, 255, 4 },
    };

    [Theory]
    [MemberData(nameof(Animations))]
    public void Frames_of_up_to_255_colours_come_back_exactly(int width, int height, int colors, int frames)
    {
        RandomSource random = new((ulong)(width + colors));
        RgbColor[] palette = [.. Enumerable.Range(0, colors).Select(_ => Any(random))];
        ImageSize size = new(width, height);
        List<RgbImage> expected = [Filled(size, () => palette[random.NextInt(colors)])];
        while (expected.Count < frames)
        {
            expected.Add(Changed(expected[^1], random, () => palette[random.NextInt(colors)]));
        }

        AssertShows(expected, [.. Enumerable.Repeat(4, frames)], Written(expected, 4));
    }

    [Fact]
    public void Frames_that_fill_the_compressors_table_come_back_exactly()
    {
        // 300,000 pixels of noise: the table of 4096 codes is begun anew a hundred times.
        RandomSource random = new(5);
        RgbImage noise = Filled(new ImageSize(600, 500), () => new RgbColor((byte)random.NextInt(200), 1, 2));
        AssertShows([noise], [3], Written([noise], 3));
    }

    [Fact]
    public void Plain_and_periodic_frames_of_any_length_come_back_exactly()
    {
        // Every length at which a code of more bits is due ends one of these.
        for (int width = 1; width <= 400; width += 3)
        {
            int x = 0;
            RgbImage plain = Filled(new ImageSize(width, 1 + (width % 7)), () => RgbColor.White);
            RgbImage periodic = Filled(new ImageSize(width, 1 + (width % 7)), () => ++x % 3 == 0 ? RgbColor.White : new RgbColor(9, 8, (byte)(x % 5)));
            AssertShows([plain, periodic], [2, 2], Written([plain, periodic], 2));
        }
    }

    [Fact]
    public void Frames_of_many_colours_come_back_nearly()
    {
        ImageSize size = new(128, 96);
        int pixel = 0;
        RgbImage image = Filled(size, () => new RgbColor((byte)(2 * (pixel % 128)), (byte)(2 * (pixel / 128)), (byte)(pixel++ % 97)));
        (RgbImage shown, _) = Assert.Single(Read(Written([image], 2)));
        double squares = 0;
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            squares += Math.Pow(image.Pixels[i] - shown.Pixels[i], 2);
        }

        // 12,288 colours in 255: a box of some 23 to a side on average.
        Assert.InRange(Math.Sqrt(squares / image.Pixels.Length), 1, 9);
    }

    [Fact]
    public void Pixels_that_did_not_change_stay_as_they_are_where_colours_are_too_many()
    {
        RandomSource random = new(3);
        RgbImage first = Filled(new ImageSize(60, 60), () => Any(random));
        RgbImage second = Copy(first);
        second[10, 10] = new RgbColor(1, 2, 3);
        List<(RgbImage Image, int Delay)> shown = Read(Written([first, second], 5));
        Assert.Equal(new RgbColor(1, 2, 3), shown[1].Image[10, 10]);
        shown[1].Image[10, 10] = shown[0].Image[10, 10];
        Assert.Equal(shown[0].Image.Pixels, shown[1].Image.Pixels);
    }

    [Fact]
    public void Equal_frames_are_one_that_lasts_longer()
    {
        RgbImage first = Filled(new ImageSize(4, 4), () => RgbColor.Black);
        RgbImage second = Filled(new ImageSize(4, 4), () => RgbColor.White);
        using MemoryStream stream = new();
        GifWriter writer = new(stream, first.Size);
        foreach (RgbImage frame in new[] { first, first, first, second, second, first })
        {
            writer.Write(frame, 7);
        }

        writer.Complete();
        Assert.Equal(3, writer.Frames);
        AssertShows([first, second, first], [21, 14, 7], stream.ToArray());
    }

    [Fact]
    public void A_time_that_is_too_long_for_one_frame_is_two()
    {
        RgbImage image = Filled(new ImageSize(4, 4), () => RgbColor.White);
        AssertShows([image, image], [60_000, 60_000], Written([image, image], 60_000));
    }

    [Fact]
    public void Only_what_changed_is_written()
    {
        RandomSource random = new(1);
        RgbImage noise = Filled(new ImageSize(200, 200), () => new RgbColor((byte)random.NextInt(250), 0, 0));
        RgbImage changed = Copy(noise);
        changed[100, 100] = RgbColor.White;
        Assert.InRange(Written([noise, changed], 2).Length - Written([noise], 2).Length, 20, 60);
    }

    private static byte[] Written(List<RgbImage> frames, int delay)
    {
        using MemoryStream stream = new();
        GifWriter writer = new(stream, frames[0].Size);
        foreach (RgbImage frame in frames)
        {
            writer.Write(frame, delay);
        }

        writer.Complete();
        return stream.ToArray();
    }

    private static void AssertShows(List<RgbImage> expected, List<int> delays, byte[] file)
    {
        List<(RgbImage Image, int Delay)> shown = Read(file);
        Assert.Equal(delays, shown.Select(frame => frame.Delay));
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(expected[i].Pixels.SequenceEqual(shown[i].Image.Pixels), $"frame {i} of {expected.Count} at {expected[i].Size} differs");
        }
    }

    private static List<(RgbImage Image, int Delay)> Read(byte[] file)
    {
        using MemoryStream stream = new(file);
        using SKCodec codec = SKCodec.Create(stream);
        Assert.Equal(SKEncodedImageFormat.Gif, codec.EncodedFormat);
        ImageSize size = new(codec.Info.Width, codec.Info.Height);
        List<(RgbImage Image, int Delay)> frames = [];
        using SKBitmap bitmap = new(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        int count = Math.Max(1, codec.FrameCount);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(bitmap.Info, bitmap.GetPixels(), new SKCodecOptions(i)));
            RgbImage image = new(size);
            ReadOnlySpan<byte> pixels = bitmap.GetPixelSpan();
            for (int pixel = 0; pixel < size.Width * size.Height; pixel++)
            {
                pixels.Slice(pixel * 4, 3).CopyTo(image.Pixels[(pixel * 3)..]);
                Assert.Equal(byte.MaxValue, pixels[(pixel * 4) + 3]);
            }

            // Of a single frame Skia tells no time.
            int delay = codec.FrameCount > 0 ? codec.FrameInfo[i].Duration / 10 : BitConverter.ToUInt16(file, file.AsSpan().IndexOf(Control) + 4);
            frames.Add((image, delay));
        }

        return frames;
    }

    private static RgbColor Any(RandomSource random) => new((byte)random.NextInt(256), (byte)random.NextInt(256), (byte)random.NextInt(256));

    private static RgbImage Filled(ImageSize size, Func<RgbColor> color)
    {
        RgbImage image = new(size);
        for (int y = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++)
            {
                image[x, y] = color();
            }
        }

        return image;
    }

    private static RgbImage Copy(RgbImage image)
    {
        RgbImage copy = new(image.Size);
        image.Pixels.CopyTo(copy.Pixels);
        return copy;
    }

    private static RgbImage Changed(RgbImage image, RandomSource random, Func<RgbColor> color)
    {
        RgbImage changed = Copy(image);
        (int x, int y) = (random.NextInt(image.Size.Width), random.NextInt(image.Size.Height));
        // At least one pixel becomes another.
        do
        {
            for (int i = 0; i <= random.NextInt(40); i++)
            {
                changed[Math.Min(image.Size.Width - 1, x + (i % 5)), Math.Min(image.Size.Height - 1, y + (i / 5))] = color();
            }
        }
        while (changed.Pixels.SequenceEqual(image.Pixels));
        return changed;
    }
}
