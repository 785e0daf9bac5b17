using System.Diagnostics;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

/// <summary>Nothing that a step makes outlives it, neither tensors nor native memory. Alone in the process, whose memory is looked at.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class TrainingMemoryTests
{
    private const int WarmUp = 2_000;
    private const int Steps = 20_000;

    // A leak of one small tensor a step (1 kB with all that libtorch keeps of it) would be 20 MB.
    private const long Tolerance = 16L << 20;
    private static readonly NetworkLayout Layout = new(4, 2, new NetworkOptions { Hidden = [8] });

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Twenty_thousand_steps_leave_the_tensors_and_the_memory_as_they_were(bool isDevice, bool alternates)
    {
        using ITrainer trainer = isDevice
            ? new DeviceTrainer(Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1), torch.CPU)
            : new TorchTrainer(Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        TrainingBatch example = TrainingExamples.Batch(Layout, 8, 1);
        float[] errors = new float[8];
        Run(trainer, example, errors, WarmUp, alternates);
        DisposeScopeManager.Statistics.Reset();
        (long tensors, long memory) = (LiveTensors(), ResidentBytes());
        Run(trainer, example, errors, Steps, alternates);
        Assert.Equal(tensors, LiveTensors());
        long grown = ResidentBytes() - memory;
        Assert.True(grown < Tolerance, $"the resident set grew by {grown} bytes");
        Assert.Equal(WarmUp + Steps, trainer.Updates);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neither_do_steps_in_two_halves_leave_anything(bool isDevice)
    {
        using IGradientTrainer trainer = isDevice
            ? new DeviceTrainer(Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1), torch.CPU)
            : new TorchTrainer(Layout, new LearnerOptions(), TrainingExamples.Parameters(Layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(Layout, 8, 1);
        float[] gradient = new float[Layout.Length];
        float[] errors = new float[8];
        RunHalves(WarmUp);
        DisposeScopeManager.Statistics.Reset();
        long tensors = LiveTensors();
        // A tensor left behind in each step would be as many as the steps.
        RunHalves(WarmUp);
        Assert.Equal(tensors, LiveTensors());
        Assert.Equal(2 * WarmUp, trainer.Updates);

        void RunHalves(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                trainer.ComputeGradient(batch, gradient, errors);
                trainer.ApplyGradient(gradient, 1e-4f);
            }
        }
    }

    private static void Run(ITrainer trainer, TrainingBatch example, float[] errors, int steps, bool alternates)
    {
        for (int step = 0; step < steps; step++)
        {
            TrainingBatch batch = trainer.NextBatch(8);
            example.Count = alternates && step % 2 == 1 ? 5 : 8;
            batch.CopyFrom(example);
            if (trainer is IDeferredTrainer deferred)
            {
                deferred.Enqueue(batch, 1e-4f, errors);
            }
            else
            {
                trainer.Step(batch, 1e-4f, errors);
            }

            if (step % 500 == 0)
            {
                trainer.SynchronizeTarget();
            }
        }

        (trainer as IDeferredTrainer)?.Collect();
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static long ResidentBytes()
    {
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

/// <summary>Runs when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}
