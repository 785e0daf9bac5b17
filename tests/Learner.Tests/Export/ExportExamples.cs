using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>Checkpoints of every kind of network, with random parameters.</summary>
internal static class ExportExamples
{
    public static TheoryData<string> Names => [.. Layouts.Keys];

    /// <summary>The networks by a name that says what is special in them.</summary>
    public static IReadOnlyDictionary<string, NetworkLayout> Layouts { get; } = new Dictionary<string, NetworkLayout>
    {
        ["mlp"] = new(4, 2, new NetworkOptions()),
        ["mlp one layer, one action"] = new(1, 1, new NetworkOptions { Hidden = [3] }),
        ["mlp dueling tanh"] = new(5, 3, new NetworkOptions { Hidden = [17, 33], Dueling = true, Activation = Activation.Tanh }),
        ["mlp layer-norm"] = new(6, 4, new NetworkOptions { Hidden = [32, 16], LayerNorm = true }),
        ["mlp on images of bytes"] = Image(ObservationType.UInt8, 2, 5, 4, 3, new NetworkOptions { Kind = NetworkKind.Mlp, Hidden = [24] }),
        ["minatar"] = Image(ObservationType.Boolean, 4, 10, 10, 6, new NetworkOptions()),
        ["minatar layer-norm dueling tanh"] = Image(
            ObservationType.Float32, 7, 10, 8, 6, new NetworkOptions { LayerNorm = true, Dueling = true, Activation = Activation.Tanh }),
        ["minatar with one cell left, layer-norm"] = Image(ObservationType.Float32, 2, 3, 3, 2, new NetworkOptions { LayerNorm = true }),
        ["minatar with one row left, layer-norm"] = Image(ObservationType.Float32, 2, 3, 10, 2, new NetworkOptions { LayerNorm = true }),
        ["nature"] = Image(ObservationType.UInt8, 4, 84, 84, 4, new NetworkOptions()),
        ["nature layer-norm dueling"] = Image(ObservationType.UInt8, 3, 60, 44, 18, new NetworkOptions { LayerNorm = true, Dueling = true }),
        ["impala"] = Image(ObservationType.UInt8, 4, 64, 64, 15, new NetworkOptions { Kind = NetworkKind.Impala }),
        ["impala layer-norm dueling tanh"] = Image(
            ObservationType.Float32, 3, 21, 34, 5, new NetworkOptions { Kind = NetworkKind.Impala, LayerNorm = true, Dueling = true, Activation = Activation.Tanh }),
    };

    /// <summary>A module of a user's own, of which a checkpoint knows the parameters only.</summary>
    public static NetworkLayout Custom { get; } = new(
        new ObservationFormat(ObservationType.Float32, 4),
        2,
        new NetworkOptions { Kind = NetworkKind.Custom, Type = "Their.Module, Their.Assembly" },
        [new ParameterShape("body.weight", [2, 4], 0), new ParameterShape("body.bias", [2], 0)]);

    public static CheckpointContent Content(NetworkLayout layout, ulong seed)
    {
        float[] parameters = layout.Kind == NetworkKind.Custom ? new float[layout.Length] : TrainingExamples.Parameters(layout, seed);
        RandomSource random = new(seed, 1);
        foreach (ParameterSlot slot in layout.Slots)
        {
            // What is constant at first would hide an error in its place.
            for (int i = 0; slot.Parameter.InitialBound == 0 && i < slot.Length; i++)
            {
                parameters[slot.Offset + i] += (float)random.NextUniform(-0.5, 0.5);
            }
        }

        return new CheckpointContent
        {
            Created = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero),
            EnvironmentName = "Example-v1 \"é\"",
            Seed = seed,
            Layout = layout,
            Policy = parameters,
            Counters = new Dictionary<string, long> { ["steps"] = 1_234_567_890_123 },
        };
    }

    /// <summary>Observations as the environment would give them, float32 [count × observation size].</summary>
    public static float[] Observations(NetworkLayout layout, int count, ulong seed)
    {
        RandomSource random = new(seed, 2);
        float[] observations = new float[count * layout.ObservationSize];
        for (int i = 0; i < observations.Length; i++)
        {
            observations[i] = layout.Observation.Type switch
            {
                ObservationType.UInt8 => random.NextInt(256),
                ObservationType.Boolean => random.NextInt(2),
                _ => (float)random.NextUniform(-2, 2),
            };
        }

        return observations;
    }

    public static byte[] Onnx(CheckpointContent content)
    {
        using MemoryStream stream = new();
        PolicyExport.WriteOnnx(content, stream);
        return stream.ToArray();
    }

    private static NetworkLayout Image(ObservationType type, int planes, int height, int width, int actions, NetworkOptions options) =>
        new(new ObservationFormat(type, planes * height * width, 1, new PlaneShape(planes, height, width)), actions, options);
}
