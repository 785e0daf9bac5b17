namespace DqnAkka.Environments;

/// <summary>Up to 128 bits in an environment's state, the first one in the lowest.</summary>
/// <param name="Low">The first 64.</param>
/// <param name="High">Those after them.</param>
internal readonly record struct BitRow(ulong Low, ulong High)
{
    /// <summary>The most bits there can be.</summary>
    public const int MaxCount = 128;

    private const int WordBits = 64;

    /// <summary>One of the bits.</summary>
    /// <param name="index">Its number.</param>
    public bool this[int index] => ((index < WordBits ? Low : High) >> (index % WordBits) & 1) != 0;

    /// <summary>Draws fair bits, the first one first.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">What is drawn from.</param>
    public static BitRow Draw(int count, IRandomNumbers random)
    {
        ulong low = DrawWord(Math.Min(count, WordBits), random);
        return new BitRow(low, DrawWord(Math.Max(count - WordBits, 0), random));
    }

    private static ulong DrawWord(int count, IRandomNumbers random)
    {
        ulong word = 0;
        for (int i = 0; i < count; i++)
        {
            word |= (random.NextBit() ? 1UL : 0) << i;
        }

        return word;
    }
}
