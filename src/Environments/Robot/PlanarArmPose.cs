namespace DqnAkka.Environments;

/// <summary>Where the joints of <see cref="PlanarArm"/> are at its angles: the forward kinematics.</summary>
/// <param name="ShoulderCosine">x of the upper arm's direction.</param>
/// <param name="ShoulderSine">y of the upper arm's direction.</param>
/// <param name="ElbowCosine">Cosine of the elbow's angle.</param>
/// <param name="ElbowSine">Sine of the elbow's angle.</param>
/// <param name="ForearmCosine">x of the forearm's direction.</param>
/// <param name="ForearmSine">y of the forearm's direction.</param>
internal readonly record struct PlanarArmPose(
    double ShoulderCosine, double ShoulderSine, double ElbowCosine, double ElbowSine, double ForearmCosine, double ForearmSine)
{
    /// <summary>x of the elbow, m.</summary>
    public double ElbowX => PlanarArm.Link * ShoulderCosine;

    /// <summary>y of the elbow, m.</summary>
    public double ElbowY => PlanarArm.Link * ShoulderSine;

    /// <summary>x of the gripper, m.</summary>
    public double TipX => PlanarArm.Link * (ShoulderCosine + ForearmCosine);

    /// <summary>y of the gripper, m.</summary>
    public double TipY => PlanarArm.Link * (ShoulderSine + ForearmSine);

    /// <summary>The pose of a state.</summary>
    public static PlanarArmPose Of(in PlanarArmState state)
    {
        (double shoulderSine, double shoulderCosine) = Math.SinCos(state.Shoulder);
        (double elbowSine, double elbowCosine) = Math.SinCos(state.Elbow);
        return new PlanarArmPose(
            shoulderCosine,
            shoulderSine,
            elbowCosine,
            elbowSine,
            (shoulderCosine * elbowCosine) - (shoulderSine * elbowSine),
            (shoulderSine * elbowCosine) + (shoulderCosine * elbowSine));
    }

    /// <summary>How far a place lies from the gripper along the forearm's direction, m.</summary>
    public double Ahead(double x, double y) => ((x - TipX) * ForearmCosine) + ((y - TipY) * ForearmSine);

    /// <summary>How far a place lies to the left of the gripper, seen along the forearm, m.</summary>
    public double ToTheLeft(double x, double y) => ((y - TipY) * ForearmCosine) - ((x - TipX) * ForearmSine);
}
