using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What stored transitions look like, taken in one pass.</summary>
internal sealed class ReplaySurvey
{
    // What differs by less is one bar, unless all of it does.
    private const double FinestReturn = 1.0 / (1 << 20);
    private double _returnSum;
    private double _returnSquares;
    private double _massSum;

    /// <summary>Transitions seen.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the sampling masses.</summary>
    public double Mass => _massSum;

    /// <summary>Binary logarithms of the sampling masses.</summary>
    public StreamingHistogram MassLogarithms { get; } = new(1);

    /// <summary>Later arrivals at the same shard.</summary>
    public StreamingHistogram Ages { get; } = new(1);

    /// <summary>n-step returns.</summary>
    public StreamingHistogram Returns { get; } = new(FinestReturn);

    /// <summary>The smallest n-step return; NaN of none.</summary>
    public double LeastReturn { get; private set; } = double.NaN;

    /// <summary>The largest n-step return; NaN of none.</summary>
    public double LargestReturn { get; private set; } = double.NaN;

    /// <summary>Mean n-step return; NaN of none.</summary>
    public double MeanReturn => _returnSum / Count;

    /// <summary>Standard deviation of the n-step returns; NaN of none.</summary>
    public double ReturnDeviation => Math.Sqrt(Math.Max(0, (_returnSquares / Count) - (MeanReturn * MeanReturn)));

    /// <summary>Transitions into a terminal state.</summary>
    public long Terminated { get; private set; }

    /// <summary>Transitions at whose end the episode was cut.</summary>
    public long Truncated { get; private set; }

    /// <summary>Looks at some transitions.</summary>
    /// <param name="rows">The transitions.</param>
    /// <param name="nextKey">The key that the next transition of their shard would get.</param>
    public void Add(ReplayRows rows, long nextKey)
    {
        TransitionBatch batch = rows.Transitions;
        for (int row = 0; row < batch.Count; row++)
        {
            Count++;
            AddReturn(batch.Returns[row]);
            Ages.Add(nextKey - 1 - rows.Keys[row]);
            if (rows.Masses[row] > 0)
            {
                _massSum += rows.Masses[row];
                MassLogarithms.Add(Math.Log2(rows.Masses[row]));
            }

            EpisodeEnd end = (EpisodeEnd)batch.Ends[row];
            Terminated += (end & EpisodeEnd.Terminated) != 0 ? 1 : 0;
            Truncated += (end & EpisodeEnd.Truncated) != 0 ? 1 : 0;
        }
    }

    private void AddReturn(double value)
    {
        _returnSum += value;
        _returnSquares += value * value;
        if (double.IsFinite(value))
        {
            LeastReturn = LeastReturn < value ? LeastReturn : value;
            LargestReturn = LargestReturn > value ? LargestReturn : value;
            Returns.Add(value);
        }
    }
}
