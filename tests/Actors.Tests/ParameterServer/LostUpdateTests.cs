using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Updates of which a range's message gets lost: ranges are at different versions for a while, and nobody ever holds a mix of them.</summary>
public sealed class LostUpdateTests : TestKit
{
    private readonly ServerStage _stage;
    private readonly ServerReference _reference;

    public LostUpdateTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _stage = new ServerStage(this, ServerStage.Options with
        {
            ParameterServer = new ParameterServerOptions { Shards = 3, MaxStaleness = 4 },
            Snapshot = new SnapshotOptions { TargetPeriod = 5, Period = 1 },
            Checkpoint = new CheckpointOptions { Period = 2 },
        });
        _reference = new ServerReference(_stage);
        _stage.Saying = _reference.Hear;
    }

    [Fact]
    public void An_update_that_a_range_did_not_get_is_said_again_before_any_later_one_and_until_then_nobody_has_parameters()
    {
        _stage.Start();
        StageWorker first = _stage.Enter("first");
        StageWorker second = _stage.Enter("second");
        Accept();
        _stage.Loses = message => message is ParameterServerProtocol.ApplyGradients { Range: 1, Version: 1 };

        Push(first, 1);
        Push(second, 1);

        // Two ranges are at versions 1 and 2 by now, and this one is at 0, whatever it hears of the second update.
        Assert.Equal((RangeParametersAssembly.None, RangeParametersAssembly.None), (first.Version(), second.Version()));
        Assert.Empty(Accept());
        Assert.Empty(Save());
        _stage.Loses = _ => false;
        _stage.Seconds(4);
        Assert.Equal([1, 2], Said(range: 1));

        _stage.Seconds(3);

        Assert.Equal([1, 2, 1, 2], Said(range: 1));
        Assert.Equal([1, 2], Said(range: 0));
        Assert.Equal((1, 2), (first.Version(), second.Version()));
        _reference.AssertHolds(first);
        _reference.AssertHolds(second);
        _stage.Seconds(6);
        Assert.All(Accept(), updates => Assert.Equal(2, updates));
        Assert.Equal([2L], Save());
        _reference.AssertIs(_stage.Finish());
        Assert.Empty(_stage.Failures);
    }

    [Fact]
    public void A_range_that_has_no_gradient_any_more_for_an_update_that_is_said_again_takes_all_back_to_the_checkpoint()
    {
        _stage.Start();
        StageWorker first = _stage.Enter("first");
        StageWorker second = _stage.Enter("second");
        Push(first, 1);
        Push(second, 1);
        Accept();
        Assert.Equal([2L], Save());
        long epoch = first.Epoch;
        // The worker of the lost update ends, so that the range drops the gradient which it was not told to use.
        _stage.Loses = message => message is ParameterServerProtocol.ApplyGradients { Range: 1 };
        first.Register();
        Push(first, 2);
        _stage.End(first);
        Push(second, 2);
        _stage.Loses = _ => false;

        _stage.Seconds(6);

        Assert.IsType<RangeLostException>(Assert.Single(_stage.Failures));
        second.Register();
        Assert.True(second.Epoch > epoch);
        Assert.Equal(2, second.Version());
        _reference.AssertHolds(second);
        Push(second, 3);
        Assert.Equal(3, second.Version());
        _reference.AssertHolds(second);
        _reference.AssertIs(_stage.Finish());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_gets_lost_everything_that_anyone_holds_is_one_version_of_one_epoch(ulong seed)
    {
        RandomSource random = new(seed, 0);
        bool isLossy = true;
        int lost = 0;
        _stage.Loses = message =>
        {
            bool loses = isLossy
                && message is ParameterServerProtocol.ApplyGradients or ParameterServerProtocol.RangeUpdated or ParameterServerProtocol.RangeLoaded
                && random.NextInt(8) == 0;
            lost += loses ? 1 : 0;
            return loses;
        };
        _stage.Start();
        StageWorker[] workers = [.. Enumerable.Range(0, 3).Select(index => _stage.Enter($"worker {index}"))];
        long used = 0;
        for (int step = 0; step < 600; step++)
        {
            StageWorker worker = workers[random.NextInt(workers.Length)];
            if (worker.Version() != RangeParametersAssembly.None)
            {
                _reference.AssertHolds(worker);
                used += TryPush(worker) ? 1 : 0;
            }

            if (random.NextInt(3) == 0)
            {
                Second(workers);
            }

            if (random.NextInt(100) == 0)
            {
                _stage.Kill(random.NextInt(3));
            }

            Accept();
            Save();
        }

        isLossy = false;
        for (int second = 0; second < 15; second++)
        {
            Second(workers);
        }

        foreach (StageWorker worker in workers)
        {
            Assert.NotEqual(RangeParametersAssembly.None, worker.Version());
            _reference.AssertHolds(worker);
        }

        _reference.AssertIs(_stage.Finish());
        // It was worth looking.
        Assert.All(_stage.Failures, failure => Assert.IsType<RangeLostException>(failure));
        Assert.NotEmpty(_stage.Failures);
        Assert.True(lost > 20);
        Assert.Contains(_stage.Said<ParameterServerProtocol.ApplyGradients>().CountBy(update => (update.Epoch, update.Range, update.Version)), told => told.Value > 1);
        Assert.InRange(_stage.Counts.Computed, 50, used);
        Assert.Equal(_stage.Counts.Computed, _stage.Counts.Applied + _stage.Counts.DiscardedStale + _stage.Counts.Lost);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {seed}: {used} gradients, {lost} messages lost, {_stage.Failures.Count} returns, {_stage.Counts.Applied} applied, {_stage.Counts.Lost} lost, {_stage.Counts.DiscardedStale} stale");
    }

    private void Second(StageWorker[] workers)
    {
        _stage.Seconds(1);
        foreach (StageWorker worker in workers)
        {
            worker.Register();
        }
    }

    private bool TryPush(StageWorker worker)
    {
        if (!worker.IsFree)
        {
            return false;
        }

        Push(worker, _reference.Gradients + 1);
        return true;
    }

    private void Push(StageWorker worker, long push)
    {
        Assert.NotEqual(RangeParametersAssembly.None, worker.Version());
        worker.Push(push, _reference.NextGradient(worker, push));
    }

    private long[] Said(int range) =>
        [.. _stage.Said<ParameterServerProtocol.ApplyGradients>().Where(update => update.Range == range).Select(update => update.Version)];

    /// <summary>Takes the snapshots that are published: each is one version's.</summary>
    private List<long> Accept()
    {
        List<long> updates = [];
        while (_stage.Publisher.HasMessages)
        {
            PolicySnapshot snapshot = _stage.Publisher.ExpectMsg<SnapshotProtocol.Publish>().Snapshot;
            _reference.AssertIs(snapshot);
            updates.Add(snapshot.Updates);
            _stage.Publisher.Reply(SnapshotProtocol.PublishAccepted.Instance);
        }

        return updates;
    }

    /// <summary>Writes the checkpoints that are due: each is one version's, and the next start goes on from it.</summary>
    private List<long> Save()
    {
        List<long> updates = [];
        while (_stage.Writer.HasMessages)
        {
            RunProtocol.LearnerCapture capture = _stage.Writer.ExpectMsg<RunProtocol.WriteCheckpoint>().Learner;
            _reference.AssertIs(capture);
            updates.Add(capture.Trainer.Updates);
            _stage.Checkpoint = ServerHarness.Checkpoint(_stage.Layout, capture);
            _stage.Writer.Reply(new RunProtocol.CheckpointWritten("/runs/1/checkpoint", capture.Snapshot));
        }

        return updates;
    }
}
