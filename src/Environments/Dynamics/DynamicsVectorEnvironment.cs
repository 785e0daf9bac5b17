using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>Copies of a built-in environment, stepped in one compiled loop with the time limit and the auto-reset in it.</summary>
/// <typeparam name="TDynamics">The rules.</typeparam>
/// <typeparam name="TState">Its state.</typeparam>
internal sealed class DynamicsVectorEnvironment<TDynamics, TState> : IVectorEnvironment
    where TDynamics : struct, IDynamics<TState>
    where TState : unmanaged
{
    private readonly TDynamics _dynamics;
    private readonly int _maxEpisodeSteps;
    private readonly Copy[] _copies;
    private readonly RandomSource[] _random;
    private bool _begun;

    /// <summary>Makes the copies.</summary>
    /// <param name="dynamics">The rules with their arguments.</param>
    /// <param name="count">Number of copies, at least 1.</param>
    /// <param name="maxEpisodeSteps">Steps after which an episode is truncated; 0 for no limit.</param>
    public DynamicsVectorEnvironment(TDynamics dynamics, int count, int maxEpisodeSteps)
    {
        _dynamics = dynamics;
        ActionSpace = new DiscreteSpace(dynamics.ActionCount);
        _maxEpisodeSteps = maxEpisodeSteps > 0 ? maxEpisodeSteps : int.MaxValue;
        _copies = new Copy[count];
        _random = [.. Enumerable.Range(0, count).Select(_ => new RandomSource(0))];
    }

    /// <inheritdoc />
    public int Count => _copies.Length;

    /// <inheritdoc />
    public Space ObservationSpace => _dynamics.ObservationSpace;

    /// <inheritdoc />
    public Space ActionSpace { get; }

    /// <inheritdoc />
    public void Reset(ulong seed, ulong firstIndex, Span<float> observations)
    {
        VectorArguments.RequireLength(observations.Length, Count * _dynamics.ObservationSize, nameof(observations));
        int size = _dynamics.ObservationSize;
        for (int i = 0; i < _copies.Length; i++)
        {
            _random[i].Seed(seed, firstIndex + (ulong)i);
            // What outlives an episode does not outlive the whole vector's beginning.
            _copies[i] = default;
            Begin(i, observations.Slice(i * size, size));
        }

        _begun = true;
    }

    /// <inheritdoc />
    public void Step(
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations)
    {
        // A copy of one's own: its properties are constants to the compiler.
        TDynamics dynamics = _dynamics;
        int size = dynamics.ObservationSize;
        VectorArguments.RequireBegun(_begun);
        VectorArguments.RequireStepArguments(
            Count, size, dynamics.ActionCount, actions, observations, rewards, terminated, truncated, finalObservations);

        Span<Copy> copies = _copies;
        // Spans of the loop's own length let the compiler drop the bounds checks.
        actions = actions[..copies.Length];
        rewards = rewards[..copies.Length];
        terminated = terminated[..copies.Length];
        truncated = truncated[..copies.Length];
        ReadOnlySpan<RandomSource> random = _random.AsSpan(0, copies.Length);
        for (int i = 0; i < copies.Length; i++)
        {
            ref Copy copy = ref copies[i];
            Span<float> observation = observations.Slice(i * size, size);
            StepResult result = dynamics.Step(ref copy.State, actions[i], alreadyTerminated: false, random[i], observation);
            bool cut = ++copy.Steps >= _maxEpisodeSteps | result.Truncated;
            rewards[i] = result.Reward;
            terminated[i] = result.Terminated;
            truncated[i] = cut;
            if (result.Terminated | cut)
            {
                observation.CopyTo(finalObservations.Slice(i * size, size));
                Begin(i, observation);
            }
        }
    }

    // Out of line, so that the loop that steps stays small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Begin(int i, Span<float> observation)
    {
        ref Copy copy = ref _copies[i];
        _dynamics.Reset(ref copy.State, _random[i]);
        copy.Steps = 0;
        _dynamics.Observe(in copy.State, observation);
    }

    private struct Copy
    {
        public TState State;
        public int Steps;
    }
}
