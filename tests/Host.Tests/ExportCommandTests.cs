using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ExportCommandTests
{
    private static readonly NetworkLayout Layout = new(4, 2, new NetworkOptions { Hidden = [8] });

    [Theory]
    [InlineData("onnx")]
    [InlineData("safetensors")]
    [InlineData("ONNX")]
    public async Task The_policy_of_a_run_is_in_the_file(string format)
    {
        using Host host = new();
        Save(host, step: 10, mean: 100);
        string output = host.Folder.Sub("policy");

        Assert.Equal((0, ""), (await host.Run("export", host.Folder.Sub("run"), "--format", format, "--output", output), host.Error.ToString()));

        byte[] file = await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken);
        Assert.Equal($"the policy 4-8-2 relu of CartPole-v1 is in {output}, {file.Length} bytes\n", host.Output.ToString());
        Assert.Contains("network.0.weight", Encoding.Latin1.GetString(file), StringComparison.Ordinal);
        Assert.False(File.Exists(output + ".tmp"));
    }

    [Fact]
    public async Task The_newest_is_taken_or_the_best_or_the_one_that_is_named()
    {
        using Host host = new();
        Save(host, step: 10, mean: 100);
        string named = Save(host, step: 20, mean: 300);
        Save(host, step: 30, mean: 200);
        string run = host.Folder.Sub("run");

        Assert.Equal("30", await ExportedSteps(host, run));
        Assert.Equal("20", await ExportedSteps(host, run, "--best"));
        Assert.Equal("30", await ExportedSteps(host, Path.Combine(run, "checkpoint")));
        Assert.Equal("", host.Error.ToString());
        Assert.Equal("20", await ExportedSteps(host, named));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_passed_over_with_a_line()
    {
        using Host host = new();
        Save(host, step: 10, mean: 100);
        string damaged = Save(host, step: 20, mean: 300);
        await File.WriteAllTextAsync(damaged, "what is this", TestContext.Current.CancellationToken);

        Assert.Equal("10", await ExportedSteps(host, host.Folder.Sub("run")));

        string line = Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith("warning: ", line, StringComparison.Ordinal);
        Assert.Contains(damaged, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_by_force()
    {
        using Host host = new();
        Save(host, step: 10, mean: 100);
        string output = host.Folder.Write("policy.onnx", "precious");
        string[] arguments = ["export", host.Folder.Sub("run"), "--format", "onnx", "--output", output];

        Assert.Equal(2, await host.Run(arguments));
        Assert.Equal($"error: --output {output} exists: give another name, or --force to replace it\n", host.Error.ToString());
        Assert.Equal("precious", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));

        Assert.Equal(0, await host.Run([.. arguments, "--force"]));
        Assert.NotEqual("precious", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_checkpoints_own_file_is_not_replaced_by_force_either()
    {
        using Host host = new();
        string manifest = Save(host, step: 10, mean: 100);
        byte[] before = await File.ReadAllBytesAsync(manifest, TestContext.Current.CancellationToken);

        Assert.Equal(2, await host.Run("export", host.Folder.Sub("run"), "--format", "onnx", "--output", manifest, "--force"));

        Assert.Equal($"error: --output {manifest} belongs to the checkpoints of a run: give another --output\n", host.Error.ToString());
        Assert.Equal(before, await File.ReadAllBytesAsync(manifest, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_cannot_be_read_or_written_is_one_line()
    {
        using Host host = new();
        Save(host, step: 10, mean: 100);
        string run = host.Folder.Sub("run");
        string output = host.Folder.Sub("policy");

        Assert.Equal(2, await host.Run("export", run, "--format", "tflite", "--output", output));
        Assert.Equal(2, await host.Run("export", run, "--format", "onnx", "--output", host.Folder.Sub("none/policy")));
        Assert.Equal(2, await host.Run("export", run, "--format", "onnx", "--output", run));
        Assert.Equal(2, await host.Run("export", host.Folder.Sub("empty"), "--format", "onnx", "--output", output));
        Assert.Equal(2, await host.Run("export", run, "--output", output));
        Assert.Equal(2, await host.Run("export", run, "--format", "onnx"));
        Assert.Equal(2, await host.Run("export", "--format", "onnx", "--output", output));

        string[] lines = host.Error.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.Equal("error: --format tflite is none that is written: give onnx or safetensors", lines[0]);
        Assert.Equal($"error: --output {host.Folder.Sub("none/policy")} lies in no folder that exists: make it first", lines[1]);
        Assert.Equal($"error: --output {run} is a folder: name a file", lines[2]);
        Assert.StartsWith($"error: there is no checkpoint in {host.Folder.Sub("empty")}", lines[3], StringComparison.Ordinal);
        Assert.Equal("error: --format needs a value: write --format FORMAT; see 'export --help'", lines[4]);
        Assert.Equal("error: --output needs a value: write --output FILE; see 'export --help'", lines[5]);
        Assert.Equal("error: RUN is missing: see 'export --help'", lines[6]);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task A_disk_that_is_full_ends_it_in_one_line_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        using Host host = new();
        Save(host, step: 10, mean: 100);
        string output = host.Folder.Sub("policy");
        File.CreateSymbolicLink($"{output}.tmp", "/dev/full");

        Assert.Equal(1, await host.Run("export", host.Folder.Sub("run"), "--format", "onnx", "--output", output));

        string line = Assert.Single(host.Error.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith($"error: {output} cannot be written (", line, StringComparison.Ordinal);
        Assert.Equal([], Directory.GetFiles(host.Folder.Path));
    }

    private static string Save(Host host, long step, double mean) => new CheckpointStore(host.Folder.Sub("run/checkpoint")).Save(new CheckpointContent
    {
        EnvironmentName = "CartPole-v1",
        Seed = 1,
        Layout = Layout,
        Policy = new float[Layout.Length],
        Evaluation = new CheckpointEvaluation(step, 10, mean, 1, mean, mean),
    }).ManifestPath;

    private static async Task<string?> ExportedSteps(Host host, string run, params string[] options)
    {
        string output = host.Folder.Sub("policy.safetensors");
        Assert.Equal(0, await host.Run(["export", run, "--format", "safetensors", "--output", output, "--force", .. options]));
        byte[] file = await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, (int)BinaryPrimitives.ReadInt64LittleEndian(file)));
        return header.RootElement.GetProperty("__metadata__").GetProperty("steps").GetString();
    }
}
