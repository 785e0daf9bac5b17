using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>The registered environments and users' own.</summary>
internal sealed class EnvironmentSourceAdapter : IEnvironmentSource
{
    /// <inheritdoc />
    public IReadOnlyList<EnvironmentEntry> List() => throw new NotSupportedException("no environments are linked into this build");

    /// <inheritdoc />
    public (int ObservationSize, int ActionCount) RequireSpaces(EnvironmentSpecification specification) =>
        throw new NotSupportedException("no environments are linked into this build");

    /// <inheritdoc />
    public IVectorEnvironment CreateVector(EnvironmentSpecification specification, int count) =>
        throw new NotSupportedException("no environments are linked into this build");
}
