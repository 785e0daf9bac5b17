using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace DqnAkka.Learner;

/// <summary>
/// Reads safetensors files of float32 and int64 tensors. Nothing is trusted: every length, offset, type and shape is checked against
/// the file before anything of that size is allocated, and whatever is wrong is a <see cref="CheckpointException"/> of one line.
/// </summary>
internal static class SafeTensorsReader
{
    // The reference implementation's own limit.
    private const long MaximumHeaderLength = 100_000_000;

    private static readonly JsonDocumentOptions HeaderOptions = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly record struct Entry(string Name, string Type, long[] Shape, long Begin, long End);

    /// <summary>Reads a whole file.</summary>
    /// <param name="stream">The file from its beginning; its length must be known.</param>
    /// <param name="path">What messages call it.</param>
    /// <returns>The tensors in the order of their data.</returns>
    /// <exception cref="CheckpointException">The file is not a valid safetensors file of these types.</exception>
    public static IReadOnlyList<SafeTensor> Read(Stream stream, string path)
    {
        byte[] header = ReadHeader(stream, path);
        long dataLength = stream.Length - stream.Position;
        List<Entry> entries = ParseHeader(header, path);
        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        CheckLayout(entries, dataLength, path);
        return entries.ConvertAll(entry => ReadTensor(stream, entry));
    }

    private static byte[] ReadHeader(Stream stream, string path)
    {
        long available = stream.Length - sizeof(long);
        if (available < 0)
        {
            throw CheckpointException.Damaged(path, "it is shorter than the 8 bytes of its header length");
        }

        Span<byte> lengthBytes = stackalloc byte[sizeof(long)];
        stream.ReadExactly(lengthBytes);
        long length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes);
        if (length < 2 || length > Math.Min(available, MaximumHeaderLength))
        {
            throw CheckpointException.Damaged(path, $"its header length is {length}, with {available} bytes left in the file");
        }

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        return header[0] == (byte)'{' && Utf8.IsValid(header) ? header : throw CheckpointException.Damaged(path, "its header is not a JSON object in UTF-8");
    }

    private static List<Entry> ParseHeader(byte[] header, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, HeaderOptions);
            List<Entry> entries = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "__metadata__")
                {
                    entries.Add(ParseEntry(property, path));
                }
            }

            return entries;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw CheckpointException.Damaged(path, "its header is not valid JSON of tensors with dtype, shape and data_offsets", exception);
        }
    }

    private static Entry ParseEntry(JsonProperty property, string path)
    {
        string type = property.Value.GetProperty("dtype").GetString() ?? "";
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        return offsets.Length == 2
            ? new Entry(property.Name, type, shape, offsets[0], offsets[1])
            : throw CheckpointException.Damaged(path, $"tensor {Printable(property.Name)} has {offsets.Length} data offsets instead of 2");
    }

    private static void CheckLayout(List<Entry> entries, long dataLength, string path)
    {
        long end = 0;
        foreach (Entry entry in entries)
        {
            string name = Printable(entry.Name);
            int elementSize = ElementSize(entry.Type)
                ?? throw CheckpointException.Damaged(path, $"tensor {name} has the type {Printable(entry.Type)}; only F32 and I64 are read");
            if (entry.Begin != end || entry.End < entry.Begin || entry.End > dataLength)
            {
                throw CheckpointException.Damaged(path, $"tensor {name} lies at bytes {entry.Begin} to {entry.End} of {dataLength}, where byte {end} is the next");
            }

            if (ElementCount(entry.Shape) is not long elements || elements > Array.MaxLength || elements * elementSize != entry.End - entry.Begin)
            {
                throw CheckpointException.Damaged(path, $"tensor {name} has {entry.End - entry.Begin} bytes, which its shape and type do not fill");
            }

            end = entry.End;
        }

        if (end != dataLength)
        {
            throw CheckpointException.Damaged(path, $"its tensors take {end} bytes of the {dataLength} that follow the header");
        }
    }

    private static SafeTensor ReadTensor(Stream stream, Entry entry)
    {
        if (entry.Type == "I64")
        {
            long[] integers = new long[(entry.End - entry.Begin) / sizeof(long)];
            stream.ReadExactly(MemoryMarshal.AsBytes(integers.AsSpan()));
            return new Int64Tensor(entry.Name, entry.Shape, integers);
        }

        float[] values = new float[(entry.End - entry.Begin) / sizeof(float)];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new Float32Tensor(entry.Name, entry.Shape, values);
    }

    private static int? ElementSize(string type) => type switch
    {
        "F32" => sizeof(float),
        "I64" => sizeof(long),
        _ => null,
    };

    /// <summary>The product of the dimensions; null where one is negative or the product is no number of elements of any array.</summary>
    private static long? ElementCount(long[] shape)
    {
        long product = 1;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || dimension > Array.MaxLength)
            {
                return null;
            }

            // Both factors are below 2³¹, so this does not overflow.
            product *= dimension;
            if (product > Array.MaxLength)
            {
                return null;
            }
        }

        return product;
    }

    /// <summary>A name from a file, cut and stripped so that it cannot break the one line it stands in.</summary>
    private static string Printable(string text)
    {
        string stripped = string.Concat(text.Take(80).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
        return $"'{stripped}'";
    }
}
