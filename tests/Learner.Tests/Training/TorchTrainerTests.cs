using TorchSharp;

namespace DqnAkka.Learner.Tests;

public sealed class TorchTrainerTests
{
    [Fact]
    public void A_hundred_steps_leave_no_tensor_behind()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions { Dueling = true });
        using TorchTrainer trainer = new(layout, new LearnerOptions(), TrainingExamples.Parameters(layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(layout, 16, 1);
        float[] errors = new float[16];
        trainer.Step(batch, 1e-3f, errors);
        DisposeScopeManager.Statistics.Reset();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int step = 0; step < 100; step++)
        {
            trainer.Step(batch, 1e-3f, errors);
            trainer.SynchronizeTarget();
            trainer.BlendTarget(0.5f);
            trainer.Restore(trainer.Capture());
        }

        LifetimeStatistics after = DisposeScopeManager.Statistics.TensorStatistics;
        Assert.Equal(before, after.ThreadTotalLiveCount);
        Assert.Equal(0, after.CreatedOutsideScopeCount - after.DisposedOutsideScopeCount);
        Assert.True(after.CreatedInScopeCount > 100);
    }

    [Fact]
    public void A_trainer_can_move_to_another_thread_and_gives_the_same_parameters()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions());
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        TrainingBatch batch = TrainingExamples.Batch(layout, 16, 1);
        using TorchTrainer here = new(layout, new LearnerOptions(), parameters);
        using TorchTrainer there = new(layout, new LearnerOptions(), parameters);
        here.Step(batch, 1e-3f, new float[16]);
        int threads = 0;
        Thread thread = new(() =>
        {
            there.Step(batch, 1e-3f, new float[16]);
            threads = torch.get_num_threads();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(TrainingExamples.ParametersOf(here), TrainingExamples.ParametersOf(there));
        Assert.Equal(1, threads);
    }
}
