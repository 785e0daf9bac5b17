using DqnAkka.Bench;

namespace DqnAkka.Learner.Tests;

/// <summary>The simulator of bench/Scale against what can be reckoned by hand.</summary>
public sealed class ScaleSimulatorTests
{
    private const double Microsecond = 1e-6;
    private static readonly TransportCosts Free = new(0, 0, 0, 0, 0, 0, 0, 0);
    private static readonly CompressionCosts Plain = new(4, 0, 0);

    // A gradient of 64 rows takes a millisecond, an update 0.1, nothing else takes anything.
    private static readonly ScaleCosts Costs = new()
    {
        Machine = "test",
        Cores = 2,
        Network = "test",
        Parameters = 100_000,
        BatchRows = 64,
        RowBytes = 50,
        GradientSeconds = 0.36 * 1e-3,
        GradientRowSeconds = 10 * Microsecond,
        GradientDeviation = 0,
        StepParameterSeconds = 1e-9,
        ApplyParameterSeconds = 1e-9,
        RangeParameterSeconds = 1e-9,
        AddByteSeconds = 0,
        SampleRowSeconds = 0,
        Transport = Free,
        None = Plain,
        BFloat16 = Plain with { BytesPerParameter = 2 },
        TopK = Plain with { BytesPerParameter = 0.08 },
    };

    [Fact]
    public void A_single_learner_takes_a_gradient_and_an_update_after_the_other() =>
        Assert.Equal(1 / 1.1e-3, Predict(ScaleMode.Single, 1).UpdatesPerSecond, 1e-3);

