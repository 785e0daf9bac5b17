using System.Runtime.InteropServices;
using DqnAkka.Environments;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner.Tests;

public sealed class CustomModuleTests
{
    private static readonly ObservationFormat Images = new(ObservationType.UInt8, 2 * 6 * 5, shape: new PlaneShape(2, 6, 5));
    private static readonly ObservationFormat Vectors = new(ObservationType.Float32, 3);

    [Fact]
    public void A_layout_has_the_modules_parameters_under_its_names()
    {
        NetworkLayout layout = Layout<SmallConvolution>(Images);
        Assert.Equal(NetworkKind.Custom, layout.Kind);
        Assert.Equal(["filters.weight", "filters.bias", "head.weight", "head.bias"], layout.Slots.Select(slot => slot.Name));
        Assert.Equal([3, 2, 3, 3], layout.Slots[0].Shape);
        Assert.Equal((3 * 2 * 9) + 3 + (3 * 4 * 3 * 4) + 4, layout.ParameterCount);
        Assert.Equal("DqnAkka.Learner.Tests.SmallConvolution 2x6x5-4 of 205 parameters", layout.Description);
        Assert.Equal(1f / 255, layout.InputScale);
    }

    [Fact]
    public void First_values_are_the_modules_own_and_a_function_of_the_seed()
    {
        NetworkLayout layout = Layout<SmallConvolution>(Images);
        float[] first = TrainingExamples.Parameters(layout, 1);
        _ = manual_seed(99);
        Assert.Equal(first, TrainingExamples.Parameters(layout, 1));
        Assert.NotEqual(first, TrainingExamples.Parameters(layout, 2));
        _ = manual_seed((long)new RandomSource(1).NextUInt64());
        using SmallConvolution module = new(Images.Shape, 4);
        foreach (ParameterSlot slot in layout.Slots)
        {
            Assert.Equal(Floats(module.get_parameter(slot.Name)!).ToArray(), first.AsSpan(slot.Offset, slot.Length).ToArray());
        }
    }

    [Fact]
    public void Values_and_gradients_are_the_modules_own_through_the_flat_tensor()
    {
        NetworkLayout layout = Layout<SmallConvolution>(Images);
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        using DisposeScope scope = NewDisposeScope();
        using TorchNetwork network = new(layout, CPU, isTrained: true);
        parameters.CopyTo(Floats(network.Parameters));
        using SmallConvolution module = new(Images.Shape, 4);
        module.eval();
        module.load_state_dict(layout.Slots.ToDictionary(
            slot => slot.Name,
            slot => torch.tensor(parameters[slot.Offset..(slot.Offset + slot.Length)]).view(slot.Shape.Select(side => (long)side).ToArray())));
        Tensor bytes = randint(0, 256, [5, Images.Size], ScalarType.Byte);
        Tensor actual = network.Forward(bytes);
        Tensor expected = module.call(bytes.to_type(ScalarType.Float32).mul(1f / 255).view(5, 2, 6, 5));
        Assert.Equal(Floats(expected).ToArray(), Floats(actual).ToArray());
        for (int pass = 1; pass <= 2; pass++)
        {
            network.Forward(bytes).square().sum().backward();
        }

        expected.square().sum().backward();
        foreach (ParameterSlot slot in layout.Slots)
        {
            // Two passes, summed in place.
            float[] gradient = Floats(module.get_parameter(slot.Name)!.grad!.mul(2)).ToArray();
            Assert.True(TrainingExamples.LargestDifference(gradient, Floats(network.Gradients!).Slice(slot.Offset, slot.Length)) <= 1e-5 * gradient.Max(MathF.Abs));
        }
    }

    [Fact]
    public void A_trainer_learns_everything_but_what_the_module_freezes()
    {
        NetworkLayout layout = Layout<FrozenEmbedding>(Vectors);
        float[] before = TrainingExamples.Parameters(layout, 1);
        using ITrainer trainer = TrainerFactory.Create(layout, new LearnerOptions(), before);
        TrainingBatch batch = TrainingExamples.Batch(layout, 16, 1);
        float[] errors = new float[16];
        float first = trainer.Step(batch, 1e-2f, errors).Loss;
        for (int step = 0; step < 50; step++)
        {
            trainer.Step(batch, 1e-2f, errors);
        }

        Assert.True(trainer.Step(batch, 1e-2f, errors).Loss < first);
        float[] after = TrainingExamples.ParametersOf(trainer);
        foreach (ParameterSlot slot in layout.Slots)
        {
            bool isSame = before.AsSpan(slot.Offset, slot.Length).SequenceEqual(after.AsSpan(slot.Offset, slot.Length));
            Assert.Equal(slot.Name == "embedding.weight", isSame);
        }
    }

