using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>State of <see cref="PlanarArm"/>, lengths in m, the shoulder at (0, 0).</summary>
/// <param name="Shoulder">Angle of the upper arm from the x axis, rad, −π to π.</param>
/// <param name="Elbow">Angle of the forearm from the upper arm's direction, rad, −π to π.</param>
/// <param name="ObjectX">x of the object; the gripper's while it is held.</param>
/// <param name="ObjectY">y of the object; the gripper's while it is held.</param>
/// <param name="GoalX">x of the goal.</param>
/// <param name="GoalY">y of the goal.</param>
/// <param name="Held">Whether the gripper holds the object.</param>
internal record struct PlanarArmState(double Shoulder, double Elbow, double ObjectX, double ObjectY, double GoalX, double GoalY, bool Held);

/// <summary>
/// Pick and place with an arm of two links of 0.5 m in the plane: the gripper at its tip takes up an object and carries it to a goal.
/// </summary>
/// <remarks>
/// <para>
/// Action a turns the shoulder by (a / 3 − 1) · 0.05 rad and the elbow by (a mod 3 − 1) · 0.05 rad; both turn freely all round (the links
/// lie one above the other). The gripper grasps the object once it is within 0.05 m of it, and centres it at the tip; within 0.05 m of the goal
/// the episode ends. No joint has more than π to turn to the object nor from there to the goal, 63 steps each, and turns of 0.05 rad come within 0.036 m of any
/// place: the limit of 150 steps suffices from everywhere.
/// </para>
/// <para>
/// An episode begins at angles drawn uniformly (shoulder, elbow). Then object and goal are drawn (distance from the shoulder, direction), uniformly over the area
/// between 0.2 m and 0.95 m from the shoulder, the goal again while it is less than 0.2 m from the object.
/// </para>
/// <para>
/// The sparse reward is 1 at the goal and 0 before, so that a mean return is a rate of success. The shaped one adds γΦ(s′) − Φ(s) to it, with Φ = −(the way still to go: to
/// the object and from there to the goal, in m) and 0 at the goal, which leaves the best policy what it is for an agent that discounts by
/// the same γ (Ng, Harada &amp; Russell 1999, "Policy invariance under reward transformations"). With γ = 1 the return of an episode that
/// reaches the goal is 1 + the way that there was to go.
/// </para>
/// <para>
/// Observation, nine float32: cosine and sine of the elbow's angle, whether the object is held, and for the object and then for the goal distance from the
/// tip, m, with cosine and sine of the bearing, measured at the tip from the forearm's direction, as a camera on the gripper sees them (three zeros
/// for an object that is held). Where the arm as a whole points changes nothing of the task, and is not observed.
/// </para>
/// <para>
/// What makes the sparse task fair for an agent that knows nothing: beginnings, objects and goals at all distances from each other, near
/// ones too, are its curriculum; a random policy finds the goal in one episode of some 5,000.
/// </para>
/// </remarks>
/// <param name="shaped">Whether the reward is shaped.</param>
/// <param name="discount">The shaping's γ.</param>
internal readonly struct PlanarArm(bool shaped, double discount) : IDynamics<PlanarArmState>
{
    /// <summary>Length of each link, m.</summary>
    public const double Link = 0.5;

    /// <summary>What one action turns a joint by, rad.</summary>
    public const double Turn = 0.05;

    /// <summary>Distance from which the gripper grasps, and within which the goal counts as reached, m.</summary>
    public const double Reach = 0.05;

    /// <summary>Components of one observation.</summary>
    public const int Size = 9;

    private const double InnerRadius = 0.2;
    private const double OuterRadius = 0.95;
    private const double SmallestCarry = 0.2;

    private static readonly BoxSpace Observations = new([-1, -1, 0, 0, -1, -1, 0, -1, -1], [1, 1, 1, 2, 1, 1, 2, 1, 1]);

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => Size;

    public int ActionCount => 9;

    public ImageSize RenderSize => PlanarArmDrawing.Size;

    public void Reset(ref PlanarArmState state, IRandomNumbers random)
    {
        double shoulder = random.NextUniform(-Math.PI, Math.PI);
        double elbow = random.NextUniform(-Math.PI, Math.PI);
        (double objectX, double objectY) = DrawPlace(random);
        (double goalX, double goalY) = DrawPlace(random);
        while (Distance(goalX - objectX, goalY - objectY) < SmallestCarry)
        {
            (goalX, goalY) = DrawPlace(random);
        }

        state = new PlanarArmState(shoulder, elbow, objectX, objectY, goalX, goalY, Held: false);
    }

    public void Observe(in PlanarArmState state, Span<float> observation) => Observe(in state, PlanarArmPose.Of(in state), observation);

    public StepResult Step(ref PlanarArmState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        double before = shaped ? WayToGo(in state, PlanarArmPose.Of(in state)) : 0;
        (int shoulderTurn, int elbowTurn) = Math.DivRem(action, 3);
        state.Shoulder = Wrap(state.Shoulder + ((shoulderTurn - 1) * Turn));
        state.Elbow = Wrap(state.Elbow + ((elbowTurn - 1) * Turn));
        PlanarArmPose pose = PlanarArmPose.Of(in state);
        state.Held |= Distance(state.ObjectX - pose.TipX, state.ObjectY - pose.TipY) <= Reach;
        if (state.Held)
        {
            (state.ObjectX, state.ObjectY) = (pose.TipX, pose.TipY);
        }

        bool delivered = state.Held && Distance(state.GoalX - pose.TipX, state.GoalY - pose.TipY) <= Reach;
        Observe(in state, in pose, observation);
        double reward = delivered ? 1 : 0;
        if (shaped)
        {
            reward += before - (delivered ? 0 : discount * WayToGo(in state, in pose));
        }

        return new StepResult(reward, delivered, Truncated: false);
    }

    public void Render(in PlanarArmState state, Canvas canvas) => PlanarArmDrawing.Draw(in state, canvas);

    private static void Observe(in PlanarArmState state, in PlanarArmPose pose, Span<float> observation)
    {
        observation[0] = (float)pose.ElbowCosine;
        observation[1] = (float)pose.ElbowSine;
        observation[2] = state.Held ? 1 : 0;
        ObserveTarget(pose.Ahead(state.ObjectX, state.ObjectY), pose.ToTheLeft(state.ObjectX, state.ObjectY), observation.Slice(3, 3));
        ObserveTarget(pose.Ahead(state.GoalX, state.GoalY), pose.ToTheLeft(state.GoalX, state.GoalY), observation.Slice(6, 3));
    }

    private static void ObserveTarget(double ahead, double toTheLeft, Span<float> observation)
    {
        double distance = Distance(ahead, toTheLeft);
        double scale = distance > 0 ? 1 / distance : 0;
        observation[2] = (float)(scale * toTheLeft);
        observation[1] = (float)(scale * ahead);
        observation[0] = (float)distance;
    }

    // The potential's negative.
    private static double WayToGo(in PlanarArmState state, in PlanarArmPose pose) =>
        Distance(state.ObjectX - pose.TipX, state.ObjectY - pose.TipY) + Distance(state.GoalX - state.ObjectX, state.GoalY - state.ObjectY);

    private static (double X, double Y) DrawPlace(IRandomNumbers random)
    {
        // The area within a radius grows with its square.
        double radius = Math.Sqrt(random.NextUniform(InnerRadius * InnerRadius, OuterRadius * OuterRadius));
        (double sine, double cosine) = Math.SinCos(random.NextUniform(-Math.PI, Math.PI));
        return (radius * cosine, radius * sine);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Distance(double x, double y) => Math.Sqrt((x * x) + (y * y));

    private static double Wrap(double angle) => angle > Math.PI ? angle - (2 * Math.PI) : angle < -Math.PI ? angle + (2 * Math.PI) : angle;
}
