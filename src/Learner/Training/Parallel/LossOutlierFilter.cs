namespace DqnAkka.Learner;

/// <summary>
/// Gorila's guard against gradients that would do harm (Nair et al. 2015): a worker keeps a running mean and deviation of its losses and drops
/// a gradient whose loss is more than some deviations above the mean. Mean and variance are those of all losses at first, and later
/// exponential ones over about a thousand. Refused losses do not enter them; but the one that would be refused as the hundredth in a row shows
/// that the level itself has changed: it is accepted, and the filter begins anew with it. Not thread-safe.
/// </summary>
/// <param name="deviations">Deviations above the mean from which a loss is refused; 0 refuses none that is finite.</param>
public sealed class LossOutlierFilter(double deviations)
{
    /// <summary>Losses at the beginning of which none is refused.</summary>
    public const int WarmUp = 100;

    private const double SmallestShare = 1e-3;
    private readonly double _deviations = deviations >= 0
        ? deviations
        : throw new ArgumentOutOfRangeException(nameof(deviations), deviations, "the deviations of an outlier must not be negative");
    private long _count;
    private int _refusedInARow;
    private double _mean;
    private double _variance;

    /// <summary>Whether a gradient is to be used.</summary>
    /// <param name="loss">Its loss.</param>
    /// <returns>False where the loss is an outlier, or not finite.</returns>
    public bool TryAccept(float loss)
    {
        if (!float.IsFinite(loss))
        {
            return false;
        }

        if (_deviations > 0 && _count >= WarmUp && loss > _mean + (_deviations * Math.Sqrt(_variance)) && ++_refusedInARow < WarmUp)
        {
            return false;
        }

        if (_refusedInARow >= WarmUp)
        {
            (_count, _mean, _variance) = (0, 0, 0);
        }

        _refusedInARow = 0;
        _count++;
        double share = Math.Max(1.0 / _count, SmallestShare);
        double difference = loss - _mean;
        _mean += share * difference;
        // West 1979, with a share that stops falling.
        _variance = (1 - share) * (_variance + (share * difference * difference));
        return true;
    }
}
