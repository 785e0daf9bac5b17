namespace DqnAkka.Learner;

/// <summary>A fixed exploration rate for each of several actors (Ape-X: Horgan et al. 2018, §4.1).</summary>
public static class EpsilonLadder
{
    /// <summary>εᵢ = base^(1 + exponent · i / (N − 1)); the base itself where there is one actor only.</summary>
    /// <param name="index">i, 0 to N − 1.</param>
    /// <param name="count">N, at least 1.</param>
    /// <param name="baseValue">ε of the first actor, in [0, 1] (Ape-X: 0.4).</param>
    /// <param name="exponent">How steep the ladder is, at least 0 (Ape-X: 7).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Value(int index, int count, double baseValue, double exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        if (!(baseValue >= 0 && baseValue <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(baseValue), baseValue, "an exploration rate must lie between 0 and 1");
        }

        if (!(exponent >= 0 && double.IsFinite(exponent)))
        {
            throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "the exponent must be finite and at least 0");
        }

        return count == 1 ? baseValue : Math.Pow(baseValue, 1 + (exponent * index / (count - 1)));
    }
}
