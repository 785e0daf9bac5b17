using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>The registered environments and users' own.</summary>
internal sealed class EnvironmentSourceAdapter : IEnvironmentSource
{
    /// <inheritdoc />
    public IReadOnlyList<EnvironmentEntry> List() =>
    [
        .. from family in EnvironmentFamily.All
           from registration in family.Environments
           select new EnvironmentEntry(
               registration.Id,
               registration.ObservationSpace,
               registration.ActionSpace,
               registration.MaxEpisodeSteps,
               registration.RewardThreshold,
               registration.Description)
           {
               Family = family.Name,
               Arguments = registration.Arguments,
               HasScriptedPolicy = registration.ScriptedPolicy is not null,
           },
    ];

    /// <inheritdoc />
    public (ObservationFormat Observation, int ActionCount) RequireSpaces(EnvironmentSpecification specification) =>
        EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(specification);

    /// <inheritdoc />
    public IScriptedPolicy? FindScriptedPolicy(EnvironmentSpecification specification) =>
        // A wrapper may show another observation than the policy was written for.
        specification.Type.Length == 0 && specification.Wrappers.Count == 0
            ? EnvironmentRegistry.Get(specification.Id).ScriptedPolicy?.Invoke()
            : null;

    /// <inheritdoc />
    public IEnvironment Create(EnvironmentSpecification specification) => EnvironmentFactory.Create(specification);

    /// <inheritdoc />
    public IVectorEnvironment CreateVector(EnvironmentSpecification specification, int count) =>
        EnvironmentFactory.CreateVector(specification, count);
}
