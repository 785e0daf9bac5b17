using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The account of updates that were skipped because the loss or the gradient was not finite. One is an accident of a batch; many in a row
/// will not end by themselves, and what the networks have learned is still good.
/// </summary>
/// <param name="limit">How many in a row are too many.</param>
internal sealed class SkippedUpdates(int limit)
{
    /// <summary>Over the whole run.</summary>
    public long Total { get; set; }

    /// <summary>Since the last update that was taken.</summary>
    public int InARow { get; private set; }

    /// <summary>Counts a step.</summary>
    public void Count(TrainingResult result)
    {
        InARow = result.IsSkipped ? InARow + 1 : 0;
        Total += result.IsSkipped ? 1 : 0;
    }

    /// <summary>Throws where there are too many.</summary>
    /// <param name="updates">Updates taken so far.</param>
    /// <param name="checkpoint">The newest checkpoint's folder; empty where there is none yet.</param>
    /// <exception cref="LearnerException">There are.</exception>
    public void RequireFew(long updates, string checkpoint)
    {
        if (InARow < limit)
        {
            return;
        }

        string kept = checkpoint.Length > 0 ? $"the last good checkpoint is {checkpoint}" : "no checkpoint was written yet";
        throw new LearnerException(
            $"the loss or its gradient was not finite {InARow} times in a row after update {updates} (dqn.learner.max-skipped-updates = {limit}): lower dqn.learner.learning-rate, set dqn.learner.max-gradient-norm or look for extreme rewards; {kept}")
        { IsFinal = true };
    }
}
