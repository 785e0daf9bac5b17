namespace DqnAkka.Actors;

/// <summary>What is said of a set of returns.</summary>
public static class ReturnStatistics
{
    /// <summary>Mean, standard deviation (n − 1), minimum and maximum; NaN where there is nothing, deviation 0 of one.</summary>
    /// <param name="returns">The returns.</param>
    public static (double Mean, double Deviation, double Minimum, double Maximum) Of(IReadOnlyCollection<double> returns)
    {
        ArgumentNullException.ThrowIfNull(returns);
        if (returns.Count == 0)
        {
            return (double.NaN, double.NaN, double.NaN, double.NaN);
        }

        double mean = returns.Average();
        double squares = returns.Sum(value => (value - mean) * (value - mean));
        double deviation = returns.Count > 1 ? Math.Sqrt(squares / (returns.Count - 1)) : 0;
        return (mean, deviation, returns.Min(), returns.Max());
    }
}
