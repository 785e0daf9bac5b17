using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed unsafe class SimdTrainerTests
{
    private static readonly ObservationFormat Images = new(ObservationType.Boolean, 3 * 7 * 7, 1, new PlaneShape(3, 7, 7));

    [Theory]
    [InlineData(NetworkKind.Mlp, Activation.Relu, 64)]
    [InlineData(NetworkKind.MinAtar, Activation.Relu, 32)]
    [InlineData(NetworkKind.MinAtar, Activation.Tanh, 200)]
    public void A_step_allocates_nothing_once_its_buffers_have_grown(NetworkKind kind, Activation activation, int count)
    {
        NetworkLayout layout = new(Images, 2, new NetworkOptions { Kind = kind, Dueling = true, Activation = activation });
        using SimdTrainer trainer = new(layout, new LearnerOptions(), TrainingExamples.Parameters(layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(layout, count, 1);
        float[] errors = new float[count];
        float[] parameters = new float[layout.Length];
        Assert.Equal(0, Allocations.Of(() => Run(trainer, batch, errors, parameters, 4)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(77)]
    public void The_gradient_of_padding_is_zero(int count)
    {
        // 25 positions, 128 units: both ways of turning, and rows of features with and without room between them.
        foreach (NetworkLayout layout in new[]
        {
            new NetworkLayout(Images, 3, new NetworkOptions { Kind = NetworkKind.MinAtar, Dueling = true }),
            new NetworkLayout(new ObservationFormat(ObservationType.UInt8, 120, 1, new PlaneShape(2, 6, 10)), 3, new NetworkOptions { Kind = NetworkKind.MinAtar }),
            new NetworkLayout(5, 3, new NetworkOptions { Hidden = [19, 33, 7], Dueling = true }),
        })
        {
            PackedNetwork network = new(layout);
            network.Load(TrainingExamples.Parameters(layout, 1));
            float[] gradients = Gradients(network, new BackwardPass(layout, network), TrainingExamples.Batch(layout, count, 1));
            float[] ones = new float[layout.Length];
            float[] places = new float[network.Packed.Length];
            foreach (ParameterSlot slot in layout.Slots)
            {
                ones.AsSpan(slot.Offset, slot.Length).Fill(1f);
            }

            network.Packed.Pack(ones, places);
            Assert.Equal(layout.ParameterCount, places.Count(place => place == 1f));
            Assert.All(places.Zip(gradients).Where(pair => pair.First == 0f), pair => Assert.Equal(0f, pair.Second));
            Assert.Contains(places.Zip(gradients), pair => pair.First == 1f && pair.Second != 0f);
        }
    }

    [Theory]
    [InlineData(NetworkKind.Mlp)]
    [InlineData(NetworkKind.MinAtar)]
    public void A_batch_with_a_NaN_leaves_nothing_behind_in_the_next_gradient(NetworkKind kind)
    {
        // tanh, which masks nothing; the first batch turns the weights, the second the deltas.
        NetworkLayout layout = new(Images, 3, new NetworkOptions { Kind = kind, Hidden = [90, 70], Activation = Activation.Tanh });
        PackedNetwork network = new(layout);
        network.Load(TrainingExamples.Parameters(layout, 1));
        BackwardPass backward = new(layout, network);
        TrainingBatch damaged = TrainingExamples.Batch(layout, 200, 1);
        damaged.Observations.Fill(float.NaN);
        Assert.Contains(Gradients(network, backward, damaged), float.IsNaN);
        TrainingBatch batch = TrainingExamples.Batch(layout, 9, 2);
        Assert.Equal(Gradients(network, new BackwardPass(layout, network), batch), Gradients(network, backward, batch));
    }

    [Fact]
    public void A_batch_of_bytes_is_refused()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions());
        using SimdTrainer trainer = new(layout, new LearnerOptions(), TrainingExamples.Parameters(layout, 1));
        using TorchBatch bytes = new(2, 4, holdsBytes: true, isPinned: false);
        bytes.Columns.Count = 2;
        Assert.Throws<ArgumentException>(() => trainer.Step(bytes.Columns, 1e-3f, new float[2]));
    }

    [Fact]
    public void Packing_and_unpacking_give_back_every_parameter()
    {
        NetworkLayout layout = new(Images, 3, new NetworkOptions { Kind = NetworkKind.MinAtar, Dueling = true });
        PackedLayout packed = new(layout);
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        float[] inPackedOrder = new float[packed.Length];
        float[] back = new float[layout.Length];
        packed.Pack(parameters, inPackedOrder);
        packed.Unpack(inPackedOrder, back);
        Assert.Equal(parameters, back);
    }

    private static float[] Gradients(PackedNetwork network, BackwardPass backward, TrainingBatch batch)
    {
        HiddenActivations activations = new(network.Packed);
        activations.EnsureCapacity(batch.Count);
        fixed (float* observations = batch.Observations, outputGradients = batch.Returns)
        fixed (int* actions = batch.Actions)
        {
            network.RunHidden(observations, batch.Count, activations);
            backward.Run(observations, activations, batch.Count, actions, outputGradients);
        }

        return backward.Gradients.Span[..network.Packed.Length].ToArray();
    }

    private static void Run(SimdTrainer trainer, TrainingBatch batch, float[] errors, float[] parameters, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            trainer.Step(batch, 1e-3f, errors);
            trainer.SynchronizeTarget();
            trainer.BlendTarget(0.5f);
            trainer.CopyParameters(parameters);
        }
    }
}
