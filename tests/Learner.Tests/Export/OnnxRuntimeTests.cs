using Microsoft.ML.OnnxRuntime;

namespace DqnAkka.Learner.Tests;

/// <summary>What ONNX Runtime computes from an exported policy is what we compute.</summary>
public sealed class OnnxRuntimeTests
{
    [Theory]
    [MemberData(nameof(ExportExamples.Names), MemberType = typeof(ExportExamples))]
    public void Values_and_actions_are_those_of_our_own_forward_pass(string name)
    {
        NetworkLayout layout = ExportExamples.Layouts[name];
        CheckpointContent content = ExportExamples.Content(layout, 3);
        using InferenceSession session = Open(content);
        using PolicyNetwork policy = new(layout);
        policy.Load(content.Policy);
        foreach (int count in (int[])[1, 7])
        {
            float[] observations = ExportExamples.Observations(layout, count, (ulong)count);
            float[] expected = new float[count * layout.ActionCount];
            policy.Forward(observations, count, expected);

            (float[] values, long[] actions) = Run(session, layout, observations, count);

            // float32 sums in another order: relative to the largest value, some units in the last place for each layer.
            double scale = Math.Max(1, expected.Max(Math.Abs));
            Assert.InRange(TrainingExamples.LargestDifference(expected, values) / scale, 0, 1e-5);
            int[] greedy = new int[count];
            GreedySelection.Select(values, layout.ActionCount, greedy);
            Assert.Equal(greedy.Select(action => (long)action), actions);
        }
    }

    [Fact]
    public void Of_equal_values_the_first_action_is_taken()
    {
        NetworkLayout layout = new(2, 5, new NetworkOptions { Hidden = [3] });
        CheckpointContent content = ExportExamples.Content(layout, 3);
        Array.Clear(content.Policy);
        ParameterSlot bias = layout.Slots[^1];
        float[] values = [-1, 2, 0.5f, 2, 2];
        values.CopyTo(content.Policy.AsSpan(bias.Offset));
        using InferenceSession session = Open(content);

        (float[] found, long[] actions) = Run(session, layout, [1, 2, 3, 4], 2);

        Assert.Equal([.. values, .. values], found);
        Assert.Equal([1, 1], actions);
    }

    [Fact]
    public void The_runtime_reads_what_the_model_says_of_itself()
    {
        NetworkLayout layout = ExportExamples.Layouts["nature"];
        using InferenceSession session = Open(ExportExamples.Content(layout, 3));

        ModelMetadata metadata = session.ModelMetadata;
        Assert.Equal("DqnAkka", metadata.ProducerName);
        Assert.Equal("policy", metadata.GraphName);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["environment"] = "Example-v1 \"é\"",
                ["network"] = "nature 4x84x84-4 relu",
                ["observation"] = "uint8 4x84x84",
                ["input_scale"] = "0.003921569",
                ["steps"] = "1234567890123",
            },
            metadata.CustomMetadataMap);
        NodeMetadata observation = Assert.Single(session.InputMetadata).Value;
        Assert.Equal((typeof(float), "-1 4 84 84", "batch"), (observation.ElementType, string.Join(' ', observation.Dimensions), observation.SymbolicDimensions[0]));
        Assert.Equal(["q_values", "action"], session.OutputNames);
        Assert.Equal([-1, 4], session.OutputMetadata["q_values"].Dimensions);
        Assert.Equal((typeof(long), 1), (session.OutputMetadata["action"].ElementType, session.OutputMetadata["action"].Dimensions.Length));
    }

    private static InferenceSession Open(CheckpointContent content)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        return new InferenceSession(ExportExamples.Onnx(content), options);
    }

    private static (float[] Values, long[] Actions) Run(InferenceSession session, NetworkLayout layout, float[] observations, int count)
    {
        Environments.PlaneShape shape = layout.Observation.Shape;
        long[] dimensions = shape.IsImage ? [count, shape.Planes, shape.Height, shape.Width] : [count, layout.ObservationSize];
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(observations, dimensions);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["observation"], [input], ["q_values", "action"]);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<long>().ToArray());
    }
}
