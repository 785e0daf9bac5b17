namespace DqnAkka.Learner;

/// <summary>One named tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions, row-major; empty for a scalar.</param>
internal abstract record SafeTensor(string Name, IReadOnlyList<long> Shape);

/// <summary>A float32 tensor (<c>F32</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Its elements, as many as the product of the dimensions.</param>
internal sealed record Float32Tensor(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values) : SafeTensor(Name, Shape);

/// <summary>An int64 tensor (<c>I64</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Its elements, as many as the product of the dimensions.</param>
internal sealed record Int64Tensor(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<long> Values) : SafeTensor(Name, Shape);
