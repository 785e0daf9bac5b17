using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The runners of a deterministic run, from one barrier to the next: they collect one fragment each, in turn.</summary>
internal sealed class DeterministicRunners : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly ExplorationSchedule _exploration;
    private readonly FragmentCollector[] _collectors;
    private long _fragments;

    /// <summary>Makes the runners' environments anew and begins their first episodes.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="seed">What environments and exploration derive from, together with each runner's index.</param>
    public DeterministicRunners(NetworkLayout layout, TrainingOptions options, ulong seed)
    {
        _options = options;
        _exploration = new ExplorationSchedule(options.Exploration, options.Runner.Count);
        TrainingOptions seeded = options with { Run = options.Run with { Seed = seed } };
        _collectors = new FragmentCollector[options.Runner.Count];
        try
        {
            for (int runner = 0; runner < _collectors.Length; runner++)
            {
                IVectorEnvironment environment = EnvironmentFactory.CreateVector(options.Environment, options.Runner.Environments);
                _collectors[runner] = new FragmentCollector(environment, layout, seeded, runner, attempt: 0) { EpisodesLost = EndOnLoss };
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Ends a deterministic run whose episodes are lost: what would come in their place is not what came before.</summary>
    /// <param name="cause">What happened, in one line.</param>
    /// <exception cref="EnvironmentException">Always.</exception>
    public static void EndOnLoss(string cause) =>
        throw new EnvironmentException($"{cause}, which a deterministic run cannot repeat: go on from its newest checkpoint with train --resume");

    /// <summary>Hands every runner a policy.</summary>
    /// <param name="parameters">In the layout's order.</param>
    public void Load(ReadOnlySpan<float> parameters)
    {
        foreach (FragmentCollector collector in _collectors)
        {
            collector.Load(parameters);
        }
    }

    /// <summary>Lets the next runner collect one fragment. A runner's fragments go to the shards in turn, and no two runners begin with the same.</summary>
    /// <param name="steps">Environment steps of the run so far, from which ε follows.</param>
    /// <param name="finishedReturns">Receives the returns of the episodes that ended.</param>
    /// <returns>The transitions, the agent decisions behind them, and the shard that they go to.</returns>
    public (TransitionBatch Batch, int EnvironmentSteps, int Shard) CollectNext(long steps, ICollection<double> finishedReturns)
    {
        int runner = (int)(_fragments % _collectors.Length);
        int shard = (int)((runner + (_fragments / _collectors.Length)) % _options.Replay.Shards);
        _fragments++;
        (TransitionBatch batch, int environmentSteps) =
            _collectors[runner].Collect(_options.Runner.Fragment, _exploration.Epsilon(runner, steps), finishedReturns);
        return (batch, environmentSteps, shard);
    }

    /// <summary>The lowest and the highest ε.</summary>
    /// <param name="steps">Environment steps of the run so far.</param>
    public (double Low, double High) Epsilons(long steps)
    {
        IEnumerable<double> epsilons = Enumerable.Range(0, _collectors.Length).Select(runner => _exploration.Epsilon(runner, steps));
        return (epsilons.Min(), epsilons.Max());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (FragmentCollector collector in _collectors)
        {
            collector?.Dispose();
        }
    }
}
