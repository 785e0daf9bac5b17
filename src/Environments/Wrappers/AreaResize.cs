namespace DqnAkka.Environments;

/// <summary>
/// Shrinks planes, each new pixel the mean of the area that it covers: OpenCV's <c>INTER_AREA</c>, in its order of operations in float32
/// and with its rounding (to even; halves up where both sides are halved).
/// </summary>
internal sealed class AreaResize
{
    // What covers less of a pixel than this is left out, as there.
    private const double LeastCover = 1e-3;
    private readonly int _width;
    private readonly int _newWidth;
    private readonly bool _rounds;
    private readonly bool _halves;
    private readonly int _factorX;
    private readonly int _factorY;
    private readonly Share[] _columns;
    private readonly Share[] _rows;
    private readonly float[] _row;
    private readonly float[] _sum;

    /// <summary>Prepares for one pair of sizes.</summary>
    /// <param name="from">Size of a plane.</param>
    /// <param name="to">Its new size, no side longer than before.</param>
    /// <param name="rounds">Whether the results are rounded to integers.</param>
    public AreaResize(ImageSize from, ImageSize to, bool rounds)
    {
        (_width, _newWidth, _rounds) = (from.Width, to.Width, rounds);
        if (from.Width % to.Width == 0 && from.Height % to.Height == 0)
        {
            (_factorX, _factorY) = (from.Width / to.Width, from.Height / to.Height);
        }

        _halves = _rounds && _factorX == 2 && _factorY == 2;
        _columns = Shares(from.Width, to.Width);
        _rows = Shares(from.Height, to.Height);
        _row = new float[to.Width];
        _sum = new float[to.Width];
    }

    /// <summary>Shrinks one plane.</summary>
    /// <param name="plane">The plane, row by row.</param>
    /// <param name="result">Receives the new one, row by row.</param>
    public void Resize(ReadOnlySpan<float> plane, Span<float> result)
    {
        if (_factorX > 0)
        {
            ResizeByWholeFactors(plane, result);
        }
        else
        {
            ResizeByShares(plane, result);
        }
    }

    private static Share[] Shares(int size, int newSize)
    {
        List<Share> shares = [];
        double scale = (double)size / newSize;
        for (int target = 0; target < newSize; target++)
        {
            double from = target * scale;
            double to = from + scale;
            double extent = Math.Min(scale, size - from);
            int end = Math.Min((int)Math.Floor(to), size - 1);
            int begin = Math.Min((int)Math.Ceiling(from), end);
            if (begin - from > LeastCover)
            {
                shares.Add(new Share(begin - 1, target, (float)((begin - from) / extent)));
            }

            for (int source = begin; source < end; source++)
            {
                shares.Add(new Share(source, target, (float)(1.0 / extent)));
            }

            if (to - end > LeastCover)
            {
                shares.Add(new Share(end, target, (float)(Math.Min(Math.Min(to - end, 1.0), extent) / extent)));
            }
        }

        return [.. shares];
    }

    private void ResizeByWholeFactors(ReadOnlySpan<float> plane, Span<float> result)
    {
        float share = 1f / (_factorX * _factorY);
        for (int i = 0; i < result.Length; i++)
        {
            int corner = (i / _newWidth * _factorY * _width) + (i % _newWidth * _factorX);
            float sum = 0;
            for (int row = 0; row < _factorY; row++)
            {
                foreach (float value in plane.Slice(corner + (row * _width), _factorX))
                {
                    sum += value;
                }
            }

            result[i] = _halves ? MathF.Floor((sum + 2) * share) : Rounded(sum * share);
        }
    }

    private void ResizeByShares(ReadOnlySpan<float> plane, Span<float> result)
    {
        Array.Clear(_sum);
        int target = 0;
        foreach (Share row in _rows)
        {
            if (row.Target != target)
            {
                Finish(result.Slice(target * _newWidth, _newWidth));
                target = row.Target;
            }

            Array.Clear(_row);
            ReadOnlySpan<float> source = plane.Slice(row.Source * _width, _width);
            foreach (Share column in _columns)
            {
                _row[column.Target] += source[column.Source] * column.Weight;
            }

            for (int x = 0; x < _sum.Length; x++)
            {
                _sum[x] += row.Weight * _row[x];
            }
        }

        Finish(result.Slice(target * _newWidth, _newWidth));
    }

    private void Finish(Span<float> row)
    {
        for (int x = 0; x < row.Length; x++)
        {
            row[x] = Rounded(_sum[x]);
        }

        Array.Clear(_sum);
    }

    private float Rounded(float value) => _rounds ? MathF.Round(value) : value;

    /// <summary>What share of a source row or column a target gets.</summary>
    private readonly record struct Share(int Source, int Target, float Weight);
}
