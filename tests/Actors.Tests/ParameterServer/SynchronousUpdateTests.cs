using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Synchronous updates with backup workers through the coordinator: each takes two gradients, and there are more workers.</summary>
public sealed class SynchronousUpdateTests : TestKit
{
    private readonly ServerStage _stage;

    public SynchronousUpdateTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output) =>
        _stage = new ServerStage(this, ServerStage.Options with
        {
            ParameterServer = new ParameterServerOptions { Shards = 3, Synchronous = true, GradientsPerUpdate = 2 },
        });

    [Fact]
    public void An_update_is_the_mean_of_the_first_k_and_each_range_makes_it_once()
    {
        StageWorker[] workers = Start(4);
        workers[2].Push(1, _stage.Gradient(3));
        Assert.Empty(_stage.Said<ParameterServerProtocol.ApplyGradients>());

        workers[0].Push(1, _stage.Gradient(1));

        AssertUpdates((1, [workers[2].Number, workers[0].Number]));
        Assert.All(Array.FindAll(workers, worker => worker == workers[0] || worker == workers[2]), worker => Assert.Equal(1, worker.Version()));
        // Backups keep what they compute on until they come with their gradients.
        Assert.All(Array.FindAll(workers, worker => worker == workers[1] || worker == workers[3]), worker => Assert.Equal(0, worker.Version()));
        float[] expected = MeanUpdate(_stage.Gradient(3), _stage.Gradient(1));
        Assert.Equal(expected, workers[0].Parameters.Online.ToArray());
        Assert.Equal(expected, workers[2].Parameters.Online.ToArray());
        Assert.Equal(expected, _stage.Finish().Trainer.Online);
        Assert.Equal((2L, 2L, 0L), (_stage.Counts.Computed, _stage.Counts.Applied, _stage.Counts.DiscardedLate));
    }

    [Fact]
    public void Late_gradients_are_dropped_and_counted_and_their_workers_go_on_with_the_new_version()
    {
        StageWorker[] workers = Start(4);
        // The third is on its way when the update is made, and the fourth has not begun.
        workers[2].PushTo(1, _stage.Gradient(3), 0, 1);
        workers[2].Tell(1);
        workers[0].Push(1, _stage.Gradient(1));
        workers[1].Push(1, _stage.Gradient(2));
        workers[3].Push(1, _stage.Gradient(4));
        workers[2].PushTo(1, _stage.Gradient(3), 2);

        AssertUpdates((1, [workers[0].Number, workers[1].Number]));
        foreach (StageWorker late in workers[2..])
        {
            GradientProtocol.GradientDiscarded told = Assert.Single(late.Discarded());
            Assert.Equal((1L, GradientProtocol.DiscardReason.Late, 1L), (told.Push, told.Reason, told.Version));
            Assert.Equal(1, late.Version());
            Assert.Equal(3, _stage.Said<ParameterServerProtocol.DropGradient>().Count(drop => drop.Worker == late.Number && drop.Push == 1));
        }

        Assert.Equal(1, workers[0].Version());
        Assert.Equal(workers[0].Parameters.Online.ToArray(), workers[2].Parameters.Online.ToArray());
        Assert.Equal(workers[0].Parameters.Online.ToArray(), workers[3].Parameters.Online.ToArray());
        // They take part in the next.
        workers[3].Push(2, _stage.Gradient(5));
        workers[2].Push(2, _stage.Gradient(6));
        AssertUpdates((1, [workers[0].Number, workers[1].Number]), (2, [workers[3].Number, workers[2].Number]));
        _stage.Finish();
        Assert.Equal((6L, 4L, 2L, 0L), (_stage.Counts.Computed, _stage.Counts.Applied, _stage.Counts.DiscardedLate, _stage.Counts.Lost));
        Assert.Equal([4L], _stage.Counts.Staleness);
    }

    [Fact]
    public void Workers_that_end_with_a_gradient_whole_half_given_or_only_told_of_do_not_stop_the_update_of_the_others()
    {
        StageWorker[] workers = Start(5);
        workers[0].Push(1, _stage.Gradient(1));
        workers[1].PushTo(1, _stage.Gradient(2), 0);
        workers[1].Tell(1);
        workers[2].Tell(1);
        _stage.End(workers[0]);
        _stage.End(workers[1]);
        _stage.End(workers[2]);
        workers[3].Push(1, _stage.Gradient(4));
        Assert.Empty(_stage.Said<ParameterServerProtocol.ApplyGradients>());

        workers[4].Push(1, _stage.Gradient(5));

        AssertUpdates((1, [workers[3].Number, workers[4].Number]));
        Assert.Equal((1L, 1L), (workers[3].Version(), workers[4].Version()));
        Assert.Equal(MeanUpdate(_stage.Gradient(4), _stage.Gradient(5)), _stage.Finish().Trainer.Online);
        Assert.Equal((5L, 2L, 3L), (_stage.Counts.Computed, _stage.Counts.Applied, _stage.Counts.Lost));
    }

    [Fact]
    public void A_worker_that_ends_between_its_gradient_and_the_ranges_answer_is_in_the_update_all_the_same()
    {
        StageWorker[] workers = Start(2);
        workers[0].Push(1, _stage.Gradient(1));
        // It ends at the moment at which the update is told to the first range.
        _stage.Saying = message =>
        {
            if (message is ParameterServerProtocol.ApplyGradients { Range: 0 })
            {
                workers[0].Stop();
            }
        };

        workers[1].Push(1, _stage.Gradient(2));

        _stage.Progress.FishForMessage<ProgressProtocol.Notice>(notice => notice.Message.StartsWith("worker 0 has ended", StringComparison.Ordinal));
        Assert.Equal(1, workers[1].Version());
        Assert.Equal(MeanUpdate(_stage.Gradient(1), _stage.Gradient(2)), _stage.Finish().Trainer.Online);
        Assert.Equal((2L, 2L, 0L), (_stage.Counts.Computed, _stage.Counts.Applied, _stage.Counts.Lost));
        Assert.Empty(_stage.Failures);
    }

    [Fact]
    public void A_worker_is_in_an_update_once_and_with_the_newest_of_what_it_sends()
    {
        StageWorker[] workers = Start(2);
        workers[0].Push(1, _stage.Gradient(1));
        // Said again, and another one: neither makes two workers of it.
        workers[0].Push(1, _stage.Gradient(1));
        workers[0].Push(2, _stage.Gradient(2));
        Assert.Empty(_stage.Said<ParameterServerProtocol.ApplyGradients>());
        GradientProtocol.GradientDiscarded told = Assert.Single(workers[0].Discarded());
        Assert.Equal((1L, GradientProtocol.DiscardReason.Late, 0L), (told.Push, told.Reason, told.Version));

        workers[1].Push(1, _stage.Gradient(3));

        AssertUpdates((1, [workers[0].Number, workers[1].Number]));
        Assert.Equal(MeanUpdate(_stage.Gradient(2), _stage.Gradient(3)), _stage.Finish().Trainer.Online);
        Assert.Equal((3L, 2L, 1L), (_stage.Counts.Computed, _stage.Counts.Applied, _stage.Counts.DiscardedLate));
    }

    [Fact]
    public void A_worker_that_is_started_again_does_not_count_for_its_earlier_start_as_well()
    {
        StageWorker[] workers = Start(2);
        workers[0].Push(1, _stage.Gradient(1));
        int first = workers[0].Number;
        workers[0].StartAgain();
        Assert.NotEqual(first, workers[0].Number);
        Assert.Equal(0, workers[0].Version());
        workers[0].Push(1, _stage.Gradient(2));
        Assert.Empty(_stage.Said<ParameterServerProtocol.ApplyGradients>());

        workers[1].Push(1, _stage.Gradient(3));

        AssertUpdates((1, [workers[0].Number, workers[1].Number]));
        Assert.Equal(MeanUpdate(_stage.Gradient(2), _stage.Gradient(3)), _stage.Finish().Trainer.Online);
        Assert.Equal((3L, 2L, 1L), (_stage.Counts.Computed, _stage.Counts.Applied, _stage.Counts.Lost));
    }

    private StageWorker[] Start(int workers)
    {
        _stage.Start();
        StageWorker[] entered = [.. Enumerable.Range(0, workers).Select(index => _stage.Enter($"worker {index}"))];
        Assert.All(entered, worker => Assert.Equal(0, worker.Version()));
        return entered;
    }

    /// <summary>Every range was told these updates, in this order, each gradient with its share of 1/k.</summary>
    private void AssertUpdates(params (long Version, int[] Workers)[] expected)
    {
        for (int range = 0; range < 3; range++)
        {
            ParameterServerProtocol.ApplyGradients[] told = [.. _stage.Said<ParameterServerProtocol.ApplyGradients>().Where(update => update.Range == range)];
            Assert.Equal(expected.Select(update => update.Version), told.Select(update => update.Version));
            Assert.Equal(expected.Select(update => update.Workers), told.Select(update => update.Gradients.Select(share => share.Worker).ToArray()));
            Assert.All(told.SelectMany(update => update.Gradients), share => Assert.Equal(0.5f, share.Scale));
        }
    }

    /// <summary>θ of a single learner after its first update with the mean of two gradients, in the order in which they came.</summary>
    private float[] MeanUpdate(float[] first, float[] second)
    {
        LearnerOptions options = ServerStage.Options.Learner;
        using SimdTrainer trainer = new(_stage.Layout, options, _stage.InitialParameters);
        float[] mean = new float[first.Length];
        GradientSum.Begin(first, 0.5f, mean);
        GradientSum.Add(second, 0.5f, mean);
        trainer.ApplyGradient(mean, (float)options.LearningRate);
        float[] parameters = new float[mean.Length];
        trainer.CopyParameters(parameters);
        return parameters;
    }
}
