using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class NetworkInitializerTests
{
    [Fact]
    public void Weights_and_biases_fill_their_bounds_uniformly()
    {
        // The mean of n uniform values in ±b has standard deviation b/√(3n) and the mean square b²/3 has 2b²/√(45n): five of them are
        // exceeded with a probability below 1e-6 each, and the seed is fixed.
        NetworkLayout layout = new(100, 4, new NetworkOptions { Hidden = [200, 300] });
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(1), parameters);
        int fanIn = 0;
        foreach (ParameterSlot slot in layout.Slots)
        {
            fanIn = slot.Shape.Count == 2 ? slot.Shape[1] : fanIn;
            double bound = 1 / Math.Sqrt(fanIn);
            double[] values = [.. parameters.AsSpan(slot.Offset, slot.Length).ToArray().Select(value => (double)value)];
            Assert.All(values, value => Assert.InRange(value, -bound - 1e-7, bound + 1e-7));
            Assert.Equal(0, values.Average(), 5 * bound / Math.Sqrt(3 * values.Length));
            Assert.Equal(bound * bound / 3, values.Average(value => value * value), 5 * 2 * bound * bound / Math.Sqrt(45 * values.Length));
        }
    }

    [Fact]
    public void Padding_is_zero_and_the_same_seed_gives_the_same_parameters()
    {
        NetworkLayout layout = new(3, 2, new NetworkOptions { Hidden = [5], Dueling = true });
        float[] first = new float[layout.Length];
        float[] second = new float[layout.Length];
        Array.Fill(first, float.NaN);
        NetworkInitializer.Initialize(layout, new RandomSource(7), first);
        NetworkInitializer.Initialize(layout, new RandomSource(7), second);
        Assert.Equal(first, second);
        Assert.Equal(layout.ParameterCount, first.Count(value => value != 0));
        NetworkInitializer.Initialize(layout, new RandomSource(8), second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_vector_of_another_length_is_refused()
    {
        NetworkLayout layout = new(3, 2, new NetworkOptions { Hidden = [5] });
        Assert.Throws<ArgumentException>(() => NetworkInitializer.Initialize(layout, new RandomSource(7), new float[layout.Length + 1]));
    }
}
