namespace DqnAkka.Environments;

/// <summary>
/// Draws shapes into an image, with edges smoothed by the share of a pixel that they cover. Everything is computed here in float64, so that
/// the same picture comes out on every machine: frames are observations too. Drawing allocates nothing. Used by one thread at a time.
/// </summary>
public sealed class Canvas
{
    /// <summary>The most corners that a polygon may have.</summary>
    public const int MaxCorners = 64;

    // Horizontally the cover is exact; vertically it is sampled at this many lines in a pixel.
    private const int Lines = 4;
    private const int CircleCorners = 32;
    private static readonly (double X, double Y)[] UnitCircle = [.. Enumerable.Range(0, CircleCorners).Select(i => Math.SinCos(2 * Math.PI * i / CircleCorners)).Select(pair => (pair.Cos, pair.Sin))];
    private readonly float[] _cover;
    private double _left;
    private double _top;
    private double _scaleX = 1;
    private double _scaleY = 1;

    /// <summary>Draws into an image, in pixels from its upper left corner until <see cref="SetView"/> says otherwise.</summary>
    /// <param name="image">The image.</param>
    public Canvas(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image = image;
        _cover = new float[image.Size.Width];
    }

    /// <summary>The image that is drawn into.</summary>
    public RgbImage Image { get; }

    /// <summary>Says which rectangle of the drawing's own coordinates fills the image. Top above bottom (larger y) turns the y axis upwards.</summary>
    /// <param name="left">x of the left edge.</param>
    /// <param name="top">y of the upper edge.</param>
    /// <param name="right">x of the right edge, not <paramref name="left"/>.</param>
    /// <param name="bottom">y of the lower edge, not <paramref name="top"/>.</param>
    /// <exception cref="ArgumentException">The rectangle has no area or is not finite.</exception>
    public void SetView(double left, double top, double right, double bottom)
    {
        double scaleX = Image.Size.Width / (right - left);
        double scaleY = Image.Size.Height / (bottom - top);
        if (!double.IsFinite(scaleX) || !double.IsFinite(scaleY) || scaleX == 0 || scaleY == 0)
        {
            throw new ArgumentException($"a view from ({left}, {top}) to ({right}, {bottom}) has no area");
        }

        (_left, _top, _scaleX, _scaleY) = (left, top, scaleX, scaleY);
    }

