namespace DqnAkka.Host;

/// <summary>Counts numbers in equal bins whose width is a power of two and doubles whenever they would become too many.</summary>
internal sealed class StreamingHistogram
{
    private const int MaxBins = 16;

    // Indices of bins beyond are no longer exact.
    private const double LargestIndex = 1L << 52;

    private readonly SortedDictionary<long, long> _bins = [];
    private double _width;

    /// <summary>Makes a histogram without numbers.</summary>
    /// <param name="width">The first width, a power of two; what is closer together is not told apart.</param>
    public StreamingHistogram(double width) => _width = width;

    /// <summary>The bins from the lowest to the highest with a number in it: from, up to but not including, how many.</summary>
    public IEnumerable<(double From, double To, long Count)> Bins
    {
        get
        {
            if (_bins.Count == 0)
            {
                yield break;
            }

            for (long index = _bins.Keys.First(); index <= _bins.Keys.Last(); index++)
            {
                yield return (index * _width, (index + 1) * _width, _bins.GetValueOrDefault(index));
            }
        }
    }

    /// <summary>Counts a number.</summary>
    /// <param name="value">A finite number.</param>
    public void Add(double value)
    {
        while (Math.Abs(value / _width) > LargestIndex)
        {
            Widen();
        }

        long index = (long)Math.Floor(value / _width);
        _bins[index] = _bins.GetValueOrDefault(index) + 1;
        while (_bins.Count > 1 && _bins.Keys.Last() - _bins.Keys.First() >= MaxBins)
        {
            Widen();
        }
    }

    private void Widen()
    {
        KeyValuePair<long, long>[] narrow = [.. _bins];
        _bins.Clear();
        _width *= 2;
        foreach ((long index, long count) in narrow)
        {
            // Rounds down, also below zero.
            _bins[index >> 1] = _bins.GetValueOrDefault(index >> 1) + count;
        }
    }
}
