namespace DqnAkka.Environments;

/// <summary>Up to 128 bits in an environment's state, the first one in the lowest.</summary>
internal static class BitRow
{
    /// <summary>Draws fair bits, the first one first.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">What is drawn from.</param>
    public static UInt128 Draw(int count, IRandomNumbers random)
    {
        UInt128 bits = UInt128.Zero;
        for (int i = 0; i < count; i++)
        {
            bits |= (random.NextBit() ? UInt128.One : UInt128.Zero) << i;
        }

        return bits;
    }

    /// <summary>One of them.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="index">Its number.</param>
    public static bool IsSet(UInt128 bits, int index) => (bits >> index & UInt128.One) != UInt128.Zero;
}
