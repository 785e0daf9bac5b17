using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>Every occupied slot with the same probability; occupied slots are those below the count.</summary>
internal sealed class UniformSelector : ISelector
{
    private int _count;

    public double Mass => _count;

    public void Check(ReadOnlySpan<float> absoluteTdErrors)
    {
    }

    public void Insert(int firstSlot, int count, ReadOnlySpan<float> absoluteTdErrors) => _count = Math.Max(_count, firstSlot + count);

    public void CheckMasses(ReadOnlySpan<double> masses)
    {
    }

    public void InsertMasses(int firstSlot, ReadOnlySpan<double> masses) => Insert(firstSlot, masses.Length, []);

    public void ReadMasses(ReadOnlySpan<int> slots, Span<double> masses) => masses.Fill(1);

    public void Select(Span<int> slots, Span<double> masses, RandomSource random)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = random.NextInt(_count);
        }

        masses.Fill(1);
    }

    public bool Update(int slot, float absoluteTdError) => false;
}
