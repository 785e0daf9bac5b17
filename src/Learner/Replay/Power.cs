using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>Powers of many numbers at once, several times as fast as one by one.</summary>
internal static class Power
{
    /// <summary>
    /// Raises numbers that are not negative to a power, in float64 to one part in 10¹³ for results of 10⁻³⁰⁰ to 10³⁰⁰; equal numbers to equal
    /// powers, wherever they are.
    /// </summary>
    /// <param name="values">The numbers, +∞ and 0 included; become their powers.</param>
    /// <param name="exponent">The exponent, finite and at least 0. 0⁰ is 1.</param>
    public static void Raise(Span<double> values, double exponent)
    {
        if (exponent == 1)
        {
            return;
        }

        if (exponent == 0)
        {
            values.Fill(1);
            return;
        }

        int i = 0;
        for (; i + Vector512<double>.Count <= values.Length; i += Vector512<double>.Count)
        {
            Raise(Vector512.Create<double>(values[i..]), exponent).CopyTo(values[i..]);
        }

        // The rest takes the same way: another one would round differently.
        Span<double> rest = stackalloc double[Vector512<double>.Count];
        values[i..].CopyTo(rest);
        Raise(Vector512.Create<double>(rest), exponent).CopyTo(rest);
        rest[..(values.Length - i)].CopyTo(values[i..]);
    }

    private static Vector512<double> Raise(Vector512<double> values, double exponent) => Vector512.Exp(Vector512.Log(values) * exponent);
}
