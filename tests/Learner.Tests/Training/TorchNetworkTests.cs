using System.Runtime.InteropServices;
using DqnAkka.Environments;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner.Tests;

public sealed class TorchNetworkTests
{
    public static TheoryData<NetworkKind, bool, bool, Activation> Networks()
    {
        TheoryData<NetworkKind, bool, bool, Activation> networks = [];
        foreach (NetworkKind kind in (NetworkKind[])[NetworkKind.Mlp, NetworkKind.MinAtar, NetworkKind.Nature, NetworkKind.Impala])
        {
            networks.Add(kind, false, false, Activation.Relu);
            networks.Add(kind, false, true, Activation.Tanh);
            networks.Add(kind, true, false, Activation.Tanh);
            networks.Add(kind, true, true, Activation.Relu);
        }

        return networks;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Values_and_gradients_equal_those_of_a_network_of_modules_with_the_same_parameters_under_the_same_names(
        NetworkKind kind, bool hasLayerNorm, bool isDueling, Activation activation)
    {
        const int Rows = 3;
        NetworkOptions options = new() { Kind = kind, LayerNorm = hasLayerNorm, Dueling = isDueling, Activation = activation, Hidden = [19, 33] };
        NetworkLayout layout = new(Observation(kind), 5, options);
        set_num_threads(1);
        using DisposeScope scope = NewDisposeScope();
        using TorchNetwork network = new(layout, CPU, isTrained: true);
        float[] parameters = Scattered(layout);
        parameters.CopyTo(Floats(network.Parameters));
        using ModuleNetwork modules = new(kind, layout.Observation.Shape, 5, options);
        (_, IList<string>? unexpected) = modules.load_state_dict(StateDictionary(layout, parameters), strict: true);
        Assert.Empty(unexpected);
        Assert.Equal(layout.Slots.Select(slot => slot.Name).Order(), modules.named_parameters().Select(parameter => parameter.name).Order());

        Tensor observations = rand([Rows, layout.ObservationSize], generator: new Generator(3)) * (layout.InputScale == 1 ? 1 : 255);
        Tensor before = observations.clone();
        Tensor selection = rand([Rows, 5], generator: new Generator(4));
        Tensor actual = network.Forward(observations);
        Tensor expected = modules.call((observations * layout.InputScale).view(Rows, layout.Observation.Shape.Planes, layout.Observation.Shape.Height, layout.Observation.Shape.Width).squeeze());
        Assert.True(observations.equal(before).all().item<bool>());
        Assert.InRange((actual - expected).abs().max().item<float>(), 0, 2e-6f * MathF.Max(1, expected.abs().max().item<float>()));

        (actual * selection).sum().backward();
        (expected * selection).sum().backward();
        Dictionary<string, Tensor> gradients = modules.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter.grad!);
        foreach (ParameterSlot slot in layout.Slots)
        {
            Tensor gradient = network.Gradients!.narrow(0, slot.Offset, slot.Length).view(slot.Shape.Select(side => (long)side).ToArray());
            float largest = gradients[slot.Name].abs().max().item<float>();
            Assert.True(largest > 0, slot.Name);
            Assert.InRange((gradient - gradients[slot.Name]).abs().max().item<float>(), 0, 1e-5f * largest);
        }

        Assert.Equal<long>([Rows, 5], actual.shape.AsSpan());
    }

    [Fact]
    public void Bytes_are_scaled_by_an_image_network_only()
    {
        ObservationFormat images = new(ObservationType.UInt8, 3 * 10 * 10, shape: new PlaneShape(3, 10, 10));
        Assert.Equal(1f / 255, new NetworkLayout(images, 2, new NetworkOptions()).InputScale);
        Assert.Equal(1f, new NetworkLayout(images, 2, new NetworkOptions { Kind = NetworkKind.Mlp }).InputScale);
        foreach (NetworkKind kind in (NetworkKind[])[NetworkKind.MinAtar, NetworkKind.Mlp])
        {
            NetworkLayout layout = new(images, 2, new NetworkOptions { Kind = kind });
            using DisposeScope scope = NewDisposeScope();
            using TorchNetwork network = new(layout, CPU, isTrained: false);
            TrainingExamples.Parameters(layout, 1).CopyTo(Floats(network.Parameters));
            Tensor bytes = randint(0, 256, [4, images.Size], ScalarType.Byte);
            Assert.Equal(
                Floats(network.Forward(bytes.to_type(ScalarType.Float32))).ToArray(),
                Floats(network.Forward(bytes)).ToArray());
        }
    }

    [Fact]
    public void A_forward_pass_leaves_nothing_but_its_result()
    {
        foreach (NetworkKind kind in (NetworkKind[])[NetworkKind.Mlp, NetworkKind.MinAtar, NetworkKind.Nature, NetworkKind.Impala])
        {
            NetworkLayout layout = new(Observation(kind), 5, new NetworkOptions { Kind = kind, Dueling = true, LayerNorm = true });
            using TorchNetwork network = new(layout, CPU, isTrained: true);
            using Tensor observations = zeros([2, layout.ObservationSize]);
            long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            using Tensor values = network.Forward(observations);
            Assert.Equal(before + 1, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
    }

    private static ObservationFormat Observation(NetworkKind kind) => kind switch
    {
        NetworkKind.Mlp => new ObservationFormat(ObservationType.Float32, 7),
        NetworkKind.MinAtar => new ObservationFormat(ObservationType.Boolean, 4 * 10 * 10, shape: new PlaneShape(4, 10, 10)),
        NetworkKind.Nature => new ObservationFormat(ObservationType.UInt8, 4 * 44 * 36, shape: new PlaneShape(4, 44, 36)),
        _ => new ObservationFormat(ObservationType.UInt8, 3 * 21 * 17, shape: new PlaneShape(3, 21, 17)),
    };

    // Normalisations begin as the identity, which would hide their weights.
    private static float[] Scattered(NetworkLayout layout)
    {
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        RandomSource random = new(9);
        foreach (ParameterSlot slot in layout.Slots.Where(slot => slot.Parameter.InitialBound == 0))
        {
            for (int i = 0; i < slot.Length; i++)
            {
                parameters[slot.Offset + i] += (float)random.NextUniform(-0.3, 0.3);
            }
        }

        return parameters;
    }

    private static Dictionary<string, Tensor> StateDictionary(NetworkLayout layout, float[] parameters) => layout.Slots.ToDictionary(
        slot => slot.Name,
        slot => torch.tensor(parameters[slot.Offset..(slot.Offset + slot.Length)]).view(slot.Shape.Select(side => (long)side).ToArray()));

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
