namespace DqnAkka.Environments;

/// <summary>Robot tasks with discrete actions.</summary>
internal static class RobotRegistrations
{
    private static readonly IReadOnlyList<EnvironmentArgument> GridGraspArguments =
        [new("observation", GridGraspObservation.Planes, "planes (five boolean images of 8 by 8) or numbers (eight from 0 to 1)")];

    private static readonly IReadOnlyList<EnvironmentArgument> PlanarArmArguments =
        [new("shaping_discount", 1.0, "discount between the potentials of the shaped reward; the learner's own leaves the best policy exactly what it is")];

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
        EnvironmentRegistration.Of<PlanarArm, PlanarArmState>(
            "PlanarArm-v0",
            "take up an object with an arm of two links and carry it to a goal; what comes nearer is rewarded",
            150,
            null,
            PlanarArmArguments,
            values => new PlanarArm(shaped: true, (double)values[0]!)) with
        {
            ScriptedPolicy = () => new PlanarArmPolicy(),
        },
        EnvironmentRegistration.Of<PlanarArm, PlanarArmState>(
            "PlanarArmSparse-v0",
            "take up an object with an arm of two links and carry it to a goal; only the goal is rewarded",
            150,
            0.90,
            [],
            _ => new PlanarArm(shaped: false, discount: 1)) with
        {
            ScriptedPolicy = () => new PlanarArmPolicy(),
        },
    ];
}
