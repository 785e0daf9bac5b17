namespace DqnAkka.Learner;

/// <summary>
/// Keeps sampling and inserting in a fixed proportion however fast either side is, after Reverb's RateLimiter (Cassirer et al. 2021, §3.4).
/// With SPI samples for each insert and a tolerance of t inserts, the account inserts · SPI − samples is kept within
/// (minSize ± t) · SPI: sampling waits at the lower edge, inserting at the upper. Sampling starts at minSize inserts. After
/// <see cref="From"/> it counts from two other totals on, as where a run goes on under another ratio: what was sampled at the old one is
/// neither made up for nor paid back.
/// </summary>
/// <remarks>
/// A pure function of the two cumulative counts, which the caller keeps for the whole replay buffer, all shards together.
/// While <see cref="Check"/> finds no fault, at least one side may proceed in every state, also where inserts have overshot their allowance.
/// </remarks>
public sealed class SamplesPerInsertLimiter
{
    // Two inserts leave at least one insert's worth of slack for allowances that are whole numbers and for rounding.
    private const double SmallestTolerance = 2;

    private readonly double _samplesPerInsert;
    private readonly long _minSize;
    private readonly double _toleranceInserts;

    /// <summary>Makes a limiter.</summary>
    /// <param name="samplesPerInsert">SPI: how often each insert is sampled on average; 0 limits neither side.</param>
    /// <param name="minSize">Inserts before the first sample, at least 1.</param>
    /// <param name="toleranceInserts">t: how far the account may be off, in inserts.</param>
    /// <exception cref="ArgumentException">A value is refused by <see cref="Check"/> for samples of one transition.</exception>
    public SamplesPerInsertLimiter(double samplesPerInsert, long minSize, double toleranceInserts)
    {
        if (Check(samplesPerInsert, minSize, toleranceInserts, 1) is string fault)
        {
            throw new ArgumentException(fault);
        }

        _samplesPerInsert = samplesPerInsert;
        _minSize = minSize;
        _toleranceInserts = toleranceInserts;
        OriginInserts = minSize;
    }

    /// <summary>Inserts at which the account was balanced when so many had been sampled as <see cref="OriginSamples"/> says; minSize at first.</summary>
    public long OriginInserts { get; private init; }

    /// <summary>Samples that belong to <see cref="OriginInserts"/>; 0 at first.</summary>
    public long OriginSamples { get; private init; }

    /// <summary>The same limiter with an account that is balanced at these totals.</summary>
    /// <param name="inserts">Transitions inserted by then; where fewer than minSize, minSize is taken, since sampling has not begun.</param>
    /// <param name="samples">Transitions sampled by then.</param>
    public SamplesPerInsertLimiter From(long inserts, long samples) => new(_samplesPerInsert, _minSize, _toleranceInserts)
    {
        OriginInserts = Math.Max(inserts, _minSize),
        OriginSamples = samples,
    };

    /// <summary>Whether a limiter with these values never leaves both sides waiting.</summary>
    /// <param name="samplesPerInsert">SPI.</param>
    /// <param name="minSize">Inserts before the first sample.</param>
    /// <param name="toleranceInserts">t.</param>
    /// <param name="largestSample">The most transitions that <see cref="CanSample"/> is asked for at once.</param>
    /// <returns>One line that names the value at fault and the remedy, or null.</returns>
    public static string? Check(double samplesPerInsert, long minSize, double toleranceInserts, int largestSample)
    {
        if (!(samplesPerInsert >= 0 && double.IsFinite(samplesPerInsert)))
        {
            return $"samples-per-insert is {samplesPerInsert}: use a finite number above 0, or 0 for no limit";
        }

        if (minSize < 1)
        {
            return $"min-size is {minSize}: use at least 1, since an empty buffer cannot be sampled";
        }

        if (samplesPerInsert == 0)
        {
            return null;
        }

        double needed = Math.Max(SmallestTolerance, Math.Ceiling(largestSample / samplesPerInsert));
        return toleranceInserts >= needed && double.IsFinite(toleranceInserts)
            ? null
            : $"samples-per-insert-tolerance is {toleranceInserts}: use a finite number of at least {needed}, so that {largestSample} samples at {samplesPerInsert} per insert fit into it";
    }

    /// <summary>Whether <paramref name="count"/> more transitions may be sampled now.</summary>
    /// <param name="inserts">Transitions inserted so far.</param>
    /// <param name="samples">Transitions sampled so far.</param>
    /// <param name="count">Transitions to sample.</param>
    public bool CanSample(long inserts, long samples, long count) =>
        inserts >= _minSize
        && (_samplesPerInsert == 0 || (inserts - OriginInserts + _toleranceInserts) * _samplesPerInsert >= (double)samples - OriginSamples + count);

    /// <summary>How many transitions may have been inserted in all when so many were sampled; at least minSize.</summary>
    /// <param name="samples">Transitions sampled so far.</param>
    /// <returns>The cumulative allowance; <see cref="long.MaxValue"/> where nothing is limited.</returns>
    public long AllowedInserts(long samples)
    {
        if (_samplesPerInsert == 0)
        {
            return long.MaxValue;
        }

        double allowed = Math.Floor(OriginInserts + _toleranceInserts + ((samples - OriginSamples) / _samplesPerInsert));
        return allowed >= long.MaxValue ? long.MaxValue : (long)allowed;
    }
    /// <summary>
    /// How far the account is off as a share of the tolerance: −1 where sampling waits for inserts, 1 where inserting waits for samples.
    /// </summary>
    /// <param name="inserts">Transitions inserted so far.</param>
    /// <param name="samples">Transitions sampled so far.</param>
    /// <returns>The share; NaN where nothing is limited.</returns>
    public double Error(long inserts, long samples) => _samplesPerInsert == 0
        ? double.NaN
        : (inserts - OriginInserts - ((samples - OriginSamples) / _samplesPerInsert)) / _toleranceInserts;
}
