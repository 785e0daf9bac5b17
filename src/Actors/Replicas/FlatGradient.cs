using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>A gradient in memory that can travel: bytes, so that a piece of it is a piece of a message.</summary>
/// <param name="length">Parameters.</param>
internal sealed class FlatGradient(int length)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(checked(length * sizeof(float)), pinned: true);

    /// <summary>The gradient, float32.</summary>
    public Memory<byte> Bytes => _bytes;

    /// <summary>The gradient.</summary>
    public Span<float> Values => MemoryMarshal.Cast<byte, float>(_bytes.AsSpan());

    /// <summary>The gradient of some rows, as a part of that of the whole batch.</summary>
    /// <param name="trainer">Computes it.</param>
    /// <param name="batch">The rows; there may be none.</param>
    /// <param name="rowsOfAll">Rows of the whole batch.</param>
    /// <param name="absoluteTdErrors">Receives |δ|.</param>
    public GradientResult Compute(IGradientTrainer trainer, TrainingBatch batch, int rowsOfAll, Span<float> absoluteTdErrors)
    {
        if (batch.Count == 0)
        {
            Values.Clear();
            return default;
        }

        GradientResult result = trainer.ComputeGradient(batch, Values, absoluteTdErrors[..batch.Count]);
        Scale(Values, (float)batch.Count / rowsOfAll);
        return result;
    }

    /// <summary>XXH3 (64 bits) of a trainer's parameters.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="parameters">Receives them.</param>
    public static ulong Checksum(ITrainer trainer, Span<float> parameters)
    {
        trainer.CopyParameters(parameters);
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(parameters));
    }

    private static void Scale(Span<float> values, float factor)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (int index = 0; index < vectors.Length; index++)
        {
            vectors[index] *= factor;
        }

        foreach (ref float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            value *= factor;
        }
    }
}
