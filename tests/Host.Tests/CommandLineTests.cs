namespace DqnAkka.Host.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly Host _host = new();

    public void Dispose() => _host.Dispose();

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "no command given: try 'train', or '--help'" },
        { "trian", "trian is no command: did you mean train? See '--help'" },
        { "--verion", "--verion is no option: did you mean --version? See '--help'" },
        { "train --confg x", "--confg is no option of train: did you mean --config? See 'train --help'" },
        { "train foo", "foo is no argument of train: See 'train --help'" },
        { "train --seed x", "--seed x is not a whole number from 0 up: write --seed N; see 'train --help'" },
        { "train --seed 99999999999999999999", "--seed 99999999999999999999 is not a whole number from 0 to 18446744073709551615: write --seed N; see 'train --help'" },
        { "train --seed", "--seed needs a value: write --seed N; see 'train --help'" },
        { "train --config", "--config needs a value: write --config FILE; see 'train --help'" },
        { "eval", "CHECKPOINT is missing: see 'eval --help'" },
        { "eval /nowhere --episodes 0", "--episodes 0 is out of range: give 1 to 100000" },
        { "eval /nowhere --episodes 2000000000", "--episodes 2000000000 is out of range: give 1 to 100000" },
        { "eval /nowhere --episodes 99999999999", "--episodes 99999999999 is not a whole number from 1 to 100000: write --episodes N; see 'eval --help'" },
        { "train --seed 1 --seed 2", "--seed is given twice: give it once; see 'train --help'" },
        { "train --run-dir a --run-dir b", "--run-dir is given twice: give it once; see 'train --help'" },
        { "node", "--roles needs a value: write --roles ROLE,...; see 'node --help'" },
        { "node --roles", "--roles needs a value: write --roles ROLE,...; see 'node --help'" },
        { "node --roles ,", "--roles names no role: give some of seed,learner,replay,runner,parameter-server,gradient" },
        { "node --roles seed,lerner", "--roles seed,lerner: lerner is no role: did you mean learner? Give some of seed,learner,replay,runner,parameter-server,gradient" },
        { "node --roles seed --port x", "--port x is not a whole number from 0 to 65535: write --port N; see 'node --help'" },
        { "node --roles seed --port 70000", "dqn.remote.port = 70000 (--port) is out of range: give an integer, 0 to 65535" },
        { "node --roles seed --health-port -1", "dqn.health.port = -1 (--health-port) is out of range: give an integer, 0 to 65535" },
        { "node --roles seed --port 4053 --health-port 4053", "dqn.health.port = 4053 (--health-port) is also dqn.remote.port = 4053 (--port): give two ports" },
        { "node --roles runner --seed-node here", "dqn.remote.seed-nodes = here (--seed-node) holds here, which is no host:port: give host:port for each, for example 127.0.0.1:4053" },
        { "node --roles seed --sed-node a:1", "--sed-node is no option of node: did you mean --seed-node? See 'node --help'" },
        { "node --roles replay,runner", "a node with the roles replay,runner has nobody to join: name a seed with --seed-node host:port, dqn.remote.seed-nodes or DQN_SEED_NODES, or give it the role seed" },
        { "node --roles seed,learner", "a node with the role learner needs the run's folder, which another learner can go on from: name it with --run-dir, dqn.run.directory or DQN_RUN_DIRECTORY" },
        { "node --roles seed --config nothere", $"nothere does not exist: give --config a file, or one of {string.Join(", ", EmbeddedHocon.Experiments)}, tls" },
        { "status", "--node needs a value: write --node HOST:PORT; see 'status --help'" },
        { "leave --node x", "--node x is no host:port: write --node 127.0.0.1:4053" },
        { "eval /nowhere", "/nowhere does not exist: give a run's folder, the checkpoint folder in it, or a file manifest-N.json there" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_one_line_with_a_hint_and_exit_code_2(string line, string expected)
    {
        int code = await _host.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, "", $"error: {expected}\n"), (code, _host.Output.ToString(), _host.Error.ToString()));
    }

    [Theory]
    [InlineData("--output", "--output is empty: write --output FILE; see 'export --help'", "export", "run", "--format", "onnx", "--output", "")]
    [InlineData("the argument", "RUN is empty: see 'export --help'", "export", "", "--format", "onnx", "--output", "policy.onnx")]
    [InlineData("--run-dir", "--run-dir is empty: write --run-dir DIR; see 'train --help'", "train", "--run-dir", "")]
    [InlineData("a subcommand's", "--output is empty: write --output FILE; see 'replay export --help'", "replay", "export", "run", "--output", "")]
    public async Task An_empty_text_is_refused_by_the_name_of_what_it_was_given_for(string what, string expected, params string[] arguments)
    {
        int code = await _host.Run(arguments);
        Assert.True((2, $"error: {expected}\n") == (code, _host.Error.ToString()), $"{what}: {code} {_host.Error}");
    }

    [Theory]
    [InlineData("--help", "train --config acrobot --seed 3")]
    [InlineData("train --help", "train --run-dir runs/first")]
    [InlineData("eval -h", "eval runs/first --episodes 100")]
    [InlineData("node --help", "node --roles seed,learner --port 4053")]
    [InlineData("status --help", "status --node 127.0.0.1:4053")]
    [InlineData("leave --help", "leave --node 127.0.0.1:4053")]
    [InlineData("export --help", "export runs/first --format onnx --output first.onnx")]
    [InlineData("replay export --help", "replay export runs/first --output first.parquet")]
    [InlineData("replay --help", "replay inspect first.parquet --json")]
    public async Task Help_ends_with_examples_and_exit_codes(string line, string example)
    {
        int code = await _host.Run(line.Split(' '));
        string help = _host.Output.ToString();
        Assert.Equal((0, ""), (code, _host.Error.ToString()));
        Assert.Contains($"\n  {example}", help, StringComparison.Ordinal);
        Assert.Contains("\n  3    a node was removed from its cluster", help, StringComparison.Ordinal);
        Assert.Contains("\n  130  interrupted", help, StringComparison.Ordinal);
        Assert.DoesNotContain("docs ", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_the_programs_own()
    {
        Assert.Equal(0, await _host.Run("--version"));
        Assert.Matches(@"^DqnAkka \d+\.\d+\.\d+\n$", _host.Output.ToString());
    }

    [Fact]
    public async Task Environments_are_listed_in_columns_by_family_and_name()
    {
        Assert.Equal(0, await _host.Run("envs"));
        Assert.Equal(
            """
            id        observations  actions  limit  solved at  what it is

            Letters
              Abc-v1  2 Boolean     3        500    475        First by name.
              Zed-v0  1             2        none   none       Last by name.

            Numbers
              One-v0  1             4        9      0.5        A number.

            'envs describe ID' shows one with its arguments, 'envs show ID' plays it in the terminal, 'envs check ID' checks one of your own.

            """,
            _host.Output.ToString());
    }

    [Fact]
    public async Task The_hidden_command_prints_the_configuration_page()
    {
        Assert.Equal(0, await _host.Run("docs", "configuration"));
        Assert.Equal(ConfigurationDocument.Render(EmbeddedHocon.Read("reference.conf"), EmbeddedHocon.Read("environment.conf")), _host.Output.ToString());
    }

    [Theory]
    [InlineData("envs")]
    [InlineData("train")]
    [InlineData("--version")]
    [InlineData("--help")]
    public async Task An_output_that_cannot_be_written_is_one_line(string command)
    {
        await using StreamWriter full = new(new FullStream(), bufferSize: 1) { AutoFlush = true };
        using Host host = new() { BrokenOutput = full };
        string[] arguments = command == "train" ? ["train", "--run-dir", host.Folder.Sub("run")] : [command];
        Assert.Equal(1, await host.Run(arguments));
        Assert.Equal("error: a file or the output cannot be read or written: No space left on device\n", host.Error.ToString());
    }

    [Fact]
    public async Task An_unforeseen_failure_is_one_line_without_a_trace()
    {
        using Host host = new() { Session = new FakeSession((_, _) => throw new InvalidOperationException("a\nb")) };
        Assert.Equal(1, await host.Run("train", "--run-dir", host.Folder.Sub("run")));
        Assert.Equal("error: InvalidOperationException: a b\n", host.Error.ToString());
    }

    [Fact]
    public async Task Every_problem_of_a_configuration_is_a_line_of_its_own()
    {
        int code = await _host.Run("train", "--set", "dqn.runner.count=0", "--set", "dqn.run.seeds=1");
        Assert.Equal(2, code);
        Assert.Equal(
            [
                "error: dqn.run.seeds (--set) is no key: did you mean dqn.run.seed?",
                "error: dqn.runner.count = 0 (--set) is out of range: give an integer, 1 to 4096",
                "",
            ],
            _host.Error.ToString().Split('\n'));
    }
}
