namespace DqnAkka.Environments;

/// <summary>
/// The physics of one environment, without episode bookkeeping. Implementations are structs, so that the single and the
/// vector environment are compiled for each of them and share one implementation.
/// </summary>
/// <typeparam name="TState">The state of one copy, in float64.</typeparam>
internal interface IDynamics<TState>
    where TState : unmanaged
{
    /// <summary>Space of the observations.</summary>
    static abstract BoxSpace ObservationSpace { get; }

    /// <summary>Components of one observation; a constant, so that it folds into the compiled loop.</summary>
    static abstract int ObservationSize { get; }

    /// <summary>Number of actions; a constant, so that it folds into the compiled loop.</summary>
    static abstract int ActionCount { get; }

    /// <summary>Draws the state of a new episode.</summary>
    TState Reset(RandomSource random);

    /// <summary>Writes the observation of a state that was not reached by a step.</summary>
    /// <param name="state">The state.</param>
    /// <param name="observation">Receives the observation, float32, [<see cref="ObservationSize"/>].</param>
    void Observe(in TState state, Span<float> observation);

    /// <summary>Advances the state by one action and writes the observation of the new one.</summary>
    /// <param name="state">The state, replaced.</param>
    /// <param name="action">The action, already checked.</param>
    /// <param name="observation">Receives the observation, float32, [<see cref="ObservationSize"/>].</param>
    /// <returns>Whether the new state is terminal.</returns>
    bool Step(ref TState state, int action, Span<float> observation);

    /// <summary>The reward of a step.</summary>
    /// <param name="terminated">Whether the step led to a terminal state.</param>
    /// <param name="alreadyTerminated">Whether an earlier step of the episode did.</param>
    double Reward(bool terminated, bool alreadyTerminated);
}
