using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class NetworkSizesTests
{
    [Theory]
    // Mnih et al. 2015 with 4 actions, and with the 6 of Pong (1,687,206 in CleanRL and Stable-Baselines3).
    [InlineData(NetworkKind.Nature, 4, 84, 84, 4, false, 1_686_180)]
    [InlineData(NetworkKind.Nature, 4, 84, 84, 6, false, 1_687_206)]
    // The network of Procgen's agents, 15 actions and a value: 626,256.
    [InlineData(NetworkKind.Impala, 3, 64, 64, 15, true, 626_256)]
    // MinAtar's own on Breakout: 592 in the filters, 131,200 in the hidden layer.
    [InlineData(NetworkKind.MinAtar, 4, 10, 10, 6, false, 592 + 131_200 + 774)]
    public void Published_networks_have_their_published_sizes(NetworkKind kind, int planes, int height, int width, int actions, bool isDueling, int expected)
    {
        NetworkLayout layout = new(Images(planes, height, width), actions, new NetworkOptions { Kind = kind, Dueling = isDueling });
        Assert.Equal(expected, layout.ParameterCount);
        Assert.All(layout.Slots, slot => Assert.Equal(0, slot.Offset % 16));
    }

    [Theory]
    [InlineData(8, 1, 1, NetworkKind.Mlp)]
    [InlineData(1, 1, 200, NetworkKind.Mlp)]
    [InlineData(3, 2, 2, NetworkKind.Mlp)]
    [InlineData(4, 3, 3, NetworkKind.MinAtar)]
    [InlineData(4, 10, 10, NetworkKind.MinAtar)]
    [InlineData(4, 84, 35, NetworkKind.MinAtar)]
    [InlineData(4, 36, 36, NetworkKind.Nature)]
    [InlineData(4, 84, 84, NetworkKind.Nature)]
    public void The_shape_of_an_observation_chooses_the_kind(int planes, int height, int width, NetworkKind expected)
    {
        NetworkLayout layout = new(Images(planes, height, width), 3, new NetworkOptions());
        Assert.Equal(expected, layout.Kind);
    }

    [Theory]
    [InlineData(NetworkKind.Nature, 35, 36, "a network of kind nature needs images of at least 36 by 36: they are 35 by 36; use the kind auto")]
    [InlineData(NetworkKind.MinAtar, 2, 10, "a network of kind minatar needs images of at least 3 by 3: they are 2 by 10; use the kind auto")]
    [InlineData(NetworkKind.Impala, 1, 10, "a network of kind impala needs images: the observation is a vector of 1x1x10 components; use the kind mlp")]
    public void Images_that_are_too_small_are_refused(NetworkKind kind, int height, int width, string message)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new NetworkLayout(Images(1, height, width), 3, new NetworkOptions { Kind = kind }));
        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void First_values_of_every_layer_are_those_of_PyTorch()
    {
        NetworkOptions options = new() { Kind = NetworkKind.Impala, LayerNorm = true };
        NetworkLayout layout = new(Images(3, 24, 24), 5, options);
        float[] parameters = TrainingExamples.Parameters(layout, 3);
        int fanIn = 0;
        foreach (ParameterSlot slot in layout.Slots)
        {
            ReadOnlySpan<float> values = parameters.AsSpan(slot.Offset, slot.Length);
            if (slot.Name.Contains("norm", StringComparison.Ordinal) || slot.Name.StartsWith("network.6.", StringComparison.Ordinal))
            {
                Assert.Equal(-1, values.IndexOfAnyExcept(slot.Name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f));
                continue;
            }

            // Biases share the bound of their weights. Five standard errors of the mean of uniform values; the seed is fixed.
            fanIn = slot.Shape.Count > 1 ? slot.Shape.Skip(1).Aggregate(1, (product, side) => product * side) : fanIn;
            double bound = 1 / Math.Sqrt(fanIn);
            double[] numbers = [.. values.ToArray().Select(value => (double)value)];
            Assert.All(numbers, value => Assert.InRange(value, -bound - 1e-7, bound + 1e-7));
            Assert.Equal(0, numbers.Average(), 5 * bound / Math.Sqrt(3 * numbers.Length));
        }
    }

    private static ObservationFormat Images(int planes, int height, int width) =>
        new(ObservationType.Float32, planes * height * width, shape: new PlaneShape(planes, height, width));
}
