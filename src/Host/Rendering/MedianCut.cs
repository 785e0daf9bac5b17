namespace DqnAkka.Host;

/// <summary>
/// Heckbert's median cut (1982) over colours of five bits a component: the box of colours that spreads widest, weighted by its pixels, is
/// cut in two at the median of its longest side, until there are enough.
/// </summary>
internal sealed class MedianCut
{
    private const int Bits = 5;
    private readonly int[] _counts = new int[1 << (3 * Bits)];
    private readonly long[] _sums = new long[3 << (3 * Bits)];
    private readonly byte[] _indices = new byte[1 << (3 * Bits)];

    /// <summary>Chooses up to 255 colours.</summary>
    /// <param name="pixels">Colours, 0xRRGGBB, at least one.</param>
    /// <param name="colors">Receives the colours, three bytes each.</param>
    /// <returns>How many there are.</returns>
    public int Choose(ReadOnlySpan<int> pixels, Span<byte> colors)
    {
        Count(pixels);
        int[] bins = [.. Enumerable.Range(0, _counts.Length).Where(bin => _counts[bin] > 0)];
        List<Box> boxes = [Measure(bins, 0, bins.Length)];
        while (boxes.Count < FramePalette.MaxColors)
        {
            int widest = 0;
            for (int i = 1; i < boxes.Count; i++)
            {
                widest = boxes[i].Weight > boxes[widest].Weight ? i : widest;
            }

            if (boxes[widest].Weight == 0)
            {
                break;
            }

            (Box low, Box high) = Cut(bins, boxes[widest]);
            boxes[widest] = low;
            boxes.Add(high);
        }

        for (int i = 0; i < boxes.Count; i++)
        {
            Mean(bins, boxes[i], (byte)i, colors.Slice(i * 3, 3));
        }

        return boxes.Count;
    }

    /// <summary>The index of the colour that stands for one of those that were chosen from.</summary>
    public byte IndexOf(int color) => _indices[BinOf(color)];

    private static int BinOf(int color) =>
        ((color >> 19) << (2 * Bits)) | (((color >> 11) & 31) << Bits) | ((color >> 3) & 31);

    private static int Component(int bin, int axis) => (bin >> (Bits * (2 - axis))) & ((1 << Bits) - 1);

    private void Count(ReadOnlySpan<int> pixels)
    {
        Array.Clear(_counts);
        Array.Clear(_sums);
        foreach (int color in pixels)
        {
            int bin = BinOf(color);
            _counts[bin]++;
            _sums[bin * 3] += color >> 16;
            _sums[(bin * 3) + 1] += (color >> 8) & 255;
            _sums[(bin * 3) + 2] += color & 255;
        }
    }

    private Box Measure(int[] bins, int start, int end)
    {
        (int axis, int spread, long pixels) = (0, 0, 0);
        for (int candidate = 0; candidate < 3; candidate++)
        {
            (int low, int high) = (int.MaxValue, 0);
            for (int i = start; i < end; i++)
            {
                int value = Component(bins[i], candidate);
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }

            if (high - low > spread)
            {
                (axis, spread) = (candidate, high - low);
            }
        }

        for (int i = start; i < end; i++)
        {
            pixels += _counts[bins[i]];
        }

        return new Box(start, end, axis, pixels, spread * pixels);
    }

    private (Box Low, Box High) Cut(int[] bins, Box box)
    {
        // Ties go by the bin, so that the same picture comes out everywhere.
        Array.Sort(bins, box.Start, box.End - box.Start, Comparer<int>.Create((first, second) =>
            Component(first, box.Axis).CompareTo(Component(second, box.Axis)) is var order and not 0 ? order : first.CompareTo(second)));
        long below = 0;
        int middle = box.Start;
        while (middle < box.End - 1 && (middle == box.Start || below < box.Pixels / 2))
        {
            below += _counts[bins[middle++]];
        }

        return (Measure(bins, box.Start, middle), Measure(bins, middle, box.End));
    }

    private void Mean(int[] bins, Box box, byte index, Span<byte> color)
    {
        color.Clear();
        for (int component = 0; component < 3; component++)
        {
            long sum = 0;
            for (int i = box.Start; i < box.End; i++)
            {
                sum += _sums[(bins[i] * 3) + component];
            }

            color[component] = (byte)((sum + (box.Pixels / 2)) / box.Pixels);
        }

        for (int i = box.Start; i < box.End; i++)
        {
            _indices[bins[i]] = index;
        }
    }

    /// <summary>Some of the colours.</summary>
    /// <param name="Start">Where they begin.</param>
    /// <param name="End">Where they end.</param>
    /// <param name="Axis">The component in which they spread most.</param>
    /// <param name="Pixels">How many pixels have them.</param>
    /// <param name="Weight">How much is won by cutting; 0 where nothing can be cut.</param>
    private readonly record struct Box(int Start, int End, int Axis, long Pixels, long Weight);
}
