using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>Copies of a built-in environment, stepped in one compiled loop with the time limit and the auto-reset in it.</summary>
/// <typeparam name="TDynamics">The physics.</typeparam>
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
    /// <param name="dynamics">The physics with its arguments.</param>
    /// <param name="count">Number of copies, at least 1.</param>
    /// <param name="maxEpisodeSteps">Steps after which an episode is truncated, at least 1.</param>
    public DynamicsVectorEnvironment(TDynamics dynamics, int count, int maxEpisodeSteps)
    {
        _dynamics = dynamics;
        _maxEpisodeSteps = maxEpisodeSteps;
        _copies = new Copy[count];
        _random = [.. Enumerable.Range(0, count).Select(_ => new RandomSource(0))];
    }

    /// <inheritdoc />
    public int Count => _copies.Length;

    /// <inheritdoc />
    public Space ObservationSpace => TDynamics.ObservationSpace;

    /// <inheritdoc />
    public Space ActionSpace { get; } = new DiscreteSpace(TDynamics.ActionCount);

    /// <inheritdoc />
    public void Reset(ulong seed, ulong firstIndex, Span<float> observations)
    {
        VectorArguments.RequireLength(observations.Length, Count * TDynamics.ObservationSize, nameof(observations));
        for (int i = 0; i < _copies.Length; i++)
        {
            _random[i].Seed(seed, firstIndex + (ulong)i);
            Begin(i, observations.Slice(i * TDynamics.ObservationSize, TDynamics.ObservationSize));
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
        VectorArguments.RequireBegun(_begun);
        VectorArguments.RequireStepArguments(
            Count, TDynamics.ObservationSize, TDynamics.ActionCount, actions, observations, rewards, terminated, truncated, finalObservations);

        Span<Copy> copies = _copies;
        // Spans of the loop's own length let the compiler drop the bounds checks.
        actions = actions[..copies.Length];
        rewards = rewards[..copies.Length];
        terminated = terminated[..copies.Length];
        truncated = truncated[..copies.Length];
        for (int i = 0; i < copies.Length; i++)
        {
            ref Copy copy = ref copies[i];
            Span<float> observation = observations.Slice(i * TDynamics.ObservationSize, TDynamics.ObservationSize);
            bool terminal = _dynamics.Step(ref copy.State, actions[i], observation);
            bool limited = ++copy.Steps >= _maxEpisodeSteps;
            rewards[i] = _dynamics.Reward(terminal, alreadyTerminated: false);
            terminated[i] = terminal;
            truncated[i] = limited;
            if (terminal | limited)
            {
                observation.CopyTo(finalObservations.Slice(i * TDynamics.ObservationSize, TDynamics.ObservationSize));
                Begin(i, observation);
            }
        }
    }

    // Out of line, so that the loop that steps stays small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Begin(int i, Span<float> observation)
    {
        ref Copy copy = ref _copies[i];
        copy.State = _dynamics.Reset(_random[i]);
        copy.Steps = 0;
        _dynamics.Observe(in copy.State, observation);
    }

    private struct Copy
    {
        public TState State;
        public int Steps;
    }
}
