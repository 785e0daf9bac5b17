using System.Globalization;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>Resident memory of the process over 100,000 learning steps of one backend, in a run that does nothing else.</summary>
internal static class LearnerMemoryBenchmark
{
    private const int Steps = 100_000;
    private const int FirstSteps = 10_000;
    private const int BatchSize = 64;
    private const double Allowed = 0.02;
    private const int Looks = 200;

    /// <summary>Prints the memory after each 10,000 steps.</summary>
    /// <param name="arguments">The backend: torch or simd.</param>
    /// <returns>1 where the last figure is more than 2 % off the first.</returns>
    public static int Run(string[] arguments)
    {
        ComputeBackend backend = arguments is ["simd"] ? ComputeBackend.Simd : ComputeBackend.Torch;
        BenchNetwork network = BenchNetwork.Mlp(120, 84);
        using ITrainer trainer = TrainerFactory.Create(network.Layout, new LearnerOptions { Backend = backend, Device = "cpu" }, network.Parameters());
        TrainingBatch[] batches = [.. Enumerable.Range(1, 16).Select(_ => network.Batch(BatchSize))];
        float[] errors = new float[BatchSize];
        RandomSource random = new(3);
        double first = 0;
        double last = 0;
        // What looks at the memory takes some itself until the runtime has compiled it for good.
        for (int look = 0; look < Looks; look++)
        {
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"\r{ResidentBytes() / 1e6:F2} MB before the first step "));
            Thread.Sleep(5);
        }

        Console.WriteLine();
        for (int step = 1; step <= Steps; step++)
        {
            // Errors that do not die out keep the step from getting cheaper.
            TrainingBatch batch = batches[random.NextInt(batches.Length)];
            batch.Returns[random.NextInt(BatchSize)] = (float)random.NextUniform(-1, 1);
            trainer.Step(batch, 1e-4f, errors);
            if (step % FirstSteps == 0)
            {
                last = ResidentBytes() / 1e6;
                first = first == 0 ? last : first;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{backend} {step,7} steps: {last,8:F2} MB resident, {last / first:F4} of that after {FirstSteps}"));
            }
        }

        return Math.Abs((last / first) - 1) <= Allowed ? 0 : 1;
    }

    private static double ResidentBytes()
    {
        using System.Diagnostics.Process self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
