using System.Text.Json;

namespace DqnAkka.Learner.Tests;

/// <summary>A tensor as the format's description has it.</summary>
internal sealed record PlainTensor(string Name, int[] Shape, float[] Values);

/// <summary>Another reader of safetensors, written from https://huggingface.co/docs/safetensors alone: what it and the product agree on is the format's.</summary>
internal static class PlainSafeTensors
{
    public static IReadOnlyList<PlainTensor> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        ulong headerSize = 0;
        for (int i = 7; i >= 0; i--)
        {
            headerSize = (headerSize << 8) | file[i];
        }

        int data = 8 + checked((int)headerSize);
        List<PlainTensor> tensors = [];
        foreach (JsonProperty entry in JsonDocument.Parse(file.AsMemory(8, (int)headerSize)).RootElement.EnumerateObject())
        {
            if (entry.NameEquals("__metadata__"))
            {
                continue;
            }

            Assert.Equal("F32", entry.Value.GetProperty("dtype").GetString());
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            int begin = data + entry.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = data + entry.Value.GetProperty("data_offsets")[1].GetInt32();
            float[] values = [.. Enumerable.Range(0, (end - begin) / 4).Select(i => BitConverter.ToSingle(file, begin + (4 * i)))];
            Assert.Equal(shape.Aggregate(1, (product, size) => product * size), values.Length);
            tensors.Add(new PlainTensor(entry.Name, shape, values));
        }

        return tensors;
    }
}
