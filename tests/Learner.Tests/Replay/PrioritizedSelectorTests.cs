using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class PrioritizedSelectorTests
{
    [Fact]
    public void Masses_are_priorities_to_the_power_of_alpha()
    {
        using PrioritizedSelector selector = new(4, 0.5, 0.25);
        selector.Insert(0, 3, [0, 2, 15.75f]);
        Assert.Equal([0.5, 1.5, 4], MassesOf(selector, 0, 1, 2).Select(mass => Math.Round(mass, 12)));
        Assert.Equal(6, selector.Mass, 1e-12);
        Assert.Equal(0.5, selector.MinimumMass, 1e-12);
        Assert.Equal(16, selector.LargestPriority);
    }

    [Fact]
    public void What_has_no_error_gets_the_largest_priority_so_far()
    {
        using PrioritizedSelector selector = new(600, 1, 0);
        selector.Insert(0, 2, []);
        Assert.Equal([1.0, 1.0], MassesOf(selector, 0, 1));
        Assert.Equal(2, selector.Update([0, 1], [7, 0.5f]));
        selector.Insert(2, 598, []);
        Assert.Equal([7, 0.5, 7, 7], MassesOf(selector, 0, 1, 2, 599));
        selector.RaiseLargestPriority(9);
        selector.RaiseLargestPriority(3);
        selector.Insert(0, 1, []);
        Assert.Equal([9.0], MassesOf(selector, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => selector.RaiseLargestPriority(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => selector.RaiseLargestPriority(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => selector.RaiseLargestPriority(-1));
    }

    [Fact]
    public void Of_a_repeated_slot_the_last_error_counts()
    {
        using PrioritizedSelector selector = new(4, 1, 0);
        selector.Insert(0, 4, [1, 1, 1, 1]);
        selector.Update([2, 2, 3, 2], [5, 6, 7, 8]);
        Assert.Equal([1.0, 1, 8, 7], MassesOf(selector, 0, 1, 2, 3));
        Assert.Equal(17, selector.Mass);
    }

    [Fact]
    public void Long_columns_are_taken_whole()
    {
        using PrioritizedSelector selector = new(2000, 1, 0);
        float[] errors = [.. Enumerable.Range(1, 2000).Select(i => (float)i)];
        selector.Insert(0, 2000, errors);
        Assert.Equal(2000.0 * 2001 / 2, selector.Mass);
        Assert.Equal(2000, selector.Update([.. Enumerable.Range(0, 2000)], [.. errors.Select(error => 2 * error)]));
        Assert.Equal(2000.0 * 2001, selector.Mass);
        Assert.Equal(2, selector.MinimumMass);
        selector.Remove(0, 1999);
        Assert.Equal(4000, selector.Mass);
        Assert.Equal(4000, selector.MinimumMass);
    }

    [Fact]
    public void Removed_slots_are_not_drawn()
    {
        using PrioritizedSelector selector = new(8, 0.6, 0.01);
        selector.Insert(0, 8, []);
        selector.Remove(2, 3);
        int[] slots = new int[1000];
        double[] masses = new double[1000];
        selector.Select([400, 0, 600], slots, masses, new RandomSource(1));
        Assert.Equal([0, 1, 5, 6, 7], slots.Distinct().Order());
        Assert.Equal(MassesOf(selector, slots), masses);
        selector.Remove(0, 8);
        Assert.Equal(double.PositiveInfinity, selector.MinimumMass);
        Assert.Throws<InvalidOperationException>(() => selector.Select([1], new int[1], new double[1], new RandomSource(1)));
    }

    [Fact]
    public void Each_set_is_stratified_by_itself()
    {
        using PrioritizedSelector selector = new(4, 1, 0);
        selector.Insert(0, 4, [1, 2, 3, 4]);
        int[] slots = new int[25];
        selector.Select([10, 5, 10], slots, new double[25], new RandomSource(3));
        Assert.Equal([0, 1, 1, 2, 2, 2, 3, 3, 3, 3], slots[..10]);
        Assert.Equal([0, 1, 1, 2, 2, 2, 3, 3, 3, 3], slots[15..]);
    }

    [Fact]
    public void Masses_pass_to_another_selector_with_the_largest_priority()
    {
        using PrioritizedSelector former = new(3, 0.5, 0);
        former.Insert(0, 3, [4, 9, 1]);
        using PrioritizedSelector successor = new(5, 0.5, 0);
        successor.InsertMasses(1, MassesOf(former, 0, 1, 2));
        Assert.Equal(6, successor.Mass, 1e-12);
        Assert.Equal(9, successor.LargestPriority, 1e-12);
        Assert.Equal(1, successor.MinimumMass, 1e-12);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-0.5f)]
    public void What_cannot_be_a_priority_is_named(float error)
    {
        using PrioritizedSelector selector = new(3, 0.5, 0);
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => selector.Check([1, error])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    [InlineData(1e-101)]
    [InlineData(1e101)]
    public void What_cannot_be_a_mass_is_named(double mass)
    {
        using PrioritizedSelector selector = new(3, 0.5, 0);
        double[] masses = [.. Enumerable.Repeat(1.0, 20)];
        selector.CheckMasses(masses);
        masses[17] = mass;
        Assert.Contains("row 17", Assert.Throws<ArgumentException>(() => selector.CheckMasses(masses)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_error_gives_a_mass_that_can_be_drawn()
    {
        foreach (double alpha in new[] { 0, 0.6, 1, 10 })
        {
            using PrioritizedSelector selector = new(3, alpha, 0);
            selector.Insert(0, 3, [0, float.Epsilon, float.MaxValue]);
            selector.CheckMasses(MassesOf(selector, 0, 1, 2));
        }
    }

    [Fact]
    public unsafe void A_reopened_selector_mends_what_cannot_be_a_mass()
    {
        using NativeBlock memory = new(PrioritizedSelector.MassBytes(10) / sizeof(double));
        new Span<double>(memory.Start, 16).Fill(double.NaN);
        double[] left = [5, 3, double.NaN, -1, 0.5, 2, 7, double.PositiveInfinity, 4, 1];
        left.CopyTo(new Span<double>(memory.Start, 10));

        // Keys 3 to 8 are held.
        FifoRemoval policy = new(10);
        policy.Restore(9, [-1, -1, -1, 3, 4, 5, 6, 7, 8, -1]);
        using PrioritizedSelector selector = new(10, 1, 0, memory.Start);
        selector.RaiseLargestPriority(6);
        Assert.Equal(2, selector.Recover(policy));
        Assert.Equal([0, 0, 0, 7, 0.5, 2, 7, 7, 4, 0], MassesOf(selector, [.. Enumerable.Range(0, 10)]));
        Assert.Equal(27.5, selector.Mass);
        Assert.Equal(0.5, selector.MinimumMass);
        Assert.Equal(7, selector.LargestPriority);
        Assert.True(selector.Tree.IsConsistent());
    }

    [Theory]
    [InlineData(-0.1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(0.5, -0.1)]
    [InlineData(0.5, double.NaN)]
    public void Exponents_and_additions_outside_their_range_are_refused(double alpha, double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrioritizedSelector(4, alpha, epsilon));

    [Fact]
    public void Nothing_is_allocated()
    {
        using PrioritizedSelector selector = new(3000, 0.6, 0.01);
        RandomSource random = new(1);
        int[] slots = new int[1024];
        double[] masses = new double[1024];
        float[] errors = new float[1024];
        Use();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Use();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Use()
        {
            selector.Insert(0, 1024, errors);
            selector.Insert(1024, 600, []);
            selector.Select([512, 512], slots, masses, random);
            selector.Update(slots, errors);
            selector.Remove(0, 10);
        }
    }

    private static double[] MassesOf(PrioritizedSelector selector, params int[] slots)
    {
        double[] masses = new double[slots.Length];
        selector.ReadMasses(slots, masses);
        return masses;
    }
}
