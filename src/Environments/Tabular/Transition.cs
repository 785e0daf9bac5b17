namespace DqnAkka.Environments;

/// <summary>One thing that may follow from an action in a state.</summary>
/// <param name="Probability">Its probability.</param>
/// <param name="NextState">The state that it leads to.</param>
/// <param name="Reward">The reward on the way.</param>
/// <param name="Terminated">Whether the episode ends there.</param>
internal readonly record struct Transition(double Probability, int NextState, double Reward, bool Terminated);
