namespace DqnAkka.Learner;

/// <summary>What the batches of a stream look like, from which follows how much their transitions share.</summary>
/// <param name="Fragment">Steps of each environment in one batch, T, at least 1.</param>
/// <param name="Environments">Environments in one batch, E, at least 1.</param>
/// <param name="Steps">n of the n-step transitions, at least 1.</param>
public sealed record StreamShape(int Fragment, int Environments, int Steps)
{
    /// <summary>What a stream is taken for of which nothing is known.</summary>
    public static StreamShape Default { get; } = new(16, 8, 1);
}
