using System.Globalization;

namespace DqnAkka.Learner;

/// <summary>Writes the policy of a checkpoint to files that other programs read. Equal checkpoints give equal files.</summary>
public static class PolicyExport
{
    // The format of the first ONNX that has version 17 of the operators, so that older readers take the file too.
    private const int OnnxFormatVersion = 8;

    private const string Producer = "DqnAkka";

    /// <summary>
    /// Writes an ONNX model from <c>observation</c>, float32 [batch × planes × height × width] ([batch × components] for vectors), to
    /// <c>q_values</c>, float32 [batch × actions], and <c>action</c>, int64 [batch], the first of the highest.
    /// </summary>
    /// <param name="content">The checkpoint.</param>
    /// <param name="stream">Where it goes.</param>
    /// <exception cref="LearnerException">The network is a user's own module, or larger than an ONNX file can be; nothing was written.</exception>
    public static void WriteOnnx(CheckpointContent content, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(stream);
        ParameterVector.RequireLength(content.Layout, content.Policy.Length);
        if (content.Layout.Kind == NetworkKind.Custom)
        {
            throw new LearnerException(
                $"the network {content.Layout.Description} is a module of your own, whose operations are not known: export it with --format safetensors, and load that into the same module in PyTorch");
        }

        string version = typeof(PolicyExport).Assembly.GetName().Version!.ToString(3);
        ProtobufMessage graph = OnnxNetwork.Graph(content.Layout, content.Policy);
        Write(OnnxMessages.Model(OnnxFormatVersion, OnnxNetwork.OperatorVersion, (Producer, version), graph, Metadata(content)), stream);
    }

    /// <summary>Writes a safetensors file of the parameters under PyTorch's names and shapes.</summary>
    /// <param name="content">The checkpoint.</param>
    /// <param name="stream">Where it goes.</param>
    public static void WriteSafeTensors(CheckpointContent content, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(stream);
        ParameterVector.RequireLength(content.Layout, content.Policy.Length);
        SafeTensorsWriter.Write(stream, [.. ParameterTensors.Split(content.Layout, content.Policy, "")], Metadata(content));
    }

    /// <summary>Writes an ONNX model unless it is too long to be one.</summary>
    /// <exception cref="LearnerException">It is; nothing was written.</exception>
    internal static void Write(ProtobufMessage model, Stream stream)
    {
        long length = model.Length;
        if (length > ProtobufMessage.MaximumLength)
        {
            throw new LearnerException(
                $"the network takes {length} bytes, more than the {ProtobufMessage.MaximumLength} of an ONNX file: export it with --format safetensors");
        }

        model.WriteTo(stream);
    }

    private static List<KeyValuePair<string, string>> Metadata(CheckpointContent content)
    {
        NetworkLayout layout = content.Layout;
        List<KeyValuePair<string, string>> metadata =
        [
            new("environment", content.EnvironmentName),
            new("network", layout.Description),
            new("observation", $"{layout.Observation.Type.ToString().ToLowerInvariant()} {layout.Observation.Shape}"),
            new("input_scale", layout.InputScale.ToString("R", CultureInfo.InvariantCulture)),
        ];
        if (content.Evaluation is { } evaluation)
        {
            metadata.Add(new("steps", evaluation.Step.ToString(CultureInfo.InvariantCulture)));
            metadata.Add(new("evaluation_mean", evaluation.Mean.ToString("R", CultureInfo.InvariantCulture)));
        }
        else if (content.Counters.TryGetValue("steps", out long steps))
        {
            metadata.Add(new("steps", steps.ToString(CultureInfo.InvariantCulture)));
        }

        return metadata;
    }
}
