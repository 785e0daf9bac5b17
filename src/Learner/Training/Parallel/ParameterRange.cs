namespace DqnAkka.Learner;

/// <summary>A part of the flat parameter vector.</summary>
/// <param name="Index">Its number: 0, 1, 2, …</param>
/// <param name="Offset">Its first parameter, a multiple of <see cref="Alignment"/>.</param>
/// <param name="Length">Its parameters, a multiple of <see cref="Alignment"/>.</param>
public readonly record struct ParameterRange(int Index, int Offset, int Length)
{
    /// <summary>Ranges begin and end at multiples of this many floats, which is what the optimizers' vectors take.</summary>
    public const int Alignment = 16;

    /// <summary>Cuts a flat vector into ranges that differ by at most one <see cref="Alignment"/> in length, the longer ones first.</summary>
    /// <param name="length">Length of the vector, a multiple of <see cref="Alignment"/> (<see cref="NetworkLayout.Length"/>).</param>
    /// <param name="count">How many ranges.</param>
    /// <returns>The ranges, which together are the vector; none is empty.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the alignment, or there are more ranges than <see cref="Most"/> allows.</exception>
    public static IReadOnlyList<ParameterRange> Cut(int length, int count)
    {
        if (length % Alignment != 0 || count < 1 || count > Most(length))
        {
            throw new ArgumentException($"a vector of {length} parameters is cut into 1 to {Most(length)} ranges of multiples of {Alignment}: got {count}");
        }

        ParameterRange[] ranges = new ParameterRange[count];
        int units = length / Alignment;
        int offset = 0;
        for (int index = 0; index < count; index++)
        {
            int own = ((units / count) + (index < units % count ? 1 : 0)) * Alignment;
            ranges[index] = new ParameterRange(index, offset, own);
            offset += own;
        }

        return ranges;
    }

    /// <summary>The most ranges that a vector can be cut into.</summary>
    /// <param name="length">Length of the vector.</param>
    public static int Most(int length) => length / Alignment;

    /// <summary>Throws unless whole vectors make a range.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    internal static void RequireAligned(int length)
    {
        if (length < 1 || length % Alignment != 0)
        {
            throw new ArgumentException($"a range has a positive multiple of {Alignment} parameters: got {length}");
        }
    }
}
