namespace DqnAkka.Environments;

/// <summary>How long and on which random numbers an environment is checked.</summary>
public sealed record CheckOptions
{
    /// <summary>Steps of the longest walk, at least 1; the whole check takes some five times as many.</summary>
    public int Steps { get; init; } = 5_000;

    /// <summary>Seed of the environment's random numbers and of the actions.</summary>
    public ulong Seed { get; init; }
}
