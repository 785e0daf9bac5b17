using System.Reflection;
using System.Text.RegularExpressions;
using CsCheck;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ConfigurationResolutionTests
{
    [Fact]
    public void The_reference_holds_the_defaults_of_the_options()
    {
        TrainingOptions defaults = new() { Environment = new EnvironmentSpecification { Id = "CartPole-v1" } };
        TrainingOptions actual = ConfigurationResolver.Resolve([]).Options;
        Assert.Matches("^[0-9a-f]{64}$", actual.Run.ConfigurationHash);
        AssertSame(defaults, actual with { Run = actual.Run with { ConfigurationHash = "" } }, "");
    }

    [Fact]
    public void Every_option_has_a_key()
    {
        // Arguments are free keys (kwargs); the restart window is that of the run; run.name only names the folder; roles are an option of the command. What is known of the run is no option.
        IEnumerable<string> options = typeof(TrainingOptions).GetProperties()
            .SelectMany(group => group.PropertyType.GetProperties().Where(property => property.CanWrite).Select(property => $"{group.Name}.{property.Name}"))
            .Where(name => name is not ("Environment.Arguments" or "Environment.RestartWindow" or "Run.Resumption" or "Run.ConfigurationHash"))
            .Select(name => Regex.Replace(name.Replace("SearchPaths", "Path", StringComparison.Ordinal), "Timeout$", "TimeoutSeconds"))
            .Append("Run.Name")
            .Concat(typeof(RemoteOptions).GetProperties().Where(property => property.Name != nameof(RemoteOptions.Tls)).Select(property => $"Remote.{property.Name}"))
            .Concat(typeof(TlsOptions).GetProperties().Where(property => property.CanWrite).Select(property => $"Remote.Tls.{property.Name}"))
            .Append("Health.Port");
        IEnumerable<string> keys = ConfigurationSchema.Settings.Select(setting => setting.Key.Replace("-", "", StringComparison.Ordinal));
        Assert.Equal(options.Select(name => name.ToUpperInvariant()).Order(), keys.Select(key => key.ToUpperInvariant()).Order());
    }

    [Fact]
    public void The_default_experiment_is_cart_pole()
    {
        ResolvedConfiguration configuration = new ConfigurationSource().Resolve();
        Assert.Equal("cartpole", configuration.Name);
        Assert.Equal("CartPole-v1", configuration.Options.Environment.Id);
        Assert.Equal(490, configuration.Options.Stop.Score);
    }

    [Theory]
    [InlineData("acrobot", "Acrobot-v1")]
    [InlineData("cartpole", "CartPole-v1")]
    [InlineData("cliffwalking", "CliffWalking-v1")]
    [InlineData("mountaincar", "MountainCar-v0")]
    [InlineData("gridgrasp", "GridGrasp-v0")]
    [InlineData("planararm", "PlanarArmSparse-v0")]
    public void A_ready_made_experiment_is_found_by_its_name(string name, string environment)
    {
        ResolvedConfiguration configuration = new ConfigurationSource { Files = [name] }.Resolve();
        Assert.Equal((name, environment), (configuration.Name, configuration.Options.Environment.Id));
    }

    [Theory]
    [InlineData("dqn.environment.id=Acrobot-v1", "acrobot", -84.0, 3)]
    [InlineData("dqn.environment.id=CartPole-v1", "cartpole", 490.0, 3)]
    [InlineData("dqn.environment.id=Mine v2", "Mine-v2", double.NaN, 1)]
    [InlineData("dqn.environment.type=\"Mine.Grid, Mine\"", "Mine.Grid", double.NaN, 1)]
    public void Another_environment_does_not_inherit_the_default_experiment(string assignment, string name, double score, int steps)
    {
        ResolvedConfiguration configuration = new ConfigurationSource { Assignments = ["dqn.environment.id=MountainCar-v0", assignment] }.Resolve();
        Assert.Equal((name, score, steps), (configuration.Name, configuration.Options.Stop.Score, configuration.Options.Learner.NStep));
    }

    [Fact]
    public void An_assignment_wins_over_the_experiment_of_the_environment_that_is_set()
    {
        ResolvedConfiguration configuration = new ConfigurationSource { Assignments = ["dqn.environment.id=Acrobot-v1", "dqn.stop.score=-90", "dqn.run.name=x"] }.Resolve();
        Assert.Equal(("x", -90.0, "Acrobot-v1"), (configuration.Name, configuration.Options.Stop.Score, configuration.Options.Environment.Id));
    }

    [Theory]
    [InlineData("none", 5e-4)]
    [InlineData("1e-5", 1e-5)]
    public void A_decay_without_a_final_rate_never_raises_the_rate(string final, double expected)
    {
        ConfigurationSource source = new() { Assignments = ["dqn.learner.learning-rate-decay-updates=1000", $"dqn.learner.learning-rate-final={final}"] };
        LearnerOptions learner = source.Resolve().Options.Learner;
        Assert.Equal((5e-4, expected), (learner.LearningRate, learner.LearningRateFinal));
        Assert.Equal(5e-4, new ConfigurationSource().Resolve().Options.Learner.LearningRateFinal);
    }

    [Fact]
    public void Stronger_sources_win()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("mine.conf", "dqn { learner { gamma = 0.5, n-step = 2 }\n run.seed = 3 }");
        ConfigurationSource source = new()
        {
            Files = [file],
            Assignments = ["dqn.learner.gamma=0.6", "dqn.learner.gamma=0.7", "dqn.run.seed=4"],
            Seed = ulong.MaxValue,
            RunDirectory = "there",
        };
        ResolvedConfiguration configuration = source.Resolve();
        TrainingOptions options = configuration.Options;
        Assert.Equal((0.7, 2, ulong.MaxValue, "there"), (options.Learner.Gamma, options.Learner.NStep, options.Run.Seed, options.Run.Directory));
        Assert.Equal("mine", configuration.Name);
        Assert.Equal(64, options.Learner.BatchSize);
        Assert.True(double.IsNaN(options.Stop.Score), "a file stands on the reference, not on the default experiment");
    }

    [Fact]
    public void Values_may_be_lists_exponents_words_and_substitutions()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write(
            "x.conf",
            "# a comment\ndqn.replay.capacity = 1e6 // another\ndqn { network { hidden : [32, 16] } }\ndqn.run.seed = ${dqn.replay.capacity}\ndqn.learner.gamma = ${?nothing}\n");
        TrainingOptions options = new ConfigurationSource { Files = [file], Assignments = ["dqn.network.dueling=on", "dqn.stop.score=none"] }.Resolve().Options;
        Assert.Equal(1_000_000, options.Replay.Capacity);
        Assert.Equal([32, 16], options.Network.Hidden);
        Assert.Equal(1_000_000UL, options.Run.Seed);
        Assert.Equal(0.99, options.Learner.Gamma);
        Assert.True(options.Network.Dueling);
        Assert.Equal([8], new ConfigurationSource { Assignments = ["dqn.network.hidden=8"] }.Resolve().Options.Network.Hidden);
    }

    [Fact]
    public void Environment_arguments_take_any_key_and_merge()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", "dqn.environment { type = \"A.B, C\", kwargs { sutton_barto_reward = true, length = 1 } }");
        ResolvedConfiguration configuration = new ConfigurationSource { Files = [file], Assignments = ["dqn.environment.kwargs.length=2.5"] }.Resolve();
        Assert.Equal("A.B, C", configuration.Options.Environment.Type);
        Assert.Equal(
            new Dictionary<string, string> { ["sutton_barto_reward"] = "true", ["length"] = "2.5" },
            configuration.Options.Environment.Arguments);
    }

    [Fact]
    public void Wrappers_are_a_list_of_calls_as_they_are_written()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", "dqn.environment.wrappers = [GrayscaleObservation, \"MaskObservation(keep=[0, 2])\"]");
        Assert.Equal(["GrayscaleObservation", "MaskObservation(keep=[0, 2])"], new ConfigurationSource { Files = [file] }.Resolve().Options.Environment.Wrappers);
        Assert.Empty(new ConfigurationSource().Resolve().Options.Environment.Wrappers);
    }

    [Fact]
    public void Relative_assembly_folders_count_from_the_file_that_names_them()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("conf/x.conf", "dqn.environment.path = [../bin, /abs], dqn.network.path = ../net");
        Assert.Equal([folder.Sub("net")], new ConfigurationSource { Files = [file] }.Resolve().Options.Network.SearchPaths);
        Assert.Equal([folder.Sub("bin"), Path.GetFullPath("/abs")], new ConfigurationSource { Files = [file] }.Resolve().Options.Environment.SearchPaths);
        Assert.Equal(
            [Path.GetFullPath("lib")],
            new ConfigurationSource { Assignments = ["dqn.environment.path=lib"] }.Resolve().Options.Environment.SearchPaths);
    }

    [Fact]
    public void Keys_under_akka_are_passed_on_untouched()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", "akka { loglevel = DEBUG, actor.x = 1 }\ndqn.run.seed = 5");
        ResolvedConfiguration configuration = new ConfigurationSource { Files = [file], Assignments = ["akka.loglevel=INFO"] }.Resolve();
        Assert.Equal("INFO", configuration.AkkaSettings.GetString("akka.loglevel"));
        Assert.Equal(1, configuration.AkkaSettings.GetInt("akka.actor.x"));
        Assert.False(configuration.AkkaSettings.HasPath("dqn"));
        Assert.Equal(5UL, configuration.Options.Run.Seed);
        Assert.True(new ConfigurationSource().Resolve().AkkaSettings.IsEmpty);
    }

    [Fact]
    public void The_rendered_configuration_reads_back_as_the_same_options()
    {
        Gen<string[]> assignments =
            from gamma in Gen.Double[0, 1]
            from rate in Gen.Double[1e-9, 10]
            from seed in Gen.ULong
            from hidden in Gen.Int[1, 4_096].Array[1, 4]
            from optimizer in Gen.Bool.Select(adam => adam ? "adam" : "rmsprop")
            from score in Gen.Int[0, 2].Select(index => new[] { "none", "-90.5", "1e30" }[index])
            from argument in Gen.String[Gen.Char[' ', '~'], 0, 12]
            select new[]
            {
                Inv($"dqn.learner.gamma={gamma:R}"), Inv($"dqn.learner.learning-rate={rate:R}"), $"dqn.run.seed={seed}",
                $"dqn.network.hidden=[{string.Join(',', hidden)}]", $"dqn.learner.optimizer={optimizer}", $"dqn.stop.score={score}",
                $"dqn.environment.kwargs.word=x{argument}y", "dqn.environment.path=[\"a b\", c]",
                "dqn.environment.wrappers=[\"MaskObservation(keep=[0, 2])\", GrayscaleObservation]",
            };
        assignments.Sample(
            list =>
            {
                ResolvedConfiguration first = new ConfigurationSource { Assignments = list }.Resolve();
                ConfigurationLayer written = ConfigurationLayer.Parse(first.Text, "resolved.conf", "/elsewhere");
                ResolvedConfiguration second = ConfigurationResolver.Resolve([written]);
                AssertSame(first.Options, second.Options, "");
                Assert.Equal(first.Text, second.Text);
                Assert.Equal(ConfigurationSchema.Settings.Count, written.Values.Keys.Count(key => !key.Contains("kwargs", StringComparison.Ordinal)));
            },
            iter: 200,
            seed: "0000KeXvP9P4");
    }

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);

    private static void AssertSame(object expected, object actual, string path)
    {
        foreach (PropertyInfo property in expected.GetType().GetProperties())
        {
            object left = property.GetValue(expected)!;
            object right = property.GetValue(actual)!;
            string here = $"{path}.{property.Name}";
            if (left.GetType().Assembly == typeof(TrainingOptions).Assembly || left is LearnerOptions or ReplayOptions or NetworkOptions or EnvironmentSpecification)
            {
                if (!left.GetType().IsEnum)
                {
                    AssertSame(left, right, here);
                    continue;
                }
            }

            if (left is string or not System.Collections.IEnumerable)
            {
                Assert.True(left.Equals(right), $"{here}: {left} against {right}");
            }
            else
            {
                Assert.Equal(((System.Collections.IEnumerable)left).Cast<object>(), ((System.Collections.IEnumerable)right).Cast<object>());
            }
        }
    }
}
