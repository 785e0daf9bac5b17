using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DqnAkka.Learner;

/// <summary>
/// Writes safetensors: an int64 header length (little-endian), a JSON header padded with spaces to a multiple of 8 bytes, and the
/// elements without gaps (https://huggingface.co/docs/safetensors). Every platform of .NET that libtorch supports is little-endian, as the format is.
/// </summary>
internal static class SafeTensorsWriter
{
    /// <summary>Writes a whole file.</summary>
    /// <param name="stream">Where it goes.</param>
    /// <param name="tensors">The tensors, of different names; those of 8-byte elements come first in the file, so that all are aligned.</param>
    /// <param name="metadata">What goes beside the tensors, besides <c>format</c>.</param>
    /// <exception cref="ArgumentException">A name is given twice, or a tensor has not as many elements as its shape says.</exception>
    public static void Write(Stream stream, IReadOnlyList<SafeTensor> tensors, IReadOnlyList<KeyValuePair<string, string>>? metadata = null)
    {
        Int64Tensor[] wide = [.. tensors.OfType<Int64Tensor>()];
        Float32Tensor[] narrow = [.. tensors.OfType<Float32Tensor>()];
        ArrayBufferWriter<byte> header = new();
        using (Utf8JsonWriter json = new(header))
        {
            HashSet<string> names = ["__metadata__"];
            long offset = 0;
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            foreach ((string key, string value) in metadata ?? [])
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            foreach (Int64Tensor tensor in wide)
            {
                WriteEntry(json, names, tensor, "I64", tensor.Values.Length, sizeof(long), ref offset);
            }

            foreach (Float32Tensor tensor in narrow)
            {
                WriteEntry(json, names, tensor, "F32", tensor.Values.Length, sizeof(float), ref offset);
            }

            json.WriteEndObject();
        }

        int padding = -header.WrittenCount & 7;
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.WrittenCount + padding);
        stream.Write(length);
        stream.Write(header.WrittenSpan);
        stream.Write("        "u8[..padding]);
        foreach (Int64Tensor tensor in wide)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.Span));
        }

        foreach (Float32Tensor tensor in narrow)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.Span));
        }
    }

    private static void WriteEntry(
        Utf8JsonWriter json, HashSet<string> names, SafeTensor tensor, string type, int elements, int elementSize, ref long offset)
    {
        if (!names.Add(tensor.Name))
        {
            throw new ArgumentException($"there are two tensors of the name {tensor.Name}");
        }

        if (tensor.Shape.Any(dimension => dimension < 0) || tensor.Shape.Aggregate(1L, (product, dimension) => checked(product * dimension)) != elements)
        {
            throw new ArgumentException($"tensor {tensor.Name} of shape [{string.Join(", ", tensor.Shape)}] has {elements} elements");
        }

        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (long dimension in tensor.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        offset += (long)elements * elementSize;
        json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
