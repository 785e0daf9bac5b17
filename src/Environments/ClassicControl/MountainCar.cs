namespace DqnAkka.Environments;

/// <summary>State of <see cref="MountainCar"/>.</summary>
/// <param name="Position">Position along the valley.</param>
/// <param name="Velocity">Velocity, position per step.</param>
internal record struct MountainCarState(double Position, double Velocity);

/// <summary>The mountain car of Moore (1990) as Gymnasium's MountainCar-v0 has it, in the reference's order of operations.</summary>
/// <param name="goalVelocity">The velocity at which the goal must at least be passed.</param>
internal readonly struct MountainCar(double goalVelocity) : IDynamics<MountainCarState>
{
    private const double MinPosition = -1.2;
    private const double MaxPosition = 0.6;
    private const double MaxSpeed = 0.07;
    private const double GoalPosition = 0.5;
    private const double Force = 0.001;
    private const double Gravity = 0.0025;

    private static readonly BoxSpace Observations = new(
        [(float)MinPosition, (float)-MaxSpeed],
        [(float)MaxPosition, (float)MaxSpeed]);

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 2;

    public int ActionCount => 3;

    public ImageSize RenderSize => MountainCarDrawing.Size;

    public void Reset(ref MountainCarState state, IRandomNumbers random) => state = new MountainCarState(random.NextUniform(-0.6, -0.4), 0.0);

    public void Observe(in MountainCarState state, Span<float> observation)
    {
        observation[1] = (float)state.Velocity;
        observation[0] = (float)state.Position;
    }

    public StepResult Step(ref MountainCarState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        StepResult result = Advance(ref state, action);
        Observe(in state, observation);
        return result;
    }

    public void Render(in MountainCarState state, Canvas canvas) => MountainCarDrawing.Draw(in state, canvas);

    /// <summary>A step without its observation.</summary>
    internal StepResult Advance(ref MountainCarState state, int action)
    {
        (double position, double velocity) = state;
        velocity += ((action - 1) * Force) + (Math.Cos(3 * position) * -Gravity);
        velocity = Math.Min(Math.Max(velocity, -MaxSpeed), MaxSpeed);
        position += velocity;
        position = Math.Min(Math.Max(position, MinPosition), MaxPosition);
        if (position == MinPosition && velocity < 0)
        {
            velocity = 0;
        }

        state = new MountainCarState(position, velocity);
        return new StepResult(-1.0, position >= GoalPosition && velocity >= goalVelocity, Truncated: false);
    }
}
