using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Schedules are functions of the counters that a checkpoint holds: a run that goes on has them where the unstopped one has them.</summary>
public sealed class ResumedScheduleTests
{
    private static readonly TrainingOptions Options = Make.Options() with
    {
        Learner = Make.Options().Learner with { LearningRate = 0.01, LearningRateFinal = 0.001, LearningRateDecayUpdates = 9 },
        Replay = Make.Options().Replay with { Prioritized = true, Beta = 0.4, BetaFinal = 1, BetaUpdates = 9 },
        Snapshot = Make.Options().Snapshot with { TargetPeriod = 3, Period = 0 },
    };

    [Fact]
    public void Learning_rate_beta_and_target_period_go_on_where_they_were()
    {
        const int Updates = 12;
        List<Update> unstopped = Learn(before: 0, Updates);
        // The schedules are seen at work.
        Assert.True(unstopped.Select(update => update.LearningRate).Distinct().Count() > 8);
        Assert.True(unstopped.Select(update => update.Weight).Distinct().Count() > 8);
        Assert.Equal([3, 6, 9, 12], unstopped.Select((update, index) => (update.IsSynchronized, index)).Where(entry => entry.IsSynchronized).Select(entry => entry.index + 1));
        for (int before = 1; before < Updates; before++)
        {
            Assert.Equal(unstopped[before..], Learn(before, Updates - before));
        }
    }

    private static List<Update> Learn(long before, int count)
    {
        RecordingTrainer trainer = new(Make.Layout(Options));
        using LearningProcess process = new(Options, trainer, new DeviceChoice("cpu", ""));
        float[] vector = new float[trainer.Layout.Length];
        process.Restore(new TrainerState { Updates = before, Online = vector, Target = vector, FirstMoments = vector, SecondMoments = vector });
        float[] errors = new float[4];
        for (int i = 0; i < count; i++)
        {
            // Masses 1 to 4, of which 1 is the smallest: the last row has the weight 4 to the power −β.
            SampleRound round = new(1, [[4]], [new ShardShare(1, 0.01)], 0) { TotalCount = 100 };
            Assert.True(round.Add(new ReplayProtocol.SampleReply(1, Make.Sampled(4), Make.State(0, 100))));
            Assert.Equal(4, process.Learn(round, 0, errors));
        }

        return trainer.Seen;
    }

    private sealed record Update(float LearningRate, float Weight, bool IsSynchronized);

    private sealed class RecordingTrainer(NetworkLayout layout) : ITrainer
    {
        public List<Update> Seen { get; } = [];

        public NetworkLayout Layout => layout;

        public long Updates { get; private set; }

        public TrainingBatch NextBatch(int capacity) => new(capacity, layout.ObservationSize);

        public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
        {
            Updates++;
            Seen.Add(new Update(learningRate, batch.Weights[3], IsSynchronized: false));
            return default;
        }

        public void SynchronizeTarget() => Seen[^1] = Seen[^1] with { IsSynchronized = true };

        public void BlendTarget(float tau) => Assert.Fail("the target is copied");

        public void CopyParameters(Span<float> destination)
        {
        }

        public TrainerState Capture() => throw new NotSupportedException();

        public void Restore(TrainerState state) => Updates = state.Updates;

        public void Dispose()
        {
        }
    }
}