    [Fact]
    public void Sampling_that_is_asked_for_ahead_costs_its_shard_nothing_but_time_of_another_core()
    {
        ScaleCosts costs = Costs with { SampleRowSeconds = 2 * Microsecond };
        // The learner's half: 64 rows of a microsecond.
        Assert.Equal(1 / 1.164e-3, ScaleSimulator.Predict(costs, Scenario(ScaleMode.Single, 1) with { Cores = 2 }).UpdatesPerSecond, 1e-3);
        Assert.True(ScaleSimulator.Predict(costs, Scenario(ScaleMode.Single, 1) with { Cores = 1, Placement = ScalePlacement.OneProcess }).UpdatesPerSecond < 1 / 1.2e-3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    public void Devices_share_the_rows_and_each_takes_the_whole_update(int workers) =>
        Assert.Equal(
            1 / (0.36e-3 + (0.64e-3 / workers) + 0.1e-3),
            ScaleSimulator.Predict(Costs, Scenario(ScaleMode.Devices, workers) with { Cores = workers }).UpdatesPerSecond,
            1e-3);

    [Fact]
    public void Two_devices_on_one_core_take_turns()
    {
        ScalePrediction prediction = ScaleSimulator.Predict(Costs, Scenario(ScaleMode.Devices, 2) with { Cores = 1, Placement = ScalePlacement.OneProcess });
        Assert.Equal(1 / (2 * (0.36e-3 + 0.32e-3 + 0.1e-3)), prediction.UpdatesPerSecond, 1e-3);
        Assert.Equal(1, prediction.Busy, 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    public void A_ring_moves_each_gradient_twice_less_two_parts(int workers)
    {
        ScalePrediction prediction = Predict(ScaleMode.Replicas, workers);
        double gradients = 2.0 * (workers - 1) * Costs.Parameters * 4;
        double rows = 64.0 * (workers - 1) / workers * Costs.RowBytes;
        double batch = 64 * Costs.RowBytes;
        // Small messages beside them: one for each replica, and one for each round that is asked for.
        double small = (100 * (workers - 1)) + 100;
        Assert.InRange(prediction.BytesPerSecond / prediction.UpdatesPerSecond, gradients + rows, (gradients + rows + batch + small) * 1.1);
        // Replicas take the update before they compute, and the learner after: both are in the step.
        Assert.Equal(1 / (0.36e-3 + (0.64e-3 / workers) + 0.2e-3), prediction.UpdatesPerSecond, 1e-3);
    }

    [Fact]
    public void A_thread_is_woken_once_for_what_comes_together_and_again_for_what_comes_alone()
    {
        EventQueue events = new();
        SimulatedThread thread = new(new SimulatedMachine(events, cores: 1), wakeSeconds: 0.5);
        List<double> done = [];
        thread.Run(1, () => done.Add(events.Now));
        thread.Run(1, () => done.Add(events.Now));
        events.After(10, () => thread.Run(1, () => done.Add(events.Now)));
        events.RunUntil(() => done.Count == 3);
        Assert.Equal([1.5, 2.5, 11.5], done);
    }

    [Fact]
    public void A_card_that_is_too_slow_decides_how_fast_a_ring_is()
    {
        ScaleScenario scenario = Scenario(ScaleMode.Replicas, 4) with { LinkBytesPerSecond = 1e6 };
        double seconds = 1 / ScaleSimulator.Predict(Costs, scenario).UpdatesPerSecond;
        // 2 · 3/4 of 400 kB through each card.
        Assert.InRange(seconds, 0.6, 0.66);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(17)]
    public void Workers_lose_nothing_under_a_bound_that_is_far_and_each_gradient_is_as_old_as_the_others_are_many(int workers)
    {
        ScalePrediction prediction = ScaleSimulator.Predict(Noisy, Scenario(ScaleMode.Asynchronous, workers) with { MaxStaleness = 3 * workers });
        Assert.Equal(0, prediction.DiscardedShare);
        Assert.Equal(workers - 1, prediction.MeanStaleness, 0.05 * workers);
        Assert.InRange(prediction.UpdatesPerSecond, 0.9 * workers / 1.05e-3, 1.1 * workers / 1.05e-3);
    }

    [Fact]
    public void A_bound_of_zero_uses_only_what_is_new()
    {
        ScalePrediction prediction = ScaleSimulator.Predict(Noisy, Scenario(ScaleMode.Asynchronous, 8) with { MaxStaleness = 0 });
        Assert.Equal(0, prediction.MeanStaleness);
        Assert.InRange(prediction.DiscardedShare, 0.5, 0.9);
    }

    [Fact]
    public void Backup_workers_are_worth_it_where_some_are_slow()
    {
        ScaleCosts costs = Noisy with { GradientDeviation = 0.5 };
        double all = ScaleSimulator.Predict(costs, Scenario(ScaleMode.Synchronous, 10) with { GradientsPerUpdate = 10 }).UpdatesPerSecond;
        double most = ScaleSimulator.Predict(costs, Scenario(ScaleMode.Synchronous, 10) with { GradientsPerUpdate = 8 }).UpdatesPerSecond;
        Assert.True(most > 1.1 * all, $"{most} updates a second with two backups, {all} without");
    }

    [Fact]
    public void A_synchronous_server_without_backups_uses_every_gradient()
    {
        ScalePrediction prediction = ScaleSimulator.Predict(Noisy, Scenario(ScaleMode.Synchronous, 6) with { GradientsPerUpdate = 6 });
        Assert.Equal(0, prediction.DiscardedShare);
        Assert.Equal(0, prediction.MeanStaleness);
        Assert.Equal(6 * 64, prediction.RowsPerSecond / prediction.UpdatesPerSecond, 1e-3);
    }

    [Fact]
    public void Gradients_of_half_the_bytes_are_half_of_what_goes_to_the_server()
    {
        double full = UpBytes(costs => costs.None);
        double half = UpBytes(costs => costs.BFloat16);
        Assert.InRange(full - half, 0.99 * 2 * Costs.Parameters, 1.01 * 2 * Costs.Parameters);

        double UpBytes(Func<ScaleCosts, CompressionCosts> form)
        {
            ScalePrediction prediction = ScaleSimulator.Predict(Costs, Scenario(ScaleMode.Asynchronous, 1) with { Compression = form, TargetPeriod = int.MaxValue });
            return prediction.BytesPerSecond / prediction.UpdatesPerSecond;
        }
    }

    [Theory]
    [InlineData(nameof(ScaleMode.Replicas), 64)]
    [InlineData(nameof(ScaleMode.Asynchronous), 64)]
    [InlineData(nameof(ScaleMode.Synchronous), 64)]
    public void The_same_inputs_give_the_same_prediction_and_another_seed_gives_another(string mode, int workers)
    {
        ScaleScenario scenario = Scenario(Enum.Parse<ScaleMode>(mode), workers);
        Assert.Equal(ScaleSimulator.Predict(Noisy, scenario), ScaleSimulator.Predict(Noisy, scenario));
        Assert.NotEqual(ScaleSimulator.Predict(Noisy, scenario), ScaleSimulator.Predict(Noisy, scenario with { Seed = 2 }));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Contains("64 rows", Assert.Throws<ArgumentException>(() => Predict(ScaleMode.Devices, 65)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ScaleSimulator.Predict(Costs, Scenario(ScaleMode.Synchronous, 2) with { GradientsPerUpdate = 3 }));
        Assert.Throws<ArgumentException>(() => Predict(ScaleMode.Single, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Predict(ScaleMode.Devices, 0));
    }

    [Fact]
    public void Costs_are_read_from_the_file_that_they_were_written_to()
    {
        string path = Path.GetTempFileName();
        try
        {
            Noisy.Write(path);
            Assert.Equal(Noisy, ScaleCosts.Read(path));
            File.WriteAllText(path, """{ "Machine": "without the rest" }""");
            Assert.Throws<System.Text.Json.JsonException>(() => ScaleCosts.Read(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ScaleCosts Noisy { get; } = Costs with { GradientDeviation = 0.1 };

    private static ScalePrediction Predict(ScaleMode mode, int workers) => ScaleSimulator.Predict(Costs, Scenario(mode, workers));

    private static ScaleScenario Scenario(ScaleMode mode, int workers) => new()
    {
        Mode = mode,
        Placement = ScalePlacement.MachineEach,
        Workers = workers,
        Cores = 8,
        LinkSeconds = 0,
        LinkBytesPerSecond = double.PositiveInfinity,
    };
}
