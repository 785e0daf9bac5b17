using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>So many fragments, of which each says which one it is, and then none, or a failure.</summary>
internal sealed class StoredFragments(int fragments, int transitions, string? failure = null) : IFragmentSource
{
    public int Given { get; private set; }

    public int Loads { get; private set; }

    public void Load(ReadOnlySpan<float> parameters) => Loads++;

    public (TransitionBatch Batch, int EnvironmentSteps)? Collect(int vectorSteps, double epsilon, ICollection<double> finishedReturns)
    {
        if (Given == fragments)
        {
            return failure is null ? null : throw new FragmentSourceException(failure);
        }

        return (Make.Batch(transitions, first: transitions * Given++), transitions);
    }
}
