namespace DqnAkka.Environments;

/// <summary>The 256 bits that a <see cref="RandomSource"/> goes on from.</summary>
/// <param name="S0">First word.</param>
/// <param name="S1">Second word.</param>
/// <param name="S2">Third word.</param>
/// <param name="S3">Fourth word.</param>
public readonly record struct RandomState(ulong S0, ulong S1, ulong S2, ulong S3)
{
    /// <summary>Whether a generator can be in it: not all bits are zero.</summary>
    public bool IsValid => (S0 | S1 | S2 | S3) != 0;
}
