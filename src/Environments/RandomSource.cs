using System.Numerics;

namespace DqnAkka.Environments;

/// <summary>
/// xoshiro256++ 1.0 (Blackman &amp; Vigna 2019), its 256-bit state filled by SplitMix64 from (seed, index).
/// The same numbers on every platform; not thread-safe.
/// </summary>
public sealed class RandomSource : IRandomNumbers
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the stream of (<paramref name="seed"/>, <paramref name="index"/>).</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">The stream's index; different indices give unrelated streams.</param>
    public RandomSource(ulong seed, ulong index = 0) => Seed(seed, index);

    /// <summary>Starts from a state, for comparison with the published generator.</summary>
    internal RandomSource(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>Starts the stream of (<paramref name="seed"/>, <paramref name="index"/>) again.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">The stream's index.</param>
    public void Seed(ulong seed, ulong index)
    {
        // Mixing the seed before the index is added keeps (1, 2) and (2, 1) apart.
        ulong state = Mix(seed + GoldenGamma) ^ Mix((index + 1) * 0xD1342543DE82EF95);
        _s0 = NextSplitMix(ref state);
        _s1 = NextSplitMix(ref state);
        _s2 = NextSplitMix(ref state);
        _s3 = NextSplitMix(ref state);
    }

    /// <summary>Where the stream is, for <see cref="Restore"/>.</summary>
    public RandomState Capture() => new(_s0, _s1, _s2, _s3);

    /// <summary>Goes on from where a stream was.</summary>
    /// <param name="state">What <see cref="Capture"/> gave.</param>
    /// <exception cref="ArgumentException">The state is all zero, which the generator never leaves.</exception>
    public void Restore(RandomState state)
    {
        if (!state.IsValid)
        {
            throw new ArgumentException("a random stream's state must not be all zero", nameof(state));
        }

        (_s0, _s1, _s2, _s3) = (state.S0, state.S1, state.S2, state.S3);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A uniform double in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc />
    public double NextUniform() => NextDouble();

    /// <inheritdoc />
    public bool NextBit() => NextUInt64() >> 63 != 0;

    /// <summary>A standard normal double (Box &amp; Muller 1958, the cosine's half).</summary>
    public double NextNormal()
    {
        // 1 - u lies in (0, 1], where the logarithm is finite.
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <inheritdoc />
    public int NextInteger(int low, int high) => low + NextInt(high - low);

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias (Lemire 2019).</summary>
    /// <param name="bound">The exclusive upper bound, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        uint range = (uint)bound;
        ulong product = (NextUInt64() >> 32) * range;
        if ((uint)product < range)
        {
            uint threshold = (uint)-range % range;
            while ((uint)product < threshold)
            {
                product = (NextUInt64() >> 32) * range;
            }
        }

        return (int)(product >> 32);
    }

    internal static ulong NextSplitMix(ref ulong state)
    {
        state += GoldenGamma;
        return Mix(state);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
