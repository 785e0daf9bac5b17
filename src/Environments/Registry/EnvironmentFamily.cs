namespace DqnAkka.Environments;

/// <summary>Environments that belong together.</summary>
/// <param name="Name">What they are, for a heading.</param>
/// <param name="Environments">They.</param>
public sealed record EnvironmentFamily(string Name, IReadOnlyList<EnvironmentRegistration> Environments)
{
    /// <summary>The families, in the order in which they are listed; every registered environment is in one.</summary>
    public static IReadOnlyList<EnvironmentFamily> All { get; } = Complete(
    [
        new("Classic control", ClassicControlRegistrations.All),
        new("Partial observation", PartialObservationRegistrations.All),
        new("Pixels", PixelRegistrations.All),
        new("MinAtar", MinAtarRegistrations.All),
        new("Robot tasks", RobotRegistrations.All),
        new("Tabular", TabularRegistrations.All),
        new("bsuite", BsuiteRegistrations.All),
    ]);

    private static IReadOnlyList<EnvironmentFamily> Complete(IReadOnlyList<EnvironmentFamily> named)
    {
        EnvironmentRegistration[] others = [.. EnvironmentRegistry.All.Except(named.SelectMany(family => family.Environments))];
        return others.Length == 0 ? named : [.. named, new("Others", others)];
    }
}