    [Fact]
    public void Acting_leaves_no_tensor_behind()
    {
        NetworkLayout layout = Layout<SmallConvolution>(Images);
        using PolicyNetwork network = new(layout);
        network.Load(TrainingExamples.Parameters(layout, 1));
        network.GreedyActions(new float[3 * Images.Size], 3, new int[3]);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        network.GreedyActions(new float[3 * Images.Size], 2, new int[2]);
        network.GreedyActions(new float[3 * Images.Size], 3, new int[3]);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_checkpoint_is_read_without_the_module_and_acts_with_it()
    {
        NetworkLayout layout = Layout<SmallConvolution>(Images);
        NetworkLayout? read = ManifestNetwork.Of(layout).ToLayout();
        Assert.NotNull(read);
        Assert.Equal(layout.Description, read.Description);
        Assert.Equal(layout.Slots.Select(slot => (slot.Name, slot.Offset, slot.Length)), read.Slots.Select(slot => (slot.Name, slot.Offset, slot.Length)));
        NetworkLayout unknown = (ManifestNetwork.Of(layout) with { Type = "Not.There, Not.There" }).ToLayout()!;
        Assert.Equal(layout.Length, unknown.Length);
        Assert.Throws<LearnerException>(() => new PolicyNetwork(unknown));
        using PolicyNetwork network = new(read.WithSearchPaths(["somewhere"]));
        network.Forward(new float[Images.Size], 1, new float[4]);
    }

    [Fact]
    public void Parameters_that_no_module_can_have_make_no_layout()
    {
        ManifestNetwork manifest = ManifestNetwork.Of(Layout<SmallConvolution>(Images));
        ManifestParameter sound = new("a", [2, 3]);
        ManifestParameter[][] unsound = [[], [new("a", [2, 0])], [new("a", [-2, -3])], [sound, null!], [sound, sound], [new("a", [int.MaxValue, int.MaxValue])]];
        Assert.Equal(16, (manifest with { Parameters = [sound] }).ToLayout()!.Length);
        Assert.All(unsound, parameters => Assert.Null((manifest with { Parameters = parameters }).ToLayout()));
        Assert.Null((manifest with { Parameters = null }).ToLayout());
        Assert.Null((manifest with { Type = null }).ToLayout());
    }

    [Fact]
    public void Parameters_of_another_version_of_the_module_are_refused_with_their_shapes()
    {
        NetworkLayout layout = Layout<SmallConvolution>(Images);
        ManifestNetwork manifest = ManifestNetwork.Of(layout);
        manifest.Parameters![0] = new ManifestParameter("filters.weight", [5, 2, 3, 3]);
        LearnerException exception = Assert.Throws<LearnerException>(() => new PolicyNetwork(manifest.ToLayout()!));
        Assert.Equal(
            $"network type '{Name<SmallConvolution>()}' is not the one that its parameters were made by: expected filters.weight [5, 2, 3, 3], it has filters.weight [3, 2, 3, 3] in their place; use the assembly that trained them",
            exception.Message);
    }

    [Fact]
    public void The_vectorised_kernels_refuse_it()
    {
        NetworkLayout layout = Layout<FrozenEmbedding>(Vectors);
        LearnerOptions options = new() { Backend = ComputeBackend.Simd };
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        Assert.Contains("has no kernels for the network DqnAkka.Learner.Tests.FrozenEmbedding", Assert.Throws<LearnerException>(() => TrainerFactory.Create(layout, options, parameters)).Message);
    }

    [Theory]
    [InlineData(typeof(WithBatchNorm), "keeps state outside its parameters (the buffer norm.running_mean, as batch normalisation does)")]
    [InlineData(typeof(WithoutParameters), "has no parameters, so nothing can be learned: assign its modules to fields and call RegisterComponents() in its constructor")]
    [InlineData(typeof(OfFloat64), "has the parameter head.weight of type Float64: parameters must be Float32")]
    [InlineData(typeof(OneValueTooMany), "gives Float32 [2, 5] for 2 observations of 3: it must give Float32 [2, 4], one value for each action")]
    [InlineData(typeof(OfAnotherInput), "fails on an input of [2, 3]: ExternalException: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x4)")]
    [InlineData(typeof(ChangesItsInput), "changes its input, which others read too: use no operation in place on it")]
    [InlineData(typeof(DetachesItsValues), "gives values through which no gradient reaches its parameters, so nothing can be learned: use its parameters in forward, without detach or no_grad")]
    [InlineData(typeof(ThrowsWhenMade), "cannot be made for observations of 3 and 4 actions: its constructor threw InvalidOperationException: no idea what to do with 3")]
    [InlineData(typeof(WithoutConstructor), "has no public constructor (PlaneShape observation, int actionCount): give it one")]
    [InlineData(typeof(CustomModuleBase), "is abstract or generic: name a class that can be made")]
    [InlineData(typeof(CustomModuleTests), "does not derive from TorchSharp.torch.nn.Module<Tensor, Tensor>: the networks in it are DqnAkka.Learner.Tests.ChangesItsInput, ")]
    public void What_is_no_network_is_told_in_one_line(Type type, string expected)
    {
        NetworkOptions options = new() { Type = $"{type.FullName}, {type.Assembly.GetName().Name}" };
        LearnerException exception = Assert.Throws<LearnerException>(() => new NetworkLayout(Vectors, 4, options));
        Assert.StartsWith($"network type '{type.FullName}' {expected}", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private static NetworkLayout Layout<T>(ObservationFormat observation) => new(observation, 4, new NetworkOptions { Type = Name<T>() });

    private static string Name<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes);
}
