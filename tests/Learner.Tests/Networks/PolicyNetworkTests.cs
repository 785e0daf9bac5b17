using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class PolicyNetworkTests
{
    private static readonly ObservationFormat Images = new(ObservationType.UInt8, 2 * 8 * 11, 1, new PlaneShape(2, 8, 11));

    [Fact]
    public void Action_values_equal_scalar_float64_loops_on_networks_and_batches_of_odd_sizes()
    {
        // float32 sums of up to 70 terms of size 1.
        const double Tolerance = 2e-5;
        Gen.Select(Gen.Int[1, 19], Gen.Int[1, 70].Array[1, 3], Gen.Int[1, 18], Gen.Int[1, 67], Gen.Bool, Gen.Bool).Sample(
            (observationSize, hidden, actions, count, isDueling, isTanh) =>
            {
                NetworkOptions shape = new() { Hidden = hidden, Dueling = isDueling, Activation = isTanh ? Activation.Tanh : Activation.Relu };
                NetworkLayout layout = new(observationSize, actions, shape);
                float[] parameters = TrainingExamples.Parameters(layout, 5);
                double[] reference = [.. parameters.Select(value => (double)value)];
                float[] observations = TrainingExamples.Batch(layout, count, 6).Observations.ToArray();
                float[] values = new float[count * actions];
                int[] greedy = new int[count];
                PolicyNetwork network = new(layout);
                network.Load(parameters);
                network.Forward(observations, count, values);
                network.GreedyActions(observations, count, greedy);
                for (int row = 0; row < count; row++)
                {
                    double[] expected = ReferenceNetwork.Values(layout, reference, observations.AsSpan(row * observationSize, observationSize));
                    float[] actual = values[(row * actions)..((row + 1) * actions)];
                    for (int action = 0; action < actions; action++)
                    {
                        Assert.Equal(expected[action], actual[action], Tolerance);
                    }

                    Assert.Equal(Array.IndexOf(actual, actual.Max()), greedy[row]);
                }
            },
            seed: "0N0XIzNsQ0O2",
            iter: 300,
            threads: 1);
    }

    [Theory]
    [InlineData(NetworkKind.Mlp)]
    [InlineData(NetworkKind.MinAtar)]
    public void A_row_has_the_same_values_alone_as_in_a_batch(NetworkKind kind)
    {
        // Larger than the chunk that a pass works in, and no multiple of it.
        const int Count = 151;
        NetworkLayout layout = new(Images, 3, new NetworkOptions { Kind = kind });
        int size = layout.ObservationSize;
        PolicyNetwork network = new(layout);
        network.Load(TrainingExamples.Parameters(layout, 5));
        float[] observations = TrainingExamples.Batch(layout, Count, 6).Observations.ToArray();
        float[] together = new float[Count * 3];
        float[] alone = new float[3];
        network.Forward(observations, Count, together);
        for (int row = 0; row < Count; row++)
        {
            network.Forward(observations.AsSpan(row * size, size), 1, alone);
            Assert.Equal(together[(row * 3)..((row + 1) * 3)], alone);
        }
    }

    [Fact]
    public void Tanh_is_right_to_a_few_units_in_the_last_place()
    {
        NetworkLayout layout = new(1, 1, new NetworkOptions { Hidden = [1], Activation = Activation.Tanh });
        float[] parameters = new float[layout.Length];
        parameters[layout.Slots[0].Offset] = 1f;
        parameters[layout.Slots[2].Offset] = 1f;
        PolicyNetwork network = new(layout);
        network.Load(parameters);
        RandomSource random = new(1);
        float[] inputs = [0f, -0f, 0.625f, -0.625f, 88f, -88f, 1e30f, -1e30f, .. Enumerable.Range(0, 4_000).Select(_ => (float)(Math.Exp(random.NextUniform(-12, 3)) * (random.NextInt(2) == 0 ? 1 : -1)))];
        float[] outputs = new float[inputs.Length];
        network.Forward(inputs, inputs.Length, outputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            double expected = Math.Tanh(inputs[i]);
            Assert.Equal(expected, outputs[i], 4e-7 * Math.Abs(expected));
        }

        network.Forward([float.NaN], 1, outputs);
        Assert.True(float.IsNaN(outputs[0]));
    }

    [Theory]
    [InlineData(NetworkKind.Mlp)]
    [InlineData(NetworkKind.MinAtar)]
    public void Acting_allocates_nothing_once_the_buffers_have_grown(NetworkKind kind)
    {
        NetworkLayout layout = new(Images, 2, new NetworkOptions { Kind = kind, Dueling = true });
        PolicyNetwork network = new(layout);
        float[] parameters = TrainingExamples.Parameters(layout, 5);
        float[] observations = TrainingExamples.Batch(layout, 80, 6).Observations.ToArray();
        float[] values = new float[160];
        int[] actions = new int[80];
        Assert.Equal(0, Allocations.Of(() => Run(network, parameters, observations, values, actions)));
    }

    [Fact]
    public void Spans_that_are_too_short_are_refused()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions());
        PolicyNetwork network = new(layout);
        Assert.Throws<ArgumentException>(() => network.Load(new float[layout.Length - 1]));
        Assert.Throws<ArgumentException>(() => network.Forward(new float[7], 2, new float[4]));
        Assert.Throws<ArgumentException>(() => network.Forward(new float[8], 2, new float[3]));
        Assert.Throws<ArgumentException>(() => network.GreedyActions(new float[8], 2, new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Forward(new float[8], -1, new float[3]));
        network.Forward([], 0, []);
    }

    private static void Run(PolicyNetwork network, float[] parameters, float[] observations, float[] values, int[] actions)
    {
        for (int i = 0; i < 20; i++)
        {
            network.Load(parameters);
            network.Forward(observations, 80, values);
            network.GreedyActions(observations, 80, actions);
            network.GreedyActions(observations, 1, actions);
        }
    }
}
