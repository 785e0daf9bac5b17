using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>Decides which slots of a buffer are drawn. It knows slots only; what they hold is the storage's business.</summary>
internal interface ISelector
{
    /// <summary>The sum of the masses of all occupied slots.</summary>
    double Mass { get; }

    /// <summary>Whether each of these |δ| can become a priority; throws an <see cref="ArgumentException"/> that names the first that cannot.</summary>
    void Check(ReadOnlySpan<float> absoluteTdErrors);

    /// <summary>Takes over the neighbouring slots from <paramref name="firstSlot"/> on, whatever was in them.</summary>
    /// <param name="firstSlot">The first slot.</param>
    /// <param name="count">Number of slots.</param>
    /// <param name="absoluteTdErrors">Checked |δ| of each, or empty where they are unknown.</param>
    void Insert(int firstSlot, int count, ReadOnlySpan<float> absoluteTdErrors);

    /// <summary>Whether each of these masses can be a slot's; throws an <see cref="ArgumentException"/> that names the first that cannot.</summary>
    void CheckMasses(ReadOnlySpan<double> masses);

    /// <summary>Takes over the neighbouring slots from <paramref name="firstSlot"/> on with masses that <see cref="ReadMasses"/> of another selector gave.</summary>
    /// <param name="firstSlot">The first slot.</param>
    /// <param name="masses">The checked mass of each.</param>
    void InsertMasses(int firstSlot, ReadOnlySpan<double> masses);

    /// <summary>The masses of some occupied slots.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="masses">Receives the mass of each, as long as <paramref name="slots"/>.</param>
    void ReadMasses(ReadOnlySpan<int> slots, Span<double> masses);

    /// <summary>Draws independently, with replacement, in proportion to the masses. There is at least one occupied slot.</summary>
    /// <param name="slots">Receives the slots.</param>
    /// <param name="masses">Receives the mass of each, as long as <paramref name="slots"/>.</param>
    /// <param name="random">Where randomness comes from.</param>
    void Select(Span<int> slots, Span<double> masses, RandomSource random);

    /// <summary>Gives an occupied slot the priority of a new, checked |δ|.</summary>
    /// <returns>Whether it made a difference to later draws.</returns>
    bool Update(int slot, float absoluteTdError);
}
