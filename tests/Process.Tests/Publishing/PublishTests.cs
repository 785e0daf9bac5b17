namespace DqnAkka.Process.Tests;

/// <summary>The program as it is shipped, and as it is where libtorch is not.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class PublishTests(PublishedProgram published) : IClassFixture<PublishedProgram>
{
    private const string Library = "libLibTorchSharp.so";
    private static readonly string[] Short = ["--set", "dqn.stop.steps=2000", "--set", "dqn.stop.score=none", "--set", "dqn.evaluation.period=1000000"];
    private static readonly string[] OnTorch = ["--set", "dqn.learner.backend=torch"];

    [Fact]
    public async Task The_published_program_trains_on_libtorch()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        HostResult result = await RunAsync(published.Folder, folder, ["train", .. OnTorch, .. Short]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("ended: the step limit was reached (stop.steps)", result.Lines);
    }

    [Fact]
    public void Only_the_published_copy_of_the_library_is_marked()
    {
        SkipWithoutProgram();
        byte[] package = File.ReadAllBytes(PackagedLibrary());
        byte[] shipped = File.ReadAllBytes(Path.Combine(published.Native, Library));

        Assert.Equal(package.Length, shipped.Length);
        int at = Assert.Single(Enumerable.Range(0, package.Length), i => package[i] != shipped[i]);
        Assert.Equal(package[at] | 2, shipped[at]);
    }

    [Fact]
    public void What_is_never_loaded_is_not_shipped()
    {
        SkipWithoutProgram();
        string[] files = [.. Directory.EnumerateFiles(published.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName)!];

        Assert.Contains("libtorch_cpu.so", files);
        Assert.Single(files, name => name.Contains("LibTorchSharp.", StringComparison.Ordinal));
        Assert.DoesNotContain(files, name => name is "libSkiaSharp.pdb" or "libHarfBuzzSharp.pdb");
        Assert.DoesNotContain(files, name => name.Contains("python", StringComparison.Ordinal) || name.Contains("test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_libtorch_the_simd_backend_trains_and_evaluates()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        string program = WithoutLibtorch(folder);
        HostResult training = await RunAsync(program, folder, ["train", .. Short, "--run-dir", "run"]);
        Assert.True(training.ExitCode == 0, training.Error);

        HostResult evaluation = await RunAsync(program, folder, "eval", "run", "--episodes", "5");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
    }

    [Fact]
    public async Task Without_libtorch_a_runner_node_plays_for_a_learner()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        string program = WithoutLibtorch(folder);
        int port = TestCluster.FreePort();
        string[] common = ["--seed-node", $"127.0.0.1:{port}", "--config", "cartpole", .. Short];
        using HostProcess learner = Start(program, folder, ["node", "--roles", "seed,learner,replay", "--port", $"{port}", "--run-dir", "run", .. common]);
        using HostProcess runner = Start(program, folder, ["node", "--roles", "runner", "--port", $"{TestCluster.FreePort()}", .. common]);
        HostResult learned = await learner.WaitAsync();
        HostResult played = await runner.WaitAsync();

        Assert.True(learned.ExitCode == 0, learned.Error);
        Assert.True(played.ExitCode == 0, played.Error);
        Assert.Contains("ended: the step limit was reached (stop.steps)", learned.Lines);
    }

    [Fact]
    public async Task Where_libtorch_is_needed_and_missing_nothing_is_started_and_one_line_says_so()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        string program = WithoutLibtorch(folder);
        await AssertRefusedAsync(
            program, folder, $"{Library} is not in ", "publish it with -r linux-x64", "set dqn.learner.backend = simd");

        HostResult normalised = await RunAsync(program, folder, ["train", "--set", "dqn.network.layer-norm=true", .. Short]);
        Assert.Equal(2, normalised.ExitCode);
        Assert.Contains("choose a network that dqn.learner.backend = simd computes", Assert.Single(normalised.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_libtorch_that_is_missing_is_named()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        string program = published.Copy(folder.Combine("program"));
        File.Delete(Path.Combine(PublishedProgram.NativeOf(program), "libtorch_cpu.so"));
        await AssertRefusedAsync(program, folder, "libtorch_cpu.so, which ", Library, "was not found");
    }

    [Fact]
    public async Task A_library_that_is_damaged_is_told_in_the_loaders_own_words()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        string program = published.Copy(folder.Combine("program"));
        Replace(program, new string('x', 5000).Select(letter => (byte)letter).ToArray());
        await AssertRefusedAsync(program, folder, $"{Library} cannot be loaded: ", "invalid ELF header");
    }

    [Fact]
    public async Task A_library_as_it_is_packaged_is_refused_with_the_version_that_the_system_lacks()
    {
        SkipWithoutProgram();
        using TemporaryFolder folder = new();
        string program = published.Copy(folder.Combine("program"));
        Replace(program, await File.ReadAllBytesAsync(PackagedLibrary(), TestContext.Current.CancellationToken));
        HostResult result = await RunAsync(program, folder, ["train", .. OnTorch, .. Short]);
        Assert.SkipWhen(result.ExitCode == 0, "the libstdc++ of this system has the version");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("asks for GLIBCXX_3.4.32: use a system with a newer one, or the program as", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(string program, TemporaryFolder folder, params string[] words)
    {
        HostResult result = await RunAsync(program, folder, ["train", .. OnTorch, .. Short]);
        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("error: libtorch cannot be used (dqn.learner.backend): ", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.Combine("runs")));
    }

    private static async Task<HostResult> RunAsync(string program, TemporaryFolder folder, params string[] arguments)
    {
        using HostProcess host = Start(program, folder, arguments);
        return await host.WaitAsync();
    }

    private static HostProcess Start(string program, TemporaryFolder folder, string[] arguments) =>
        HostProcess.Start(program, folder.Root, arguments, new Dictionary<string, string>());

    private static void Replace(string program, byte[] library)
    {
        string path = Path.Combine(PublishedProgram.NativeOf(program), Library);
        // It is a link to the one that the other tests use.
        File.Delete(path);
        File.WriteAllBytes(path, library);
    }

    private static string PackagedLibrary()
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string version = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3);
        return Path.Combine(packages, "torchsharp", version, "runtimes", "linux-x64", "native", Library);
    }

    private string WithoutLibtorch(TemporaryFolder folder)
    {
        string program = published.Copy(folder.Combine("program"));
        foreach (string file in Directory.EnumerateFiles(PublishedProgram.NativeOf(program)))
        {
            if (Path.GetFileName(file) is { } name && (name.Contains("orch", StringComparison.Ordinal) || name.StartsWith("libc10", StringComparison.Ordinal)))
            {
                File.Delete(file);
            }
        }

        return program;
    }

    private void SkipWithoutProgram() => Assert.SkipWhen(published.Absence is not null, published.Absence ?? "");
}
