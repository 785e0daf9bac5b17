using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class SkippedUpdatesTests
{
    private static readonly TrainingResult Taken = new(0.5f, 1, 2, 3);
    private static readonly TrainingResult BadLoss = new(float.PositiveInfinity, 1, 2, float.NaN);
    private static readonly TrainingResult BadGradient = new(0.5f, 1, 2, float.NaN);

    [Fact]
    public void Only_skips_in_a_row_are_too_many()
    {
        SkippedUpdates skipped = new(3);
        for (int i = 0; i < 20; i++)
        {
            skipped.Count(BadLoss);
            skipped.Count(BadGradient);
            skipped.RequireFew(i, "");
            skipped.Count(Taken);
        }

        Assert.Equal((40L, 0), (skipped.Total, skipped.InARow));
        skipped.Count(BadLoss);
        skipped.Count(BadLoss);
        skipped.Count(BadLoss);
        LearnerException exception = Assert.Throws<LearnerException>(() => skipped.RequireFew(20, ""));
        Assert.True(exception.IsFinal);
        Assert.Equal(
            "the loss or its gradient was not finite 3 times in a row after update 20 (dqn.learner.max-skipped-updates = 3): lower dqn.learner.learning-rate, set dqn.learner.max-gradient-norm or look for extreme rewards; no checkpoint was written yet",
            exception.Message);
    }
}
