using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Where a runner's fragments come from: environments that it plays, or transitions that somebody stored. Used by one thread at a time.</summary>
public interface IFragmentSource
{
    /// <summary>Takes over a policy's parameters.</summary>
    /// <param name="parameters">In the layout's order.</param>
    void Load(ReadOnlySpan<float> parameters);

    /// <summary>Gives the next fragment.</summary>
    /// <param name="vectorSteps">Steps of each environment copy.</param>
    /// <param name="epsilon">Probability of a uniformly random action.</param>
    /// <param name="finishedReturns">Receives the undiscounted returns of the episodes that ended.</param>
    /// <returns>The transitions, at least one, and the agent decisions behind them; null where there are no more.</returns>
    /// <exception cref="FragmentSourceException">What is stored cannot be read.</exception>
    (TransitionBatch Batch, int EnvironmentSteps)? Collect(int vectorSteps, double epsilon, ICollection<double> finishedReturns);
}
