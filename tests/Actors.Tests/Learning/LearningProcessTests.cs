using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class LearningProcessTests
{
    private static readonly TrainingOptions Options = Make.Options();
    private static readonly NetworkLayout Layout = Make.Layout(Options);

    [Fact]
    public void Want_of_memory_in_a_step_is_one_line_with_what_did_not_fit()
    {
        using LearningProcess process = new(Options, new FailingTrainer(() => throw new InsufficientMemoryException()), new DeviceChoice("cuda:1", ""));
        LearnerException exception = Assert.Throws<LearnerException>(() => process.Learn(Round(1), 0, new float[4]));
        Assert.True(exception.IsFinal);
        Assert.Equal(
            $"out of memory on cuda:1: a batch of 4 rows and the network {Layout.Description} of {Layout.ParameterCount} parameters do not fit: lower dqn.learner.batch-size or the network's size",
            exception.Message);
    }

    [Fact]
    public void Results_of_a_device_are_all_there_at_the_end_of_a_round()
    {
        DeferringTrainer trainer = new();
        using LearningProcess process = new(Options, trainer, new DeviceChoice("cuda:0", ""));
        SampleRound round = Round(3);
        float[] errors = new float[12];
        for (int index = 0; index < 3; index++)
        {
            Assert.Equal(4, process.Learn(round, index, errors.AsMemory(index * 4)));
            Assert.Equal(index == 2 ? 3 : index, trainer.Collected);
        }

        Assert.Equal([1f, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], errors);
        // The second was skipped: it counts as such, and its loss in no mean.
        Assert.Equal((1L, 0), (process.Skipped.Total, process.Skipped.InARow));
        Assert.Equal((1 + 3) / 2.0, process.TakeMeans().Loss);
    }

    private static SampleRound Round(int batches)
    {
        SampleRound round = new(1, [[.. Enumerable.Repeat(4, batches)]], [new ShardShare(1, 0.01)], 0) { TotalCount = 100 };
        Assert.True(round.Add(new ReplayProtocol.SampleReply(1, Make.Sampled(4 * batches), Make.State(0, 100))));
        return round;
    }

    private class FailingTrainer(Action fail) : ITrainer
    {
        public NetworkLayout Layout => LearningProcessTests.Layout;

        public long Updates { get; protected set; }

        public TrainingBatch NextBatch(int capacity) => new(capacity, Layout.ObservationSize);

        public virtual TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
        {
            fail();
            return default;
        }

        public void SynchronizeTarget()
        {
        }

        public void BlendTarget(float tau)
        {
        }

        public void CopyParameters(Span<float> destination)
        {
        }

        public TrainerState Capture() => throw new NotSupportedException();

        public void Restore(TrainerState state)
        {
        }

        public void Dispose() => GC.SuppressFinalize(this);
    }

    /// <summary>Step n has the loss and the errors n; the second is not finite.</summary>
    private sealed class DeferringTrainer() : FailingTrainer(() => Assert.Fail("a device is not waited for")), IDeferredTrainer
    {
        private Memory<float>? _outstanding;

        public int Collected { get; private set; }

        public TrainingResult? Enqueue(TrainingBatch batch, float learningRate, Memory<float> absoluteTdErrors)
        {
            TrainingResult? before = Collect();
            Updates++;
            _outstanding = absoluteTdErrors[..batch.Count];
            return before;
        }

        public TrainingResult? Collect()
        {
            if (_outstanding is not { } errors)
            {
                return null;
            }

            _outstanding = null;
            errors.Span.Fill(++Collected);
            return new TrainingResult(Collected, 0, 0, Collected == 2 ? float.NaN : 1);
        }
    }
}
