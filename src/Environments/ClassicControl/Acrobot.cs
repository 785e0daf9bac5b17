namespace DqnAkka.Environments;

/// <summary>State of <see cref="Acrobot"/>, and its time derivative.</summary>
/// <param name="Angle1">Angle of the first link from hanging down, rad.</param>
/// <param name="Angle2">Angle of the second link against the first, rad.</param>
/// <param name="AngularVelocity1">Angular velocity of the first joint, rad/s.</param>
/// <param name="AngularVelocity2">Angular velocity of the second joint, rad/s.</param>
internal record struct AcrobotState(double Angle1, double Angle2, double AngularVelocity1, double AngularVelocity2)
{
    /// <summary>The state plus <paramref name="scale"/> times <paramref name="derivative"/>.</summary>
    public readonly AcrobotState Add(double scale, in AcrobotState derivative) => new(
        Angle1 + (scale * derivative.Angle1),
        Angle2 + (scale * derivative.Angle2),
        AngularVelocity1 + (scale * derivative.AngularVelocity1),
        AngularVelocity2 + (scale * derivative.AngularVelocity2));
}

/// <summary>
/// The acrobot of Sutton (1996), with the equations of Sutton &amp; Barto's book, as Gymnasium's Acrobot-v1 has it: one
/// Runge-Kutta step of 0.2 s an action.
/// </summary>
/// <remarks>
/// Squares are <see cref="Math.Pow"/> with exponent 2, as in the reference: <c>x * x</c> differs from it by one unit in the
/// last place now and then, and a chaotic episode then drifts apart. Link masses, link lengths and moments of inertia
/// are 1, which leaves every product with them exact; they are left out below. Centres of mass lie at half a link.
/// </remarks>
internal readonly struct Acrobot : IDynamics<AcrobotState>
{
    private const double Gravity = 9.8;
    private const double CentreOfMass = 0.5;
    private const double CentreOfMassSquared = 0.25;
    private const double Inertia = 1.0;
    private const double TimeStep = 0.2;
    private const double MaxAngularVelocity1 = 4 * Math.PI;
    private const double MaxAngularVelocity2 = 9 * Math.PI;

    private static readonly BoxSpace Observations = new(
        [-1, -1, -1, -1, (float)-MaxAngularVelocity1, (float)-MaxAngularVelocity2],
        [1, 1, 1, 1, (float)MaxAngularVelocity1, (float)MaxAngularVelocity2]);

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 6;

    public int ActionCount => 3;

    public ImageSize RenderSize => AcrobotDrawing.Size;

    // The reference rounds the drawn state to float32 and goes on in float64 from there.
    public void Reset(ref AcrobotState state, IRandomNumbers random) => state = new AcrobotState(
        (float)random.NextUniform(-0.1, 0.1),
        (float)random.NextUniform(-0.1, 0.1),
        (float)random.NextUniform(-0.1, 0.1),
        (float)random.NextUniform(-0.1, 0.1));

    public void Observe(in AcrobotState state, Span<float> observation) => ObserveAndGiveCosine1(in state, observation);

    /// <summary>The terminal height needs one of the observation's cosines again, and trigonometry is most of a step.</summary>
    private static double ObserveAndGiveCosine1(in AcrobotState state, Span<float> observation)
    {
        observation[5] = (float)state.AngularVelocity2;
        observation[4] = (float)state.AngularVelocity1;
        (double sine2, double cosine2) = Math.SinCos(state.Angle2);
        observation[3] = (float)sine2;
        observation[2] = (float)cosine2;
        (double sine1, double cosine1) = Math.SinCos(state.Angle1);
        observation[1] = (float)sine1;
        observation[0] = (float)cosine1;
        return cosine1;
    }

    public StepResult Step(ref AcrobotState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        double torque = action - 1;
        AcrobotState k1 = Derivative(in state, torque);
        AcrobotState k2 = Derivative(state.Add(TimeStep / 2.0, in k1), torque);
        AcrobotState k3 = Derivative(state.Add(TimeStep / 2.0, in k2), torque);
        AcrobotState k4 = Derivative(state.Add(TimeStep, in k3), torque);
        AcrobotState slope = new(
            k1.Angle1 + (2 * k2.Angle1) + (2 * k3.Angle1) + k4.Angle1,
            k1.Angle2 + (2 * k2.Angle2) + (2 * k3.Angle2) + k4.Angle2,
            k1.AngularVelocity1 + (2 * k2.AngularVelocity1) + (2 * k3.AngularVelocity1) + k4.AngularVelocity1,
            k1.AngularVelocity2 + (2 * k2.AngularVelocity2) + (2 * k3.AngularVelocity2) + k4.AngularVelocity2);
        AcrobotState next = state.Add(TimeStep / 6.0, in slope);
        state = new AcrobotState(
            Wrap(next.Angle1),
            Wrap(next.Angle2),
            Math.Min(Math.Max(next.AngularVelocity1, -MaxAngularVelocity1), MaxAngularVelocity1),
            Math.Min(Math.Max(next.AngularVelocity2, -MaxAngularVelocity2), MaxAngularVelocity2));
        double cosine1 = ObserveAndGiveCosine1(in state, observation);
        bool terminated = -cosine1 - Math.Cos(state.Angle2 + state.Angle1) > 1.0;
        return new StepResult(terminated ? 0.0 : -1.0, terminated, Truncated: false);
    }

    public void Render(in AcrobotState state, Canvas canvas) => AcrobotDrawing.Draw(in state, canvas);

    private static AcrobotState Derivative(in AcrobotState state, double torque)
    {
        (double angle1, double angle2, double velocity1, double velocity2) = state;
        (double sine2, double cosine2) = Math.SinCos(angle2);
        double velocity1Squared = Math.Pow(velocity1, 2);
        double velocity2Squared = Math.Pow(velocity2, 2);
        double d1 = CentreOfMassSquared + (1.0 + CentreOfMassSquared + (2 * CentreOfMass * cosine2)) + Inertia + Inertia;
        double d2 = CentreOfMassSquared + (CentreOfMass * cosine2) + Inertia;
        double phi2 = CentreOfMass * Gravity * Math.Cos(angle1 + angle2 - (Math.PI / 2.0));
        double phi1 = (-CentreOfMass * velocity2Squared * sine2)
            - (2 * CentreOfMass * velocity2 * velocity1 * sine2)
            + ((CentreOfMass + 1.0) * Gravity * Math.Cos(angle1 - (Math.PI / 2.0)))
            + phi2;
        double acceleration2 = (torque + (d2 / d1 * phi1) - (CentreOfMass * velocity1Squared * sine2) - phi2)
            / (CentreOfMassSquared + Inertia - (Math.Pow(d2, 2) / d1));
        double acceleration1 = -((d2 * acceleration2) + phi1) / d1;
        return new AcrobotState(velocity1, velocity2, acceleration1, acceleration2);
    }

    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
        {
            angle -= 2 * Math.PI;
        }

        while (angle < -Math.PI)
        {
            angle += 2 * Math.PI;
        }

        return angle;
    }
}
