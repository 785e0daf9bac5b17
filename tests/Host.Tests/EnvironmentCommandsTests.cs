using System.Reflection;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class EnvironmentCommandsTests : IDisposable
{
    private readonly Host _host = new()
    {
        Environments = new FakeEnvironments(specification => new EnvironmentSourceAdapter().CreateVector(specification, 1)),
        Checkpoints = new FakeCheckpoints(new NetworkLayout(4, 2, new NetworkOptions()), "CartPole-v1"),
    };

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_random_policy_in_a_pipe_is_one_line_for_each_episode()
    {
        Assert.Equal(0, await _host.Run("envs", "show", "CartPole-v1", "--episodes", "3"));
        string[] lines = _host.Output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches("^episode [123] return=(\\d+) steps=\\1 end=terminated$", line));
        Assert.Equal("", _host.Error.ToString());
    }

    [Fact]
    public async Task A_size_gives_every_frame_in_letters()
    {
        Assert.Equal(0, await _host.Run("envs", "show", "CartPole-v1", "--size", "30x10", "--seed", "2"));
        string[] lines = _host.Output.ToString().TrimEnd('\n').Split('\n');
        // Ten rows and a caption for each step and the beginning, and the episode's line.
        int steps = (lines.Length - 1) / 11;
        Assert.Equal((steps * 11) + 1, lines.Length);
        Assert.All(lines[..10], row => Assert.Equal(30, row.Length));
        Assert.Equal("episode 1 step 0 return 0", lines[10]);
        Assert.Equal($"episode 1 return={steps - 1} steps={steps - 1} end=terminated", lines[^1]);
        Assert.DoesNotContain('\e', _host.Output.ToString());
    }

    [Fact]
    public async Task A_terminal_gets_each_frame_over_the_one_before()
    {
        using StringWriter output = new() { NewLine = "\n" };
        HostCollaborators collaborators = new(_host.Session, _host.Nodes, _host.Environments, _host.Checkpoints);
        Application application = new(collaborators, new HostConsole(output, _host.Error, true, () => new ImageSize(24, 40)));
        Assert.Equal(0, await application.RunAsync(["envs", "show", "CartPole-v1", "--fps", "1000"], TestContext.Current.CancellationToken));
        string text = output.ToString();
        Assert.StartsWith("\e[?25l\e[38;2;", text, StringComparison.Ordinal);
        Assert.Contains("\n\e[Kepisode 1 step 0 return 0\n\e[9A\r\e[38;2;", text, StringComparison.Ordinal);
        Assert.Matches("\e\\[0m\e\\[\\?25hepisode 1 return=(\\d+) steps=\\1 end=terminated\n$", text);
    }

    [Fact]
    public async Task A_checkpoint_plays_in_its_own_environment_or_in_the_one_that_is_named()
    {
        _host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal((0, ""), (await _host.Run("envs", "show", "--policy", _host.Folder.Sub("c")), _host.Error.ToString()));
        Assert.Equal("CartPole-v1", _host.Environments.Specification!.Id);
        Assert.Equal((0, ""), (await _host.Run("envs", "show", "CartPole-v0", "--policy", _host.Folder.Sub("c")), _host.Error.ToString()));
        Assert.Equal("CartPole-v0", _host.Environments.Specification!.Id);
        Assert.Equal(2, await _host.Run("envs", "show", "Acrobot-v1", "--policy", _host.Folder.Sub("c")));
        Assert.Contains("takes 4 components and 2 actions, but Acrobot-v1 has 6 and 3", _host.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scripted_policy_is_played_where_there_is_one()
    {
        Assert.Equal((0, ""), (await _host.Run("envs", "show", "GridGrasp-v0", "--policy", "scripted"), _host.Error.ToString()));
        Assert.Matches("^episode 1 return=0\\.\\d+ steps=\\d+ end=terminated\n$", _host.Output.ToString());
        Assert.Equal(2, await _host.Run("envs", "show", "Taxi-v4", "--policy", "scripted"));
        Assert.StartsWith("error: --policy scripted: Taxi-v4 has no scripted policy (those that do: ", _host.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_that_cannot_be_drawn_shows_its_returns_with_a_warning()
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(3, canBeDrawn: false) } };
        Assert.Equal(0, await host.Run("envs", "show", "Lamp-v0", "--size", "10x10"));
        Assert.Equal("episode 1 return=3 steps=3 end=terminated\n", host.Output.ToString());
        Assert.Equal("warning: Lamp-v0 cannot be drawn, it is no IRenderable: only its returns are shown\n", host.Error.ToString());
    }

    [Theory]
    [InlineData("show", "error: envs show needs an environment: give an id that 'envs' lists, 'Their.Type, Their.Assembly', or --config with a file that names one")]
    [InlineData("check", "error: envs check needs an environment: give an id that 'envs' lists, 'Their.Type, Their.Assembly', or --config with a file that names one")]
    [InlineData("check --set dqn.learner.batch-size=64", "error: envs check needs an environment: give an id that 'envs' lists, 'Their.Type, Their.Assembly', or --config with a file that names one")]
    [InlineData("check CartPole-v1 --steps 0", "error: --steps 0 is out of range: give 1 to 10000000")]
    [InlineData("check CartPole-v1 --set dqn.environment.type=A.B,C", "error: CartPole-v1 is named, but dqn.environment.type = A.B,C is set and would win: leave one of them out")]
    [InlineData("show CartPole-v1 --fps 0", "error: --fps 0 is out of range: give 1 to 1000")]
    [InlineData("show CartPole-v1 --policy nowhere", "error: --policy nowhere is none, and no checkpoint either: give random, scripted or a run's folder")]
    [InlineData("show CartPole-v1 --size 0x1", "error: --size 0x1 is no size: write WIDTHxHEIGHT in columns and rows of text, each 1 to 1000, for example --size 60x20")]
    [InlineData("describe Cartpole-v1", "error: Cartpole-v1 is no registered environment: did you mean CartPole-v1? 'envs' lists them")]
    [InlineData("chekc", "error: chekc is no command of envs: did you mean check? See 'envs --help'")]
    public async Task Bad_input_is_one_line(string arguments, string expected)
    {
        using Host host = new() { Environments = new FakeEnvironments { Listed = new EnvironmentSourceAdapter().List() } };
        Assert.Equal(2, await host.Run(["envs", .. arguments.Split(' ')]));
        Assert.Equal((expected + "\n", ""), (host.Error.ToString(), host.Output.ToString()));
    }

    [Fact]
    public async Task An_environment_that_keeps_the_contract_is_told_in_one_line()
    {
        Assert.Equal((0, ""), (await _host.Run("envs", "check", "CartPole-v1", "--steps", "500"), _host.Error.ToString()));
        Assert.Matches("^CartPole-v1: 0 breaches, 0 warnings in \\d+ steps and \\d+ episodes, pictures drawn\n$", _host.Output.ToString());
    }

    [Fact]
    public async Task Breaches_are_a_table_and_exit_code_1()
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(3, breaksAt: 2) } };
        Assert.Equal(1, await host.Run("envs", "check", "Lamp-v0"));
        string[] lines = host.Output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("severity  rule       times  what", lines[0]);
        Assert.Matches("^breach    exception  1      Step\\(\\d\\) threw InvalidOperationException: the bulb burst after 1 steps of an episode$", lines[1]);
        Assert.Equal("Lamp-v0: 1 breach, 0 warnings in 1 step and 0 episodes, no pictures", lines[2]);
    }

    [Fact]
    public async Task A_users_type_is_checked_by_its_name()
    {
        Assert.Equal(0, await _host.Run("envs", "check", $"{typeof(QuietEnvironment).FullName}, {typeof(QuietEnvironment).Assembly.GetName().Name}", "--steps", "300"));
        Assert.Contains("endless", _host.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains(": 0 breaches, 1 warning in ", _host.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_environment_is_described_with_its_arguments()
    {
        using Host host = new() { Environments = new FakeEnvironments { Listed = new EnvironmentSourceAdapter().List() } };
        Assert.Equal(0, await host.Run("envs", "describe", "CartPole-v1"));
        Assert.Equal(
            """
            CartPole-v1: balance a pole on a cart by pushing it left or right, for 500 steps

            family           Classic control
            observations     4 of Float32, [-4.8, -inf, -0.4189, -inf] to [4.8, inf, 0.4189, inf]
            actions          2
            limit            500 steps
            solved at        a mean return of 475
            scripted policy  yes

            argument             default  what it does
            sutton_barto_reward  false    0 on each step and -1 on the one that ends the balance, in place of 1 on each step

            Set one with --set dqn.environment.kwargs.sutton_barto_reward=false

            """,
            host.Output.ToString());
    }

    [Fact]
    public void The_page_lists_every_environment()
    {
        string root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepositoryRoot").Value!;
        string page = File.ReadAllText(Path.Combine(root, "docs", "environments.md"));
        Assert.All(WrapperRegistry.All, wrapper => Assert.Contains($"| `{wrapper.Name}", page, StringComparison.Ordinal));
        Assert.True(
            page == EnvironmentsDocument.Update(page, new EnvironmentSourceAdapter().List()),
            "docs/environments.md is out of date: dotnet run --project src/Host -- docs environments docs/environments.md > new.md, and put new.md in its place");
    }

    [Fact]
    public void A_page_without_the_marks_is_refused() =>
        Assert.Contains(EnvironmentsDocument.Begin, Assert.Throws<UserErrorException>(() => EnvironmentsDocument.Update("# Page", [])).Message, StringComparison.Ordinal);
}

/// <summary>Breaks no rule, and never ends.</summary>
public sealed class QuietEnvironment : IEnvironment
{
    private bool _begun;

    public Space ObservationSpace { get; } = new BoxSpace([0], [1]);

    public Space ActionSpace { get; } = new DiscreteSpace(2);

    public void Seed(ulong seed, ulong index)
    {
    }

    public void Reset(Span<float> observation)
    {
        _begun = true;
        observation[0] = 0;
    }

    public StepResult Step(int action, Span<float> observation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(action, 1);
        observation[0] = _begun ? action : throw new InvalidOperationException("call Reset");
        return new StepResult(0, false, false);
    }
}
