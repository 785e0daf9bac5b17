namespace DqnAkka.Learner.Tests;

/// <summary>The shapes of the operators' results by the definitions in ONNX's Operators.md, and their demands on their inputs.</summary>
internal static class OnnxShapes
{
    private const string Batch = "batch";

    /// <summary>The dimensions of a node's output.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">The dimensions of its inputs.</param>
    public static string[] Infer(OnnxNode node, IReadOnlyList<string[]> inputs)
    {
        string[] first = inputs[0];
        switch (node.Operation)
        {
            case "Relu" or "Tanh":
                return first;
            case "Mul" or "Add" or "Sub":
                return Broadcast(first, inputs[1]);
            case "Flatten":
                Assert.Equal(1, node.Integer("axis"));
                return [Batch, Text(Product(first[1..]))];
            case "Gemm":
                Assert.Equal(1, node.Integer("transB"));
                Assert.Equal(2, first.Length);
                Assert.Equal(first[1], inputs[1][1]);
                Assert.Equal([inputs[1][0]], inputs[2]);
                return [Batch, inputs[1][0]];
            case "Conv":
                Assert.Equal(4, first.Length);
                Assert.Equal(first[1], inputs[1][1]);
                Assert.Equal(node.Integers("kernel_shape").Select(Text), inputs[1][2..]);
                Assert.Equal([inputs[1][0]], inputs[2]);
                return [Batch, inputs[1][0], .. Windows(node, first)];
            case "MaxPool":
                return [Batch, first[1], .. Windows(node, first)];
            case "LayerNormalization":
                Assert.Equal(1, node.Integer("axis"));
                Assert.Equal(1e-5f, node.Attributes["epsilon"]);
                Assert.Equal(first[1..], inputs[1]);
                Assert.Equal(first[1..], inputs[2]);
                return first;
            case "ReduceMean":
                Assert.Equal([1], node.Integers("axes"));
                Assert.Equal(1, node.Integer("keepdims"));
                return [Batch, "1"];
            case "ArgMax":
                Assert.Equal((1L, 0L), (node.Integer("axis"), node.Integer("keepdims")));
                return [Batch];
            default:
                throw new InvalidOperationException($"no such operator is expected: {node.Operation}");
        }
    }

    public static string Text(int dimension) => $"{dimension}";

    private static int Product(IEnumerable<string> dimensions) => dimensions.Aggregate(1, (product, dimension) => product * int.Parse(dimension, null));

    private static IEnumerable<string> Windows(OnnxNode node, string[] input)
    {
        int[] pads = node.Integers("pads");
        for (int side = 0; side < 2; side++)
        {
            int room = int.Parse(input[2 + side], null) + pads[side] + pads[2 + side] - node.Integers("kernel_shape")[side];
            yield return Text((room / node.Integers("strides")[side]) + 1);
        }
    }

    private static string[] Broadcast(string[] left, string[] right)
    {
        string[] result = [.. left];
        for (int i = 1; i <= Math.Max(left.Length, right.Length); i++)
        {
            string mine = left[^i];
            string other = i <= right.Length ? right[^i] : "1";
            Assert.True(mine == other || mine == "1" || other == "1", $"[{string.Join(' ', left)}] and [{string.Join(' ', right)}] do not go together");
            result[^i] = mine == "1" ? other : mine;
        }

        return result;
    }
}
