namespace DqnAkka.Learner;

/// <summary>What a set of episode returns comes to.</summary>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Deviation">Standard deviation with n − 1 in the denominator; NaN for a single episode.</param>
/// <param name="Minimum">Lowest return.</param>
/// <param name="Maximum">Highest return.</param>
public readonly record struct ReturnStatistics(int Episodes, double Mean, double Deviation, double Minimum, double Maximum)
{
    /// <summary>Computes the statistics in two passes, so that large returns that differ little keep their digits.</summary>
    /// <param name="returns">The returns, at least one.</param>
    /// <exception cref="ArgumentException">There is no return.</exception>
    public static ReturnStatistics From(IReadOnlyList<double> returns)
    {
        ArgumentNullException.ThrowIfNull(returns);
        if (returns.Count == 0)
        {
            throw new ArgumentException("statistics need at least one return", nameof(returns));
        }

        double mean = returns.Average();
        double squares = returns.Sum(value => (value - mean) * (value - mean));
        double deviation = returns.Count > 1 ? Math.Sqrt(squares / (returns.Count - 1)) : double.NaN;
        return new ReturnStatistics(returns.Count, mean, deviation, returns.Min(), returns.Max());
    }
}
