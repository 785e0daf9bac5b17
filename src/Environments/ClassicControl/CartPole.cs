using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>State of <see cref="CartPole"/>.</summary>
/// <param name="Position">Cart position, m.</param>
/// <param name="Velocity">Cart velocity, m/s.</param>
/// <param name="Angle">Pole angle from upright, rad.</param>
/// <param name="AngularVelocity">Pole angular velocity, rad/s.</param>
internal record struct CartPoleState(double Position, double Velocity, double Angle, double AngularVelocity);

/// <summary>
/// The cart-pole of Barto, Sutton &amp; Anderson (1983) as Gymnasium's CartPole has it: explicit Euler with old velocities,
/// in the reference's order of operations, which keeps whole episodes equal bit for bit.
/// </summary>
/// <param name="suttonBartoReward">0 on each step and −1 on a terminated one, in place of 1 on each step.</param>
internal readonly struct CartPole(bool suttonBartoReward) : IDynamics<CartPoleState>
{
    private const double Gravity = 9.8;
    private const double PoleMass = 0.1;
    private const double TotalMass = 1.1;
    private const double HalfLength = 0.5;
    private const double PoleMassLength = 0.05;
    private const double Force = 10.0;
    private const double TimeStep = 0.02;
    private const double PositionLimit = 2.4;
    private const double AngleLimit = 12 * 2 * Math.PI / 360;

    private static readonly BoxSpace Observations = new(
        [(float)(-2 * PositionLimit), float.NegativeInfinity, (float)(-2 * AngleLimit), float.NegativeInfinity],
        [(float)(2 * PositionLimit), float.PositiveInfinity, (float)(2 * AngleLimit), float.PositiveInfinity]);

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 4;

    public int ActionCount => 2;

    public ImageSize RenderSize => CartPoleDrawing.Size;

    public void Reset(ref CartPoleState state, IRandomNumbers random) => state = new CartPoleState(
        random.NextUniform(-0.05, 0.05),
        random.NextUniform(-0.05, 0.05),
        random.NextUniform(-0.05, 0.05),
        random.NextUniform(-0.05, 0.05));

    public void Observe(in CartPoleState state, Span<float> observation)
    {
        observation[3] = (float)state.AngularVelocity;
        observation[2] = (float)state.Angle;
        observation[1] = (float)state.Velocity;
        observation[0] = (float)state.Position;
    }

    // Short enough that a call for each copy would show.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ref CartPoleState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        StepResult result = Advance(ref state, action, alreadyTerminated);
        Observe(in state, observation);
        return result;
    }

    public void Render(in CartPoleState state, Canvas canvas) => CartPoleDrawing.Draw(in state, canvas);

    /// <summary>A step without its observation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal StepResult Advance(ref CartPoleState state, int action, bool alreadyTerminated)
    {
        (double position, double velocity, double angle, double angularVelocity) = state;
        // ±10 N without a branch: an exploring agent's actions cannot be predicted.
        double force = ((2 * action) - 1) * Force;
        (double sine, double cosine) = Math.SinCos(angle);
        double common = (force + (PoleMassLength * (angularVelocity * angularVelocity) * sine)) / TotalMass;
        double angularAcceleration = ((Gravity * sine) - (cosine * common))
            / (HalfLength * ((4.0 / 3.0) - (PoleMass * (cosine * cosine) / TotalMass)));
        double acceleration = common - (PoleMassLength * angularAcceleration * cosine / TotalMass);
        position += TimeStep * velocity;
        velocity += TimeStep * acceleration;
        angle += TimeStep * angularVelocity;
        angularVelocity += TimeStep * angularAcceleration;
        state = new CartPoleState(position, velocity, angle, angularVelocity);
        bool terminated = Math.Abs(position) > PositionLimit | Math.Abs(angle) > AngleLimit;
        return new StepResult(Reward(terminated, alreadyTerminated), terminated, Truncated: false);
    }

    private double Reward(bool terminated, bool alreadyTerminated) =>
        suttonBartoReward ? (terminated ? -1.0 : 0.0) : (terminated && alreadyTerminated ? 0.0 : 1.0);
}
