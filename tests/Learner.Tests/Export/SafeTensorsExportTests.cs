using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace DqnAkka.Learner.Tests;

/// <summary>What an exported safetensors file is to readers that share no code with us.</summary>
public sealed class SafeTensorsExportTests
{
    [Theory]
    [MemberData(nameof(ExportExamples.Names), MemberType = typeof(ExportExamples))]
    public void The_file_holds_the_parameters_under_PyTorchs_names_without_gaps(string name)
    {
        RequireParameters(ExportExamples.Content(ExportExamples.Layouts[name], 3));
    }

    [Fact]
    public void A_module_of_the_users_own_is_written_without_being_loaded() => RequireParameters(ExportExamples.Content(ExportExamples.Custom, 3));

    [Fact]
    public void The_metadata_say_what_the_network_is()
    {
        byte[] file = Write(ExportExamples.Content(ExportExamples.Layouts["minatar"], 3));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(file)));
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["format"] = "pt",
                ["environment"] = "Example-v1 \"é\"",
                ["network"] = "minatar 4x10x10-6 relu",
                ["observation"] = "boolean 4x10x10",
                ["input_scale"] = "1",
                ["steps"] = "1234567890123",
            },
            header.RootElement.GetProperty("__metadata__").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()));
    }

    [Fact]
    public async Task Python_reads_every_bit_of_it()
    {
        CheckpointContent content = ExportExamples.Content(ExportExamples.Layouts["mlp dueling tanh"], 3);
        using TemporaryDirectory folder = new();
        string path = Path.Combine(folder.Path, "policy.safetensors");
        await File.WriteAllBytesAsync(path, Write(content), TestContext.Current.CancellationToken);

        using JsonDocument read = JsonDocument.Parse(await PythonAsync(path));

        Assert.Equal("Example-v1 \"é\"", read.RootElement.GetProperty("metadata").GetProperty("environment").GetString());
        JsonElement tensors = read.RootElement.GetProperty("tensors");
        Assert.Equal(content.Layout.Slots.Select(slot => slot.Name), tensors.EnumerateObject().Select(tensor => tensor.Name));
        Assert.All(content.Layout.Slots, slot =>
        {
            JsonElement tensor = tensors.GetProperty(slot.Name);
            Assert.Equal(slot.Shape, tensor.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt32()));
            Assert.Equal(
                content.Policy.AsSpan(slot.Offset, slot.Length).ToArray().Select(BitConverter.SingleToUInt32Bits),
                tensor.GetProperty("bits").EnumerateArray().Select(bits => bits.GetUInt32()));
        });
    }

    private static void RequireParameters(CheckpointContent content)
    {
        byte[] file = Write(content);
        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        Assert.Equal(0, length % 8);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, length));
        JsonProperty[] entries = [.. header.RootElement.EnumerateObject()];
        Assert.Equal("__metadata__", entries[0].Name);
        Assert.Equal(content.Layout.Slots.Select(slot => slot.Name), entries.Skip(1).Select(entry => entry.Name));
        int end = 0;
        foreach ((ParameterSlot slot, JsonProperty entry) in content.Layout.Slots.Zip(entries.Skip(1)))
        {
            Assert.Equal("F32", entry.Value.GetProperty("dtype").GetString());
            Assert.Equal(slot.Shape, entry.Value.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt32()));
            Assert.Equal([end, end + (4 * slot.Length)], entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32()));
            for (int i = 0; i < slot.Length; i++, end += 4)
            {
                Assert.Equal(content.Policy[slot.Offset + i], BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(8 + length + end)));
            }
        }

        Assert.Equal(file.Length, 8 + length + end);
    }

    private static byte[] Write(CheckpointContent content)
    {
        using MemoryStream stream = new();
        PolicyExport.WriteSafeTensors(content, stream);
        return stream.ToArray();
    }

    private static async Task<string> PythonAsync(string path)
    {
        ProcessStartInfo start = new("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Export", "safetensors_layout.py"));
        start.ArgumentList.Add(path);
        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("python3 is not installed");
        }

        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, await error);
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
