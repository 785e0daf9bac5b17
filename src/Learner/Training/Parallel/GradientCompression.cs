namespace DqnAkka.Learner;

/// <summary>How gradients travel from workers to the server.</summary>
public enum GradientCompression
{
    /// <summary>As they are, 4 bytes a parameter.</summary>
    None,

    /// <summary>Rounded to bfloat16 (8 bits of mantissa), 2 bytes a parameter; what rounding loses is added to the next gradient.</summary>
    BFloat16,

    /// <summary>The entries of largest magnitude alone, 8 bytes each; what is left out is added to the next gradient (Stich et al. 2018).</summary>
    TopK,
}
