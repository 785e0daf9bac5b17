namespace DqnAkka.Learner.Tests;

public sealed class SimdTrainerTests
{
    [Fact]
    public void A_step_allocates_nothing_once_its_buffers_have_grown()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions { Dueling = true });
        using SimdTrainer trainer = new(layout, new LearnerOptions(), TrainingExamples.Parameters(layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(layout, 64, 1);
        float[] errors = new float[64];
        float[] parameters = new float[layout.Length];
        Run(trainer, batch, errors, parameters, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(trainer, batch, errors, parameters, 100);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Run(SimdTrainer trainer, TrainingBatch batch, float[] errors, float[] parameters, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            trainer.Step(batch, 1e-3f, errors);
            trainer.SynchronizeTarget();
            trainer.BlendTarget(0.5f);
            trainer.CopyParameters(parameters);
        }
    }
}
