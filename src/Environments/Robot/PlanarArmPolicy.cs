namespace DqnAkka.Environments;

/// <summary>
/// Inverse kinematics for <see cref="PlanarArm"/>: both joints turn at once to the angles that put the gripper on the object, then on the goal,
/// with the elbow bent to whichever side takes fewer steps.
/// </summary>
internal sealed class PlanarArmPolicy : IScriptedPolicy
{
    /// <inheritdoc />
    public int Act(ReadOnlySpan<float> observation)
    {
        double elbow = Math.Atan2(observation[1], observation[0]);
        ReadOnlySpan<float> target = observation.Slice(observation[2] > 0.5f ? 6 : 3, 3);
        // From the shoulder, in the forearm's frame: the forearm, the upper arm, and what the gripper sees.
        double x = PlanarArm.Link + (PlanarArm.Link * observation[0]) + (target[0] * target[1]);
        double y = (-PlanarArm.Link * observation[1]) + (target[0] * target[2]);
        double bend = 2 * Math.Acos(Math.Min(Math.Sqrt((x * x) + (y * y)) / (2 * PlanarArm.Link), 1));
        double direction = Math.Atan2(y, x);
        (double Shoulder, double Elbow) left = Turns(elbow, direction, bend);
        (double Shoulder, double Elbow) right = Turns(elbow, direction, -bend);
        (double Shoulder, double Elbow) best = Longest(left) <= Longest(right) ? left : right;
        return (3 * (1 + Sign(best.Shoulder))) + 1 + Sign(best.Elbow);
    }

    // The gripper of an arm that is bent by b lies half of b beside the upper arm's direction.
    private static (double Shoulder, double Elbow) Turns(double elbow, double direction, double bend) =>
        (Math.IEEERemainder(elbow + direction - (bend / 2), 2 * Math.PI), Math.IEEERemainder(bend - elbow, 2 * Math.PI));

    private static double Longest((double Shoulder, double Elbow) turns) => Math.Max(Math.Abs(turns.Shoulder), Math.Abs(turns.Elbow));

    private static int Sign(double turn) => Math.Abs(turn) > PlanarArm.Turn / 2 ? Math.Sign(turn) : 0;
}
