namespace DqnAkka.Learner.Tests;

/// <summary>What onnx.checker looks for, by a reader and rules of our own: ONNX Runtime forgives more than others do.</summary>
public sealed class OnnxStructureTests
{
    [Theory]
    [MemberData(nameof(ExportExamples.Names), MemberType = typeof(ExportExamples))]
    public void Every_value_is_made_before_it_is_used_and_has_the_shape_that_is_said(string name)
    {
        OnnxFile file = OnnxFile.Read(ExportExamples.Onnx(ExportExamples.Content(ExportExamples.Layouts[name], 3)));
        Dictionary<string, string[]> known = file.Constants.ToDictionary(constant => constant.Name, constant => constant.Shape.Select(OnnxShapes.Text).ToArray());
        known.Add(Assert.Single(file.Inputs).Name, file.Inputs[0].Dimensions);
        HashSet<string> used = [];
        foreach (OnnxNode node in file.Nodes)
        {
            Assert.All(node.Inputs, input => Assert.Contains(input, known.Keys));
            used.UnionWith(node.Inputs);
            // Throws where a name is taken.
            known.Add(Assert.Single(node.Outputs), OnnxShapes.Infer(node, [.. node.Inputs.Select(input => known[input])]));
        }

        Assert.Distinct(file.Nodes.Select(node => node.Name));
        Assert.Equal(known.Keys.Except(used), ["action"]);
        OnnxDeclaration[] declared = [.. file.Inputs, .. file.Values, .. file.Outputs];
        Assert.Equal(known.Keys.Except(file.Constants.Select(constant => constant.Name)).Order(), declared.Select(value => value.Name).Order());
        Assert.All(declared, value => Assert.Equal(known[value.Name], value.Dimensions));
        Assert.All(declared, value => Assert.Equal(value.Name == "action" ? 7 : 1, value.Type));
    }

    [Theory]
    [MemberData(nameof(ExportExamples.Names), MemberType = typeof(ExportExamples))]
    public void Parameters_have_the_names_and_values_of_the_checkpoint(string name)
    {
        NetworkLayout layout = ExportExamples.Layouts[name];
        CheckpointContent content = ExportExamples.Content(layout, 3);
        OnnxFile file = OnnxFile.Read(ExportExamples.Onnx(content));

        OnnxConstant[] parameters = [.. file.Constants.Where(constant => constant.Name != "input_scale")];
        Assert.Equal(layout.Slots.Select(slot => slot.Name), parameters.Select(parameter => parameter.Name));
        Assert.All(layout.Slots.Zip(parameters), pair => Assert.Equal(content.Policy[pair.First.Offset..(pair.First.Offset + pair.First.Length)], pair.Second.Values));
        Assert.Equal(layout.InputScale == 1 ? [] : [1f / 255], file.Constants.Except(parameters).SelectMany(constant => constant.Values));
    }

    [Fact]
    public void A_dueling_network_of_images_is_these_operations()
    {
        OnnxFile file = OnnxFile.Read(ExportExamples.Onnx(ExportExamples.Content(ExportExamples.Layouts["nature layer-norm dueling"], 3)));

        Assert.Equal((8L, "DqnAkka 0.1.0", "policy"), (file.FormatVersion, file.Producer, file.Name));
        Assert.Equal(("", 17L), Assert.Single(file.OperatorSets));
        string[] block = ["Conv", "LayerNormalization", "Relu"];
        Assert.Equal(
            ["Mul", .. block, .. block, .. block, "Flatten", "Gemm", "LayerNormalization", "Relu", "Gemm", "Gemm", "ReduceMean", "Sub", "Add", "ArgMax"],
            file.Nodes.Select(node => node.Operation));
        Assert.Equal(("observation", "batch 3 60 44"), (file.Inputs[0].Name, file.Inputs[0].Shape));
        Assert.Equal(["q_values: batch 18", "action: batch"], file.Outputs.Select(output => $"{output.Name}: {output.Shape}"));
        Assert.Equal("Observations as the environment gives them, 0 to 255: the network scales them.", file.Inputs[0].Description);
        Assert.Equal(
            ["network.0.weight", "network.0.bias", "network.1.weight", "network.1.bias", "network.3.weight"],
            file.Constants.Where(constant => constant.Name != "input_scale").Take(5).Select(constant => constant.Name));
        Assert.Equal([32, 3, 8, 8], file.Constants.Single(constant => constant.Name == "network.0.weight").Shape);
        Assert.Equal(["value.weight", "value.bias", "advantage.weight", "advantage.bias"], file.Constants.TakeLast(4).Select(constant => constant.Name));
    }

    [Fact]
    public void An_evaluated_policy_says_its_own_steps_and_mean_return()
    {
        CheckpointContent content = ExportExamples.Content(ExportExamples.Layouts["mlp"], 3) with { Evaluation = new CheckpointEvaluation(70_000, 100, 487.25, 12, 400, 500) };
        OnnxFile file = OnnxFile.Read(ExportExamples.Onnx(content));
        Assert.Equal(("70000", "487.25"), (file.Metadata["steps"], file.Metadata["evaluation_mean"]));
    }

    [Fact]
    public void Equal_checkpoints_give_equal_files()
    {
        NetworkLayout layout = ExportExamples.Layouts["impala"];
        byte[] first = ExportExamples.Onnx(ExportExamples.Content(layout, 3));
        Assert.Equal(first, ExportExamples.Onnx(ExportExamples.Content(layout, 3)));
        Assert.NotEqual(first, ExportExamples.Onnx(ExportExamples.Content(layout, 4)));
    }

    [Fact]
    public void A_module_of_the_users_own_is_refused_in_one_line_and_nothing_is_written()
    {
        NetworkLayout layout = ExportExamples.Custom;
        using MemoryStream stream = new();
        LearnerException exception = Assert.Throws<LearnerException>(() => PolicyExport.WriteOnnx(ExportExamples.Content(layout, 3), stream));
        Assert.Equal(
            "the network Their.Module 4-2 of 10 parameters is a module of your own, whose operations are not known: export it with --format safetensors, and load that into the same module in PyTorch",
            exception.Message);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void A_network_that_is_too_large_for_the_format_is_one_line_and_nothing_is_written()
    {
        float[] large = new float[1 << 20];
        ProtobufMessage model = new();
        for (int i = 0; i < 512; i++)
        {
            model.Add(9, large.AsMemory());
        }

        using MemoryStream stream = new();
        LearnerException exception = Assert.Throws<LearnerException>(() => PolicyExport.Write(model, stream));
        Assert.Equal("the network takes 2147486208 bytes, more than the 2147483647 of an ONNX file: export it with --format safetensors", exception.Message);
        Assert.Equal(0, stream.Length);
    }
}
