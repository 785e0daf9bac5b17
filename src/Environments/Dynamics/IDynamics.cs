namespace DqnAkka.Environments;

/// <summary>
/// The rules of one environment, without episode bookkeeping. Implementations are structs, so that the single and the vector environment are
/// compiled for each of them and share one implementation; properties that return constants fold into the compiled loop.
/// </summary>
/// <typeparam name="TState">The state of one copy, all of it: copying it copies the environment.</typeparam>
internal interface IDynamics<TState>
    where TState : unmanaged
{
    /// <summary>Space of the observations; the same object at each call.</summary>
    BoxSpace ObservationSpace { get; }

    /// <summary>Components of one observation.</summary>
    int ObservationSize { get; }

    /// <summary>Number of actions.</summary>
    int ActionCount { get; }

    /// <summary>The size at which a picture of it looks best.</summary>
    ImageSize RenderSize { get; }

    /// <summary>Begins an episode.</summary>
    /// <param name="state">The last state of the episode before, or all zero: what outlives an episode is kept in it. Replaced.</param>
    /// <param name="random">What is drawn from.</param>
    void Reset(ref TState state, IRandomNumbers random);

    /// <summary>Writes the observation of a state that was not reached by a step.</summary>
    /// <param name="state">The state.</param>
    /// <param name="observation">Receives the observation, float32, [<see cref="ObservationSize"/>], every component.</param>
    void Observe(in TState state, Span<float> observation);

    /// <summary>Advances the state by one action and writes the observation of the new one.</summary>
    /// <param name="state">The state, replaced.</param>
    /// <param name="action">The action, already checked.</param>
    /// <param name="alreadyTerminated">Whether an earlier step of the episode led to a terminal state, and the caller goes on regardless.</param>
    /// <param name="random">What is drawn from.</param>
    /// <param name="observation">Receives the observation, float32, [<see cref="ObservationSize"/>], every component.</param>
    /// <returns>Reward and end; a time limit is added by the caller.</returns>
    StepResult Step(ref TState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation);

    /// <summary>Draws a state over the whole canvas, whatever its size, without allocating.</summary>
    /// <param name="state">The state.</param>
    /// <param name="canvas">Receives the picture.</param>
    void Render(in TState state, Canvas canvas);
}
