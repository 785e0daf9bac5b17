namespace DqnAkka.Environments;

/// <summary>Robot tasks with discrete actions.</summary>
internal static class RobotRegistrations
{
    private static readonly IReadOnlyList<EnvironmentArgument> GridGraspArguments =
        [new("observation", GridGraspObservation.Planes, "planes (five boolean images of 8 by 8) or numbers (eight from 0 to 1)")];

    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Of<GridGrasp, GridGraspState>(
            "GridGrasp-v0",
            "take up an object with a gripper on 8 by 8 cells and drop it into the bin",
            100,
            0.80,
            GridGraspArguments,
            values => new GridGrasp((GridGraspObservation)values[0]!)) with
        {
            ScriptedPolicy = () => new GridGraspPolicy(),
        },
    ];
}
