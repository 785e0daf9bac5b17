namespace DqnAkka.Host;

/// <summary>A series of bounded length: when it is full every other point goes, and from then on only half as many are taken.</summary>
/// <param name="capacity">The most points held; even.</param>
internal sealed class ThinnedSeries(int capacity)
{
    private readonly List<(double Step, double Mean, double Deviation)> _points = [];
    private int _stride = 1;
    private int _skipped;

    /// <summary>The points held, oldest first.</summary>
    public IReadOnlyList<(double Step, double Mean, double Deviation)> Points => _points;

    /// <summary>Offers a point.</summary>
    public void Add(double step, double mean, double deviation)
    {
        if (_skipped < _stride - 1)
        {
            _skipped++;
            return;
        }

        _skipped = 0;
        _points.Add((step, mean, deviation));
        if (_points.Count < capacity)
        {
            return;
        }

        for (int i = 0; i < capacity / 2; i++)
        {
            _points[i] = _points[(2 * i) + 1];
        }

        _points.RemoveRange(capacity / 2, capacity - (capacity / 2));
        _stride *= 2;
    }
}
