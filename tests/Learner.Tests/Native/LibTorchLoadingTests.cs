namespace DqnAkka.Learner.Tests;

/// <summary>What is said where libtorch cannot be loaded: one line with the cause, for platforms that this machine is not.</summary>
public sealed class LibTorchLoadingTests : IDisposable
{
    private const string Advice =
        "Unable to load shared library 'x' or one of its dependencies. In order to help diagnose loading problems, consider using a tool like strace. "
        + "If you're using glibc, consider setting the LD_DEBUG environment variable: \n";

    private readonly string _folder = Directory.CreateTempSubdirectory("dqn-native-").FullName;

    [Fact]
    public void Nothing_is_wrong_where_the_library_loads()
    {
        List<string> asked = [];
        LibTorchLoading loading = new(Platform("linux-x64", "/nowhere", Folder()), path =>
        {
            asked.Add(path);
            return null;
        });

        Assert.Null(loading.FindProblem());
        Assert.Equal([Path.Combine(_folder, "libLibTorchSharp.so")], asked);
    }

    [Fact]
    public void A_library_that_lies_elsewhere_is_asked_for_by_its_name()
    {
        List<string> asked = [];
        LibTorchLoading loading = new(Platform("linux-x64", "/nowhere"), path =>
        {
            asked.Add(path);
            return null;
        });

        Assert.Null(loading.FindProblem());
        Assert.Equal(["LibTorchSharp"], asked);
    }

    [Theory]
    [InlineData("linux-musl-x64", "libtorch needs glibc, and this system (linux-musl-x64) has musl")]
    [InlineData("linux-arm64", "there is no libtorch for linux-arm64")]
    [InlineData("osx-x64", "there is no libtorch for osx-x64")]
    [InlineData("win-arm64", "there is no libtorch for win-arm64")]
    public void A_platform_without_libtorch_is_named(string platform, string expected) =>
        Assert.Equal(expected, Problem(platform, "Error loading shared library ld-linux-x86-64.so.2: No such file or directory"));

    [Fact]
    public void A_program_that_was_built_without_the_library_is_to_be_built_for_this_platform()
    {
        string? problem = new LibTorchLoading(Platform("linux-x64", "/opt/program"), _ => Advice + "libLibTorchSharp: cannot open shared object file: No such file or directory").FindProblem();
        Assert.Equal(
            "libLibTorchSharp.so is not in /opt/program: the program was built for another platform, or without libtorch; build it here, or publish it with -r linux-x64",
            problem);
    }

    [Fact]
    public void A_library_of_libtorch_that_is_missing_is_named()
    {
        string problem = Problem("linux-x64", Advice + "libtorch_cpu.so: cannot open shared object file: No such file or directory");
        Assert.StartsWith($"libtorch_cpu.so, which {Library} needs, was not found: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("publish it with -r linux-x64", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libstdc++.so.6", "GLIBCXX_3.4.32", "the libstdc++ of", ", or the program as this repository's build makes it, which does not need it")]
    [InlineData("libstdc++.so.6", "GLIBCXX_3.4.30", "the libstdc++ of", "")]
    [InlineData("libstdc++.so.6", "CXXABI_1.3.13", "the libstdc++ of", "")]
    [InlineData("libc.so.6", "GLIBC_2.34", "the glibc of", "")]
    public void A_system_that_is_too_old_is_told_with_the_version_that_is_asked_for(string library, string version, string beginning, string remedy) =>
        Assert.Equal(
            $"{beginning} this system is too old for {Library}, which asks for {version}: use a system with a newer one{remedy}",
            Problem("linux-x64", $"{Advice}/lib/x86_64-linux-gnu/{library}: version `{version}' not found (required by {Library})\nlibx.so: another place"));

    [Theory]
    [InlineData("file too short")]
    [InlineData("invalid ELF header")]
    [InlineData("cannot open shared object file: Permission denied")]
    public void Whatever_else_is_wrong_is_told_in_the_loaders_own_words(string words) =>
        Assert.Equal($"{Library} cannot be loaded: {Library}: {words}", Problem("linux-x64", $"{Advice}{Library}: {words}\nanother: attempt"));

    [Fact]
    public void A_loader_that_says_one_line_is_quoted_with_it() =>
        Assert.Equal($"{Library} cannot be loaded: The specified module could not be found. (0x8007007E)", Problem("win-x64", "The specified module could not be found. (0x8007007E)"));

    [Fact]
    public void The_remedy_is_the_other_backend_where_it_can_compute_the_network()
    {
        string small = LibTorch.Message(new NetworkLayout(4, 2, new NetworkOptions()), "dqn.learner.backend", "it is not there");
        Assert.Equal("libtorch cannot be used (dqn.learner.backend): it is not there; or set dqn.learner.backend = simd, which needs no libtorch for this network", small);

        string normed = LibTorch.Message(new NetworkLayout(4, 2, new NetworkOptions { LayerNorm = true }), "dqn.runner.backend", "it is not there");
        Assert.StartsWith("libtorch cannot be used (dqn.runner.backend): it is not there; or choose a network ", normed, StringComparison.Ordinal);
    }

    [Fact]
    public void This_process_finds_its_own_library()
    {
        NativePlatform platform = NativePlatform.Current();
        Assert.Contains(platform.Folders, folder => Path.TrimEndingDirectorySeparator(folder) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        Assert.SkipUnless(platform.HasLibrary, $"there is no libtorch for {platform.RuntimeIdentifier}");
        Assert.Contains(platform.Folders, folder => File.Exists(Path.Combine(folder, platform.LibraryFile)));
        Assert.True(LibTorch.IsAvailable);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Library => Path.Combine(_folder, "libLibTorchSharp.so");

    private string Folder()
    {
        File.WriteAllText(Library, "");
        return _folder;
    }

    private string Problem(string platform, string said) => new LibTorchLoading(Platform(platform, Folder()), _ => said).FindProblem()!;

    private static NativePlatform Platform(string identifier, params string[] folders) => new(identifier, "libLibTorchSharp.so", folders);
}
