using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ReplayImportCommandTests
{
    private static readonly string[] Fitting = ["--set", "dqn.replay.min-size=100", "--set", "dqn.learner.gamma=0.99", "--set", "dqn.learner.n-step=1"];

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task The_run_takes_its_fragments_from_the_file_as_often_as_asked(int epochs, bool isPrioritized)
    {
        List<TransitionBatch> batches = [];
        List<int> steps = [];
        FakeSession session = new((_, _) => Samples.Summary(StopReason.SourceEnded)) { Read = source => ReadAll(source, batches, steps) };
        using Host host = new() { Session = session };
        string file = await Export(host);

        int code = await host.Run([
            "replay", "import", file, "--epochs", $"{epochs}", "--run-dir", host.Folder.Sub("run"), .. Fitting, "--set", $"dqn.replay.prioritized={(isPrioritized ? "true" : "false")}"]);

        Assert.Equal((0, ""), (code, host.Error.ToString()));
        float[] returns = [.. Enumerable.Range(50, 100).Concat(Enumerable.Range(0, 100)).Select(number => (float)number)];
        Assert.Equal(Enumerable.Repeat(returns, epochs).SelectMany(part => part), batches.SelectMany(batch => batch.Returns));
        Assert.Equal(batches.Select(batch => batch.Count), steps);
        // |δ| of a network of zeros is the return.
        Assert.All(batches, batch => Assert.Equal(isPrioritized ? batch.Returns : [], batch.AbsoluteTdErrors));
        Assert.Equal((1, ExplorationKind.Anneal, 0.0, 0.0), (
            session.Options!.Runner.Count, session.Options.Exploration.Kind, session.Options.Exploration.EpsilonInitial, session.Options.Exploration.EpsilonFinal));
        Assert.Equal("CartPole-v1", session.Options.Environment.Id);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_both_values_before_anything_starts()
    {
        FakeEnvironments environments = new(_ => new CountingVector(1, new DiscreteSpace(4), size: 5));
        using Host host = new() { Environments = environments };
        string file = await Export(host);

        int code = await host.Run(
            "replay", "import", file, "--set", "dqn.environment.id=Acrobot-v1", "--set", "dqn.learner.n-step=2", "--set", "dqn.learner.gamma=0.5", "--run-dir", host.Folder.Sub("run"));

        Assert.Equal(2, code);
        Assert.Equal(
            [
                $"error: {file} has environment CartPole-v1, the configuration Acrobot-v1: name the file's own with --set dqn.environment.id=ID or --config",
                $"error: {file} has observations 2 × Float32, the configuration 5 × Float32: this is not the form of Acrobot-v1",
                $"error: {file} has action count 3, the configuration 4: these are not the actions of Acrobot-v1",
                $"error: {file} has n-step 1, the configuration 2: the file's returns are summed already; give --set dqn.learner.n-step=1",
                $"error: {file} has gamma 0.99, the configuration 0.5: the file's returns are discounted already; give --set dqn.learner.gamma=0.99",
            ],
            host.Error.ToString().TrimEnd('\n').Split('\n'));
        Assert.Null(host.Session.Options);
        Assert.False(Directory.Exists(host.Folder.Sub("run")));
    }

    [Theory]
    [InlineData("CartPole-v1", true)]
    [InlineData("CartPole-v1 gravity=5, at most 200 steps", true)]
    [InlineData("CartPole-v1, at most 200 steps", true)]
    [InlineData("CartPole-v11", false)]
    [InlineData("", false)]
    public void An_environment_may_have_its_arguments_behind_its_name(string environment, bool fits)
    {
        TrainingOptions options = new() { Environment = new EnvironmentSpecification { Id = "CartPole-v1" } };
        ReplayDescription description = MemoryReplay.Describe(DurableRun.Format) with { Environment = environment, Gamma = 0.99 };

        Exception? refusal = Record.Exception(() => ImportChecks.RequireFit("x", description, options, DurableRun.Format, 3));

        Assert.Equal(fits, refusal is null);
    }

    [Theory]
    [InlineData("dqn.replay.min-size=201", "gives 200 transitions, less than dqn.replay.min-size = 201, so learning would never start: lower the minimum or give more --epochs")]
    [InlineData("dqn.replay.samples-per-insert=0", "dqn.replay.samples-per-insert = 0 sets no limit, so learning from a file would go on for ever if it reaches no dqn.stop.score: give samples per insert, or dqn.stop.minutes")]
    public async Task A_run_that_would_not_begin_or_not_end_is_refused(string assignment, string line)
    {
        foreach (string score in (string[])["none", "475"])
        {
            using Host host = new();
            string file = await Export(host);

            Assert.Equal(2, await host.Run(["replay", "import", file, .. Fitting, "--set", $"dqn.stop.score={score}", "--set", assignment, "--run-dir", host.Folder.Sub("run")]));

            Assert.EndsWith($"{line}\n", host.Error.ToString(), StringComparison.Ordinal);
            Assert.Null(host.Session.Options);
        }
    }

    [Theory]
    [InlineData("dqn.stop.minutes=1", 0)]
    [InlineData("dqn.stop.steps=200", 0)]
    [InlineData("dqn.stop.steps=201", 2)]
    public async Task Without_a_limit_on_samples_time_or_steps_that_the_file_has_end_a_run(string assignment, int expected)
    {
        using Host host = new();
        string file = await Export(host);

        int code = await host.Run(
            ["replay", "import", file, .. Fitting, "--set", "dqn.replay.samples-per-insert=0", "--set", assignment, "--run-dir", host.Folder.Sub("run")]);

        Assert.Equal(expected, code);
    }

    [Theory]
    [InlineData("", "is no Parquet file, or damaged (")]
    [InlineData("PAR1 and not much more PAR1", "is no Parquet file, or damaged (")]
    public async Task A_file_that_is_none_is_refused_in_one_line(string text, string fault)
    {
        using Host host = new();
        string file = host.Folder.Write("x.parquet", text);

        Assert.Equal(2, await host.Run("replay", "import", file));
        Assert.Equal(2, await host.Run("replay", "inspect", file));

        string[] lines = host.Error.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith($"error: {file} {fault}", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_missing_and_epochs_that_are_none_are_named()
    {
        using Host host = new();
        string missing = host.Folder.Sub("missing.parquet");

        Assert.Equal(2, await host.Run("replay", "import", missing));
        Assert.Equal(2, await host.Run("replay", "import", missing, "--epochs", "0"));

        Assert.Equal(
            $"error: {missing} does not exist: give a Parquet file, as replay export writes it\nerror: --epochs 0 is out of range: give at least 1\n",
            host.Error.ToString());
    }

    [Theory]
    [InlineData(3, 1f, 0.5f, "has the action 3, of actions 0 to 2, in row 1")]
    [InlineData(-1, 1f, 0.5f, "has the action -1, of actions 0 to 2, in row 1")]
    [InlineData(0, float.NaN, 0.5f, "has the return NaN in row 1")]
    [InlineData(0, 1f, 1.5f, "has the discount 1.5 in row 1")]
    public async Task A_row_that_makes_no_sense_is_named_before_anything_starts(int action, float value, float discount, string fault)
    {
        using Host host = new();
        TransitionBatchBuilder builder = new(2, DurableRun.Format);
        builder.Add(0, [0, 0], 0, 0, 0.99f, EpisodeEnd.None, [0, 0]);
        builder.Add(0, [0, 0], action, value, discount, EpisodeEnd.None, [0, 0]);
        ShardDescription shard = new() { Shard = 0, Count = 2, NextKey = 2 };
        ReplayDescription description = MemoryReplay.Describe(DurableRun.Format) with { Gamma = 0.99 };
        string file = ParquetFiles.Write(host.Folder, new MemoryReplay(description, new MemoryShard(shard, new ReplayRows(builder.Build(), [1, 1], [0, 1]))));

        Assert.Equal(2, await host.Run(["replay", "import", file, "--epochs", "100", .. Fitting, "--run-dir", host.Folder.Sub("run")]));

        Assert.Equal($"error: {file} {fault}\n", host.Error.ToString());
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_it_is_read_ends_the_run_with_its_line()
    {
        string file = "";
        FragmentSourceException? failure = null;
        FakeSession session = new((_, _) => Samples.Summary(StopReason.Failed))
        {
            Read = source =>
            {
                byte[] zeros = new byte[1_000];
                using (FileStream stream = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                {
                    stream.Position = 8;
                    stream.Write(zeros);
                }

                failure = Assert.Throws<FragmentSourceException>(() => ReadAll(source, [], []));
            },
        };
        using Host host = new() { Session = session };
        file = await Export(host);

        Assert.Equal(1, await host.Run(["replay", "import", file, .. Fitting, "--run-dir", host.Folder.Sub("run")]));

        Assert.StartsWith(file, failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replay", "replay needs a command: export, import, inspect; see 'replay --help'")]
    [InlineData("replay exprt", "exprt is no command of replay: did you mean export? See 'replay --help'")]
    [InlineData("replay export", "--output needs a value: write --output FILE; see 'replay export --help'")]
    [InlineData("replay inspect", "RUN|FILE is missing: see 'replay inspect --help'")]
    [InlineData("replay import x --epochs many", "--epochs many is not a whole number from 1 to 2147483647: write --epochs N; see 'replay import --help'")]
    [InlineData("replay import x --epochs 99999999999", "--epochs 99999999999 is not a whole number from 1 to 2147483647: write --epochs N; see 'replay import --help'")]
    [InlineData("replay import x --epoch 3", "--epoch is no option of replay import: did you mean --epochs? See 'replay import --help'")]
    public async Task A_command_line_that_is_wrong_is_answered_in_one_line(string arguments, string line)
    {
        using Host host = new();

        Assert.Equal(2, await host.Run(arguments.Split(' ')));

        Assert.Equal($"error: {line}\n", host.Error.ToString());
    }

    [Fact]
    public async Task Help_shows_examples_of_the_command_and_of_those_below_it()
    {
        using Host host = new();

        Assert.Equal(0, await host.Run("replay", "--help"));
        Assert.Equal(0, await host.Run("replay", "import", "--help"));

        Assert.Equal(2, host.Output.ToString().Split("replay import first.parquet --epochs 2").Length - 1);
        Assert.Single(host.Output.ToString().Split('\n'), line => line.Contains("replay export runs/first", StringComparison.Ordinal));
    }

    private static async Task<string> Export(Host host)
    {
        string run = host.Folder.Sub("source");
        string file = host.Folder.Sub("out.parquet");
        DurableRun.Write(run);
        Assert.Equal((0, ""), (await host.Run("replay", "export", run, "--output", file), host.Error.ToString()));
        return file;
    }

    private static void ReadAll(IFragmentSource source, List<TransitionBatch> batches, List<int> steps)
    {
        while (source.Collect(16, 0, []) is var (batch, environmentSteps))
        {
            batches.Add(batch);
            steps.Add(environmentSteps);
        }
    }
}
