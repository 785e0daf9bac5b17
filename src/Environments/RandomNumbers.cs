namespace DqnAkka.Environments;

/// <summary>What can be drawn from any <see cref="IRandomNumbers"/>.</summary>
public static class RandomNumbers
{
    /// <summary>A uniform double in [<paramref name="low"/>, <paramref name="high"/>), from one <see cref="IRandomNumbers.NextUniform"/>.</summary>
    /// <param name="random">What is drawn from.</param>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    public static double NextUniform(this IRandomNumbers random, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(random);
        return low + ((high - low) * random.NextUniform());
    }
}
