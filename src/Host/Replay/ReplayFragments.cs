using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>
/// A file's transitions as a runner's fragments, in the file's order and as often as is asked for. New transitions enter a prioritised
/// buffer as a runner's do, with |δ| by the newest policy: the file's own priorities are another network's.
/// </summary>
internal sealed class ReplayFragments : IFragmentSource, IDisposable
{
    private readonly PolicyNetwork? _policy;
    private readonly InitialPriorities? _priorities;
    private readonly IEnumerator<ReplayRows> _parts;

    /// <summary>Begins at the first transition.</summary>
    /// <param name="contents">What is stored.</param>
    /// <param name="epochs">How often it is gone through, at least 1.</param>
    /// <param name="fragment">Transitions in one fragment at most.</param>
    /// <param name="priorities">The network's shape where sampling is prioritised, otherwise null.</param>
    public ReplayFragments(IReplayContents contents, int epochs, int fragment, NetworkLayout? priorities)
    {
        _policy = priorities is null ? null : new PolicyNetwork(priorities);
        _priorities = priorities is null ? null : new InitialPriorities(priorities);
        _parts = Enumerable.Range(0, epochs).SelectMany(_ => contents.Shards).SelectMany(shard => shard.Read(fragment)).GetEnumerator();
    }

    /// <inheritdoc />
    public void Load(ReadOnlySpan<float> parameters) => _policy?.Load(parameters);

    /// <inheritdoc />
    public (TransitionBatch Batch, int EnvironmentSteps)? Collect(int vectorSteps, double epsilon, ICollection<double> finishedReturns)
    {
        try
        {
            if (!_parts.MoveNext())
            {
                return null;
            }
        }
        catch (UserErrorException exception)
        {
            throw new FragmentSourceException(exception.Message);
        }

        TransitionBatch batch = _parts.Current.Transitions;
        return (_priorities is null ? batch : batch.WithErrors(_priorities.Compute(_policy!, batch)), batch.Count);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _parts.Dispose();
        _policy?.Dispose();
    }
}
