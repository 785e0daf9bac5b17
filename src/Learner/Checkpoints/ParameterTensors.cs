namespace DqnAkka.Learner;

/// <summary>Between a flat parameter vector and named tensors without padding.</summary>
internal static class ParameterTensors
{
    /// <summary>One tensor for each slot of the layout, as views of the flat vector.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="flat">The flat vector, float32 [<see cref="NetworkLayout.Length"/>].</param>
    /// <param name="prefix">What goes before each slot's name.</param>
    public static IEnumerable<SafeTensor> Split(NetworkLayout layout, float[] flat, string prefix) =>
        layout.Slots.Select(slot => new Float32Tensor(
            prefix + slot.Name, [.. slot.Shape.Select(dimension => (long)dimension)], flat.AsMemory(slot.Offset, slot.Length)));

    /// <summary>The flat vector that the named tensors make up, its padding zero.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <param name="prefix">What goes before each slot's name.</param>
    /// <param name="path">What messages call the file.</param>
    /// <exception cref="CheckpointException">A tensor is missing or of another type or shape.</exception>
    public static float[] Join(NetworkLayout layout, IReadOnlyList<SafeTensor> tensors, string prefix, string path)
    {
        Dictionary<string, SafeTensor> byName = tensors.ToDictionary(tensor => tensor.Name);
        List<Float32Tensor> found = [];
        foreach (ParameterSlot slot in layout.Slots)
        {
            string name = prefix + slot.Name;
            if (byName.GetValueOrDefault(name) is not Float32Tensor tensor || !tensor.Shape.SequenceEqual(slot.Shape.Select(dimension => (long)dimension)))
            {
                throw new CheckpointException(
                    $"checkpoint {path} does not fit its network {layout.Description}: tensor {name} of float32 [{string.Join(", ", slot.Shape)}] is missing; {CheckpointException.Remedy}");
            }

            found.Add(tensor);
        }

        // Only now is it known that the file holds as much as the layout asks for.
        float[] flat = new float[layout.Length];
        foreach ((ParameterSlot slot, Float32Tensor tensor) in layout.Slots.Zip(found))
        {
            tensor.Values.Span.CopyTo(flat.AsSpan(slot.Offset));
        }

        return flat;
    }
}
