using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Plays a vector of environments ε-greedily on one policy and gathers the n-step transitions: the work of a runner, without the actor.
/// </summary>
public sealed class FragmentCollector : IFragmentSource, IDisposable
{
    private readonly IVectorEnvironment _environment;
    private readonly PolicyNetwork _policy;
    private readonly NStepAccumulator _accumulator;
    private readonly TransitionBatchBuilder _builder;
    private readonly RandomSource _random;
    private readonly InitialPriorities? _priorities;
    private readonly int _actionCount;
    private readonly int _observationSize;
    private readonly float[] _current;
    private readonly float[] _next;
    private readonly float[] _final;
    private readonly int[] _actions;
    private readonly double[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly double[] _returns;

    /// <summary>Seeds the environments and begins their first episodes.</summary>
    /// <param name="environment">The environments, E of them; owned by the collector from now on.</param>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="runner">Index of the runner, which selects its streams of random numbers.</param>
    /// <param name="attempt">How often the runner was started before: a successor must not replay what its predecessor failed at.</param>
    public FragmentCollector(IVectorEnvironment environment, NetworkLayout layout, TrainingOptions options, int runner, int attempt)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        _environment = environment;
        _policy = new PolicyNetwork(layout, options.Runner.Backend, options.Runner.TorchThreads);
        _observationSize = layout.ObservationSize;
        _actionCount = layout.ActionCount;
        _priorities = options.Replay.Prioritized ? new InitialPriorities(layout) : null;
        int count = environment.Count;
        _accumulator = new NStepAccumulator(count, _observationSize, options.Learner.NStep, options.Learner.Gamma);
        _builder = new TransitionBatchBuilder(count * options.Runner.Fragment, layout.Observation, count, options.Learner.NStep);
        _random = new RandomSource(SeedStreams.SeedOf(options.Run), SeedStreams.Runner(SeedStreams.Exploration, runner, attempt));
        _current = new float[count * _observationSize];
        _next = new float[count * _observationSize];
        _final = new float[count * _observationSize];
        _actions = new int[count];
        _rewards = new double[count];
        _terminated = new bool[count];
        _truncated = new bool[count];
        _returns = new double[count];
        try
        {
            environment.Reset(SeedStreams.SeedOf(options.Run), SeedStreams.Runner(SeedStreams.Environments, runner, attempt), _current);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Hears, in one line, where running episodes were lost (<see cref="EpisodesLostException"/>): what was open of them is dropped, and
    /// collecting goes on with new ones.
    /// </summary>
    public Action<string> EpisodesLost { get; init; } = static _ => { };

    /// <summary>Takes over a policy's parameters.</summary>
    /// <param name="parameters">In the layout's order.</param>
    public void Load(ReadOnlySpan<float> parameters) => _policy.Load(parameters);

    /// <summary>Steps every environment <paramref name="vectorSteps"/> times, and further until there is at least one transition.</summary>
    /// <param name="vectorSteps">Steps of each copy.</param>
    /// <param name="epsilon">Probability of a uniformly random action.</param>
    /// <param name="finishedReturns">Receives the undiscounted returns of the episodes that ended.</param>
    /// <returns>The transitions, and the agent decisions behind them.</returns>
    public (TransitionBatch Batch, int EnvironmentSteps) Collect(int vectorSteps, double epsilon, ICollection<double> finishedReturns)
    {
        ArgumentNullException.ThrowIfNull(finishedReturns);
        int steps = 0;
        while (steps < vectorSteps || _builder.Count == 0)
        {
            steps += StepAll(epsilon, finishedReturns) ? 1 : 0;
        }

        TransitionBatch batch = _builder.Build();
        return (_priorities is null ? batch : batch.WithErrors(_priorities.Compute(_policy, batch)), steps * _environment.Count);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _environment.Dispose();
        _policy.Dispose();
    }

    (TransitionBatch Batch, int EnvironmentSteps)? IFragmentSource.Collect(int vectorSteps, double epsilon, ICollection<double> finishedReturns) =>
        Collect(vectorSteps, epsilon, finishedReturns);

    /// <returns>Whether a step was taken: it was not where the episodes were lost.</returns>
    private bool StepAll(double epsilon, ICollection<double> finishedReturns)
    {
        ChooseActions(epsilon);
        try
        {
            _environment.Step(_actions, _next, _rewards, _terminated, _truncated, _final);
        }
        catch (EpisodesLostException exception)
        {
            BeginAnew(exception);
            return false;
        }

        for (int i = 0; i < _actions.Length; i++)
        {
            int row = i * _observationSize;
            bool ended = _terminated[i] || _truncated[i];
            ReadOnlySpan<float> after = (ended ? _final : _next).AsSpan(row, _observationSize);
            _accumulator.Append(
                i, _current.AsSpan(row, _observationSize), _actions[i], _rewards[i], _terminated[i], _truncated[i], after, _builder);
            _returns[i] += _rewards[i];
            if (ended)
            {
                finishedReturns.Add(_returns[i]);
                _returns[i] = 0;
            }
        }

        _next.AsSpan().CopyTo(_current);
        return true;
    }

    // Nothing follows what the lost episodes have left open, so no transition may be made of it.
    private void BeginAnew(EpisodesLostException loss)
    {
        _accumulator.Reset();
        Array.Clear(_returns);
        _next.AsSpan().CopyTo(_current);
        EpisodesLost(loss.Message);
    }

    private void ChooseActions(double epsilon)
    {
        _policy.GreedyActions(_current, _actions.Length, _actions);
        for (int i = 0; i < _actions.Length; i++)
        {
            if (_random.NextDouble() < epsilon)
            {
                _actions[i] = _random.NextInt(_actionCount);
            }
        }
    }
}
