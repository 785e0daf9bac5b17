namespace DqnAkka.Environments;

/// <summary>What one step of one environment gave, beside the observation.</summary>
/// <param name="Reward">The reward of the step.</param>
/// <param name="Terminated">The episode reached a terminal state: nothing follows, so nothing is bootstrapped.</param>
/// <param name="Truncated">The episode was cut from outside (a time limit): the last state still has a value.</param>
public readonly record struct StepResult(double Reward, bool Terminated, bool Truncated);

/// <summary>
/// One environment in the sense of Sutton &amp; Barto: an agent acts, the environment answers with an observation and a reward.
/// Implementations are used by one thread at a time.
/// </summary>
/// <remarks>
/// Order of calls: <see cref="Seed"/>, <see cref="Reset"/>, then <see cref="Step"/> until it reports an end, then
/// <see cref="Reset"/> again. After an end the caller resets; an environment never resets itself.
/// </remarks>
public interface IEnvironment
{
    /// <summary>The observations' space. DQN on vectors needs a <see cref="BoxSpace"/>.</summary>
    Space ObservationSpace { get; }

    /// <summary>The actions' space. DQN needs a <see cref="DiscreteSpace"/>.</summary>
    Space ActionSpace { get; }

    /// <summary>Starts the stream of random numbers of this copy, from the run's seed and the copy's index.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">
    /// The index of this copy; different indices give independent streams. Training and evaluation differ in the high bits only:
    /// use all 64 (as <see cref="RandomSource"/> does), or an evaluation replays training episodes.
    /// </param>
    void Seed(ulong seed, ulong index);

    /// <summary>Begins an episode.</summary>
    /// <param name="observation">Receives the first observation, float32, as many as the observation space has components.</param>
    void Reset(Span<float> observation);

    /// <summary>Takes one action.</summary>
    /// <param name="action">The action, <c>0 … n − 1</c>.</param>
    /// <param name="observation">Receives the observation after the action (at an end: the final one), float32.</param>
    /// <returns>Reward and the two end flags.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The action is outside the action space.</exception>
    StepResult Step(int action, Span<float> observation);
}
