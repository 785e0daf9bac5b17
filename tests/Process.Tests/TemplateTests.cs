namespace DqnAkka.Process.Tests;

/// <summary>The template as a user takes it: outside the repository, from <c>dotnet new</c> to a training.</summary>
public sealed class TemplateTests
{
    [Fact]
    public async Task The_template_makes_an_environment_that_builds_passes_the_check_and_trains()
    {
        Assert.SkipWhen(SdkProcess.Absence() is not null, SdkProcess.Absence() ?? "");
        using TemporaryFolder folder = new();
        string project = folder.Combine("MyTask");
        string[] hive = ["--debug:custom-hive", folder.Combine("hive")];
        await SdkProcess.RunAsync(["new", "install", Path.Combine(SdkProcess.RepositoryRoot, "samples", "EnvironmentTemplate"), .. hive]);
        await SdkProcess.RunAsync(["new", "dqnakka-environment", "-n", "MyTask", "-o", project, "--repository", SdkProcess.RepositoryRoot, .. hive]);
        Assert.Equal(["MyTask.conf", "MyTask.cs", "MyTask.csproj", "README.md"], Directory.GetFiles(project).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // The configuration looks for a Release build; the repository's own project is built already.
        await SdkProcess.RunAsync("build", project, "-c", SdkProcess.Configuration, "-o", Path.Combine(project, "bin", "Release", "net10.0"), "-p:BuildProjectReferences=false");

        string configuration = Path.Combine(project, "MyTask.conf");
        HostResult check = await HostProcess.RunAsync(folder.Root, "envs", "check", "--config", configuration);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
        Assert.StartsWith("MyTask.MyTask, MyTask: 0 breaches, 0 warnings in ", Assert.Single(check.Lines), StringComparison.Ordinal);

        HostResult training = await HostProcess.RunAsync(
            folder.Root, "train", "--config", configuration, "--run-dir", "run", "--set", "dqn.stop.steps=2000", "--set", "dqn.evaluation.episodes=5");
        Assert.True(training.ExitCode == 0, training.Error);

        HostResult play = await HostProcess.RunAsync(folder.Root, "play", "--checkpoint", "run", "--output", "agent.gif");
        Assert.True(play.ExitCode == 0, play.Error);
        byte[] gif = await File.ReadAllBytesAsync(folder.Combine("agent.gif"), TestContext.Current.CancellationToken);
        Assert.Equal("GIF89a"u8.ToArray(), gif[..6]);
    }
}
