namespace DqnAkka.Environments;

/// <summary>
/// Where an environment's chance comes from. Everything random in an environment is drawn here, in the order that its description states,
/// so that a recorded tape can be played in place of a generator.
/// </summary>
public interface IRandomNumbers
{
    /// <summary>A uniform double in [0, 1).</summary>
    double NextUniform();

    /// <summary>A uniform integer in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="low">The inclusive lower bound.</param>
    /// <param name="high">The exclusive upper bound, above <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no integer between the bounds.</exception>
    int NextInteger(int low, int high);

    /// <summary>A fair bit.</summary>
    bool NextBit();

    /// <summary>A standard normal double.</summary>
    double NextNormal();
}
