using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly FakeSession _session = new((_, _) => Samples.Summary(StopReason.Steps));
    private readonly Host _host;
    private readonly string _run;

    public ResumeTests()
    {
        _host = new Host { Session = _session };
        _run = _host.Folder.Sub("run");
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_run_goes_on_under_the_settings_that_it_had()
    {
        await TrainAsync("--seed", "9", "--set", "dqn.learner.gamma=0.5");
        TrainingOptions first = _session.Options!;
        Save(steps: 1000, resumptions: 2);

        Assert.Equal(0, await _host.Run("train", "--resume", _run));

        TrainingOptions options = _session.Options!;
        Assert.Equal((first.Learner, first.Stop, first.Exploration), (options.Learner, options.Stop, options.Exploration));
        Assert.Equal(first.Run with { Resumption = 3 }, options.Run);
        Assert.Equal(_run, options.Run.Directory);
        Assert.Contains("the replay buffer starts empty", _host.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _host.Error.ToString());
    }

    [Fact]
    public async Task With_shard_files_nothing_is_said_of_an_empty_buffer()
    {
        await TrainAsync("--set", "dqn.replay.durable=true");
        Save(steps: 1000);
        Assert.Equal(0, await _host.Run("train", "--resume", _run));
        Assert.Equal(ReplayDurability.On, _session.Options!.Replay.Durable);
        Assert.DoesNotContain("starts empty", _host.Output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dqn.stop.steps=900000")]
    [InlineData("dqn.evaluation.period=77")]
    [InlineData("dqn.checkpoint.keep=7")]
    [InlineData("dqn.runner.count=1")]
    [InlineData("dqn.learner.backend=simd")]
    public async Task What_it_does_not_learn_by_may_differ_and_is_kept_for_the_next_time(string assignment)
    {
        await TrainAsync();
        Save(steps: 1000);
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--set", assignment));
        Assert.Equal("", _host.Error.ToString());
        string resolved = await File.ReadAllTextAsync(Path.Combine(_run, "resolved.conf"), TestContext.Current.CancellationToken);
        Assert.Equal(0, await _host.Run("train", "--resume", _run));
        Assert.Equal(resolved, await File.ReadAllTextAsync(Path.Combine(_run, "resolved.conf"), TestContext.Current.CancellationToken));
        Assert.Contains(assignment.Split('=')[1], resolved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_drift_are_listed_with_both_values()
    {
        await TrainAsync();
        Save(steps: 1000);
        string[] drift = ["train", "--resume", _run, "--set", "dqn.learner.gamma=0.9", "--set", "dqn.exploration.epsilon-final=0.5"];
        Assert.Equal(2, await _host.Run(drift));
        string error = _host.Error.ToString();
        Assert.Contains("dqn.learner.gamma is 0.99 there and 0.9 here", error, StringComparison.Ordinal);
        Assert.Contains("dqn.exploration.epsilon-final is ", error, StringComparison.Ordinal);
        Assert.Contains(": give the same configuration, start a new run without --resume, or --force to go on with this one", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));

        Assert.Equal(0, await _host.Run([.. drift, "--force"]));
        Assert.Equal(0.9, _session.Options!.Learner.Gamma);
        Assert.Contains("goes on with other settings, as --force demands: ", _host.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dqn.runner.count=3", "dqn.runner.count is 2 there and 3 here")]
    [InlineData("dqn.learner.backend=torch", "dqn.learner.backend is ")]
    [InlineData("dqn.checkpoint.period=77", "dqn.checkpoint.period is ")]
    public async Task What_the_course_of_a_deterministic_run_follows_from_may_not_differ(string assignment, string fault)
    {
        await TrainAsync("--set", "dqn.run.deterministic=true");
        Save(steps: 1000);
        Assert.Equal(2, await _host.Run("train", "--resume", _run, "--set", assignment));
        Assert.Contains(fault, Assert.Single(_host.Error.ToString().TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--set", assignment, "--force"));
        Assert.Equal(0, await _host.Run("train", "--resume", _run));
    }

    [Fact]
    public async Task What_weights_are_laid_out_by_cannot_be_forced()
    {
        await TrainAsync();
        Save(steps: 1000);
        Assert.Equal(2, await _host.Run("train", "--resume", _run, "--set", "dqn.network.hidden=[8]", "--force"));
        Assert.Contains("cannot go on with other values of these keys, --force or not (dqn.network.hidden is [64, 64] there and [8] here)", _host.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_was_changed_by_hand_is_noticed()
    {
        await TrainAsync();
        Save(steps: 1000, hash: _session.Options!.Run.ConfigurationHash);
        Assert.Equal(0, await _host.Run("train", "--resume", _run));
        string file = Path.Combine(_run, "resolved.conf");
        string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("gamma = 0.99", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace("gamma = 0.99", "gamma = 0.98", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(2, await _host.Run("train", "--resume", _run));
        Assert.Contains("is not the configuration that checkpoint", _host.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--force"));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_told_and_the_one_before_is_gone_on_with()
    {
        await TrainAsync();
        Save(steps: 1000);
        Save(steps: 2000);
        await File.WriteAllTextAsync(Path.Combine(_run, "checkpoint", "policy-2.safetensors"), "", TestContext.Current.CancellationToken);
        Assert.Equal(0, await _host.Run("train", "--resume", _run));
        Assert.Matches("^warning: checkpoint .*policy-2.safetensors is damaged: .*; manifest-1.json is used instead\n$", _host.Error.ToString());
    }

    [Fact]
    public async Task A_finished_run_goes_on_only_with_a_higher_limit()
    {
        await TrainAsync("--set", "dqn.stop.steps=5000");
        Save(steps: 5000);
        await AssertRefusedAsync("has made 5000 steps, and dqn.stop.steps = 5000 ends it there: give it more, for example --set dqn.stop.steps=10000");
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--set", "dqn.stop.steps=6000"));
    }

    [Fact]
    public async Task A_run_whose_time_is_up_goes_on_only_with_more_of_it()
    {
        await TrainAsync("--set", "dqn.stop.minutes=2");
        Save(steps: 5000, milliseconds: 120_000);
        await AssertRefusedAsync("has taken 2 minutes, and dqn.stop.minutes = 2 ends it there");
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--set", "dqn.stop.minutes=3"));
    }

    [Fact]
    public async Task A_run_that_reached_its_score_goes_on_only_to_a_higher_one_or_without()
    {
        await TrainAsync("--set", "dqn.stop.score=100");
        Save(steps: 5000, reached: true);
        await AssertRefusedAsync("has reached dqn.stop.score = 100 (mean 120)");
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--set", "dqn.stop.score=130"));
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--set", "dqn.stop.score=none"));
    }

    [Fact]
    public async Task A_run_that_another_process_trains_is_left_alone()
    {
        await TrainAsync();
        Save(steps: 1000);
        using (RunLock.TryTake(_run))
        {
            await AssertRefusedAsync("is being trained by another process");
        }

        Assert.Equal(0, await _host.Run("train", "--resume", _run));
    }

    [Fact]
    public async Task A_folder_that_is_no_run_or_has_no_checkpoint_is_one_line()
    {
        await AssertRefusedAsync("does not exist: give a run's folder");
        await TrainAsync();
        await AssertRefusedAsync($"has no checkpoint to go on from: start it anew with train --config {Path.Combine(_run, "resolved.conf")} --run-dir DIR");
        string old = _host.Folder.Write(Path.Combine(_run, "checkpoint", "manifest.json"), "{}");
        await AssertRefusedAsync("manifest.json is of an earlier version, which this program does not read");
        File.Delete(old);
        Save(steps: 1000);
        File.Delete(Path.Combine(_run, "resolved.conf"));
        await AssertRefusedAsync("has lost its resolved.conf: give the run's configuration with --config");
        Assert.Equal(0, await _host.Run("train", "--resume", _run, "--config", "cartpole"));
        _host.Error.GetStringBuilder().Clear();
        Assert.Equal(2, await _host.Run("train", "--resume", _host.Folder.Path));
        Assert.Contains("is no run's folder: neither resolved.conf nor a folder checkpoint is in it", _host.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_folder_beside_it_and_force_without_it_are_refused()
    {
        await TrainAsync();
        Assert.Equal(2, await _host.Run("train", "--resume", _run, "--run-dir", "other"));
        Assert.Contains("leave out --run-dir", _host.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await _host.Run("train", "--force"));
        Assert.Contains("--force says that a run goes on with other settings: name the run with --resume", _host.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_network_shows_the_shapes_side_by_side()
    {
        await TrainAsync();
        Save(steps: 1000, layout: new NetworkLayout(2, 4, new NetworkOptions { Hidden = [64, 32] }));
        Assert.Equal(2, await _host.Run("train", "--resume", _run));
        string[] lines = _host.Error.ToString().TrimEnd('\n').Split('\n');
        Assert.Contains("is of another network (2-64-32-4 relu) than the run is to go on with (2-64-64-3 relu)", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            ["parameter there here", "network.2.weight 32x64 64x64", "network.2.bias 32 64", "network.4.weight 4x32 3x64", "network.4.bias 4 3"],
            lines[1..].Select(line => string.Join(' ', line["error: ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    private async Task TrainAsync(params string[] arguments) => Assert.Equal(0, await _host.Run(["train", "--run-dir", _run, .. arguments]));

    private async Task AssertRefusedAsync(string fault)
    {
        _host.Error.GetStringBuilder().Clear();
        Assert.Equal(2, await _host.Run("train", "--resume", _run));
        Assert.Contains(fault, _host.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(_host.Error.ToString().TrimEnd('\n').Split('\n'));
        _host.Error.GetStringBuilder().Clear();
    }

    private void Save(long steps, long resumptions = 0, long milliseconds = 0, bool reached = false, string? hash = null, NetworkLayout? layout = null)
    {
        layout ??= new NetworkLayout(2, 3, new NetworkOptions());
        new CheckpointStore(Path.Combine(_run, "checkpoint")).Save(new CheckpointContent
        {
            EnvironmentName = "CartPole-v1",
            Seed = 1,
            Layout = layout,
            Policy = new float[layout.Length],
            ConfigurationHash = hash,
            Evaluation = reached ? new CheckpointEvaluation(steps, 10, 120, 1, 100, 130) : null,
            Counters = new Dictionary<string, long>
            {
                [CounterNames.Steps] = steps,
                [CounterNames.Resumptions] = resumptions,
                [CounterNames.ElapsedMilliseconds] = milliseconds,
                [CounterNames.ScoreReached] = reached ? 1 : 0,
            },
        });
    }
}
