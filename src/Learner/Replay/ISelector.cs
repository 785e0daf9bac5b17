using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Decides which slots of a buffer are drawn. It knows slots only: what they hold is the storage's business, which of them is taken next
/// the removal policy's. Not thread-safe.
/// </summary>
internal interface ISelector : IDisposable
{
    /// <summary>The sum of the masses of all occupied slots, finite.</summary>
    double Mass { get; }

    /// <summary>The smallest mass of an occupied slot; +∞ where none is occupied.</summary>
    double MinimumMass { get; }

    /// <summary>The largest priority so far, before the exponent α, at least 1; it never falls. What arrives without |δ| gets it.</summary>
    double LargestPriority { get; }

    /// <summary>Lets <see cref="LargestPriority"/> be at least that of another shard or of a former process.</summary>
    /// <param name="priority">A priority, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The priority is NaN, infinite or negative.</exception>
    void RaiseLargestPriority(double priority);

    /// <summary>Whether each of these |δ| can become a priority.</summary>
    /// <param name="absoluteTdErrors">|δ| of each row.</param>
    /// <exception cref="ArgumentException">One cannot; the message names the first.</exception>
    void Check(ReadOnlySpan<float> absoluteTdErrors);

    /// <summary>Whether each of these masses can be a slot's.</summary>
    /// <param name="masses">The mass of each row.</param>
    /// <exception cref="ArgumentException">One cannot; the message names the first.</exception>
    void CheckMasses(ReadOnlySpan<double> masses);

    /// <summary>Takes over the neighbouring slots from <paramref name="firstSlot"/> on, whatever was in them.</summary>
    /// <param name="firstSlot">The first slot, as the removal policy gave it.</param>
    /// <param name="count">Number of slots; they end at the last slot of the buffer at the latest.</param>
    /// <param name="absoluteTdErrors">Checked |δ| of each, or empty where they are unknown.</param>
    void Insert(int firstSlot, int count, ReadOnlySpan<float> absoluteTdErrors);

    /// <summary>Takes over the neighbouring slots from <paramref name="firstSlot"/> on with masses that <see cref="ReadMasses"/> of another selector gave.</summary>
    /// <param name="firstSlot">The first slot, as the removal policy gave it.</param>
    /// <param name="masses">The checked mass of each.</param>
    void InsertMasses(int firstSlot, ReadOnlySpan<double> masses);

    /// <summary>Gives up the neighbouring slots from <paramref name="firstSlot"/> on: they are not drawn until they are inserted again.</summary>
    /// <param name="firstSlot">The first slot.</param>
    /// <param name="count">Number of slots.</param>
    void Remove(int firstSlot, int count);

    /// <summary>The masses of some occupied slots.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="masses">Receives the mass of each, as long as <paramref name="slots"/>.</param>
    void ReadMasses(ReadOnlySpan<int> slots, Span<double> masses);

    /// <summary>
    /// Draws sets of slots. Draw i of a set of n is at a uniform point of [i · <see cref="Mass"/> / n, (i + 1) · <see cref="Mass"/> / n) of
    /// the cumulative mass (stratified sampling, Schaul et al. 2016, appendix B.2.1), so that over the whole set each slot is drawn in
    /// proportion to its mass. There is at least one occupied slot.
    /// </summary>
    /// <param name="counts">Number of draws in each set.</param>
    /// <param name="slots">Receives the slots set after set, as long as the sum of <paramref name="counts"/>; an unoccupied slot is never drawn.</param>
    /// <param name="masses">Receives the mass of each, as long as <paramref name="slots"/>.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <exception cref="InvalidOperationException">No slot is occupied.</exception>
    void Select(ReadOnlySpan<int> counts, Span<int> slots, Span<double> masses, RandomSource random);

    /// <summary>Gives occupied slots the priorities of new, checked |δ|. Of a repeated slot the last counts.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="absoluteTdErrors">|δ| of each, as long as <paramref name="slots"/>.</param>
    /// <returns>How many made a difference to later draws: all, or none where priorities do not matter.</returns>
    int Update(ReadOnlySpan<int> slots, ReadOnlySpan<float> absoluteTdErrors);

    /// <summary>
    /// Goes on with the masses that lie in the caller's memory, after a restart: whatever an unoccupied slot has becomes nothing, and a mass
    /// of an occupied one that cannot be one becomes that of the largest priority (<see cref="RaiseLargestPriority"/> comes first).
    /// </summary>
    /// <param name="policy">The removal policy, itself restored, which knows the occupied slots.</param>
    /// <returns>How many occupied slots had no valid mass.</returns>
    int Recover(IRemovalPolicy policy);
}
