using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>What there is to know of a registered environment.</summary>
/// <param name="Id">The registered id.</param>
/// <param name="Observations">Space of the observations.</param>
/// <param name="Actions">Space of the actions.</param>
/// <param name="MaxEpisodeSteps">Steps after which an episode is truncated; 0 without a limit.</param>
/// <param name="RewardThreshold">Mean return at which it counts as solved; null where none is defined.</param>
/// <param name="Description">One line on what it is.</param>
internal sealed record EnvironmentEntry(
    string Id,
    Space Observations,
    Space Actions,
    int MaxEpisodeSteps,
    double? RewardThreshold,
    string Description)
{
    /// <summary>The family that it is listed under.</summary>
    public string Family { get; init; } = "";

    /// <summary>Its arguments, <c>environment.kwargs</c>.</summary>
    public IReadOnlyList<EnvironmentArgument> Arguments { get; init; } = [];

    /// <summary>Whether somebody has written a policy for it.</summary>
    public bool HasScriptedPolicy { get; init; }
}

/// <summary>Lists and makes environments.</summary>
internal interface IEnvironmentSource
{
    /// <summary>The registered environments, family by family.</summary>
    IReadOnlyList<EnvironmentEntry> List();

    /// <summary>Makes sure that deep Q-learning on vectors can use an environment.</summary>
    /// <returns>Components of an observation and number of actions.</returns>
    /// <exception cref="EnvironmentException">It cannot be made, its actions are not discrete or its observations are no vectors.</exception>
    (ObservationFormat Observation, int ActionCount) RequireSpaces(EnvironmentSpecification specification);

    /// <summary>The policy that somebody has written for an environment; null where nobody has.</summary>
    IScriptedPolicy? FindScriptedPolicy(EnvironmentSpecification specification);

    /// <summary>Makes one copy.</summary>
    /// <exception cref="EnvironmentException">It cannot be made as asked.</exception>
    IEnvironment Create(EnvironmentSpecification specification);

    /// <summary>Makes copies that step together.</summary>
    /// <exception cref="EnvironmentException">It cannot be made as asked.</exception>
    IVectorEnvironment CreateVector(EnvironmentSpecification specification, int count);
}