    /// <summary>Fills the whole image.</summary>
    /// <param name="color">With this colour.</param>
    public void Clear(RgbColor color)
    {
        Span<byte> pixels = Image.Pixels;
        for (int i = 0; i < pixels.Length; i += 3)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (color.Red, color.Green, color.Blue);
        }
    }

    /// <summary>Fills a rectangle.</summary>
    /// <param name="left">x of one side.</param>
    /// <param name="top">y of one side.</param>
    /// <param name="right">x of the other side.</param>
    /// <param name="bottom">y of the other side.</param>
    /// <param name="color">The colour.</param>
    public void FillRectangle(double left, double top, double right, double bottom, RgbColor color) =>
        FillPolygon([(left, top), (right, top), (right, bottom), (left, bottom)], color);

    /// <summary>Fills a disc; under scales that differ an ellipse.</summary>
    /// <param name="x">x of the centre.</param>
    /// <param name="y">y of the centre.</param>
    /// <param name="radius">The radius.</param>
    /// <param name="color">The colour.</param>
    public void FillCircle(double x, double y, double radius, RgbColor color)
    {
        Span<(double X, double Y)> corners = stackalloc (double X, double Y)[CircleCorners];
        for (int i = 0; i < corners.Length; i++)
        {
            corners[i] = (x + (radius * UnitCircle[i].X), y + (radius * UnitCircle[i].Y));
        }

        FillPolygon(corners, color);
    }

    /// <summary>Draws a straight line with flat ends.</summary>
    /// <param name="x0">x of its beginning.</param>
    /// <param name="y0">y of its beginning.</param>
    /// <param name="x1">x of its end.</param>
    /// <param name="y1">y of its end.</param>
    /// <param name="thickness">Its width, in the drawing's coordinates.</param>
    /// <param name="color">The colour.</param>
    public void DrawLine(double x0, double y0, double x1, double y1, double thickness, RgbColor color)
    {
        double length = Math.Sqrt(((x1 - x0) * (x1 - x0)) + ((y1 - y0) * (y1 - y0)));
        if (length > 0)
        {
            double acrossX = (y0 - y1) / length * thickness / 2;
            double acrossY = (x1 - x0) / length * thickness / 2;
            FillPolygon([(x0 + acrossX, y0 + acrossY), (x1 + acrossX, y1 + acrossY), (x1 - acrossX, y1 - acrossY), (x0 - acrossX, y0 - acrossY)], color);
        }
    }

    /// <summary>Fills a polygon; where its outline crosses itself, by the even-odd rule. What lies outside the view is left out.</summary>
    /// <param name="corners">Its corners in order, 3 to <see cref="MaxCorners"/>, finite.</param>
    /// <param name="color">The colour.</param>
    /// <exception cref="ArgumentException">There are too few or too many corners.</exception>
    public void FillPolygon(ReadOnlySpan<(double X, double Y)> corners, RgbColor color)
    {
        if (corners.Length is < 3 or > MaxCorners)
        {
            throw new ArgumentException($"a polygon has 3 to {MaxCorners} corners, not {corners.Length}", nameof(corners));
        }

        Span<(double X, double Y)> points = stackalloc (double X, double Y)[corners.Length];
        double lowest = double.PositiveInfinity;
        double highest = double.NegativeInfinity;
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = ((corners[i].X - _left) * _scaleX, (corners[i].Y - _top) * _scaleY);
            lowest = Math.Min(lowest, points[i].Y);
            highest = Math.Max(highest, points[i].Y);
        }

        int firstRow = (int)Math.Clamp(Math.Floor(lowest), 0, Image.Size.Height);
        int endRow = (int)Math.Clamp(Math.Ceiling(highest), 0, Image.Size.Height);
        Span<double> crossings = stackalloc double[points.Length];
        for (int row = firstRow; row < endRow; row++)
        {
            Array.Clear(_cover);
            for (int line = 0; line < Lines; line++)
            {
                int count = Cross(points, row + ((line + 0.5) / Lines), crossings);
                crossings[..count].Sort();
                for (int i = 0; i + 1 < count; i += 2)
                {
                    Cover(crossings[i], crossings[i + 1]);
                }
            }

            Blend(row, color);
        }
    }

    private static int Cross(ReadOnlySpan<(double X, double Y)> points, double y, Span<double> crossings)
    {
        int count = 0;
        (double X, double Y) from = points[^1];
        foreach ((double X, double Y) to in points)
        {
            if (from.Y <= y != to.Y <= y)
            {
                crossings[count++] = from.X + ((y - from.Y) / (to.Y - from.Y) * (to.X - from.X));
            }

            from = to;
        }

        return count;
    }

    private void Cover(double from, double to)
    {
        from = Math.Clamp(from, 0, _cover.Length);
        to = Math.Clamp(to, 0, _cover.Length);
        int end = (int)Math.Ceiling(to);
        for (int x = (int)from; x < end; x++)
        {
            _cover[x] += (float)((Math.Min(to, x + 1) - Math.Max(from, x)) / Lines);
        }
    }

    private void Blend(int row, RgbColor color)
    {
        Span<byte> pixels = Image.Pixels.Slice(row * _cover.Length * 3, _cover.Length * 3);
        for (int x = 0; x < _cover.Length; x++)
        {
            float cover = Math.Min(_cover[x], 1);
            if (cover > 0)
            {
                Span<byte> pixel = pixels.Slice(x * 3, 3);
                pixel[0] = Mix(pixel[0], color.Red, cover);
                pixel[1] = Mix(pixel[1], color.Green, cover);
                pixel[2] = Mix(pixel[2], color.Blue, cover);
            }
        }
    }

    private static byte Mix(byte below, byte above, float cover) => (byte)(below + ((above - below) * cover) + 0.5f);
}
