namespace DqnAkka.Environments;

/// <summary>The built-in environments. Limits and thresholds are Gymnasium's (version 1.4.0).</summary>
public static class EnvironmentRegistry
{
    private static readonly IReadOnlyList<EnvironmentArgument> CartPoleArguments =
        [new("sutton_barto_reward", false, "0 on each step and -1 on the one that ends the balance, in place of 1 on each step")];

    private static readonly IReadOnlyList<EnvironmentArgument> MountainCarArguments =
        [new("goal_velocity", 0.0, "velocity that the car must at least have at the goal")];

    /// <summary>Every built-in environment, in the order of their ids.</summary>
    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Of<Acrobot, AcrobotState>(
            "Acrobot-v1", "swing the tip of a two-link arm above the bar with torque at its elbow", 500, -100.0, [], _ => new Acrobot()),
        EnvironmentRegistration.Of<CartPole, CartPoleState>(
            "CartPole-v0", "balance a pole on a cart by pushing it left or right, for 200 steps", 200, 195.0, CartPoleArguments, NewCartPole),
        EnvironmentRegistration.Of<CartPole, CartPoleState>(
            "CartPole-v1", "balance a pole on a cart by pushing it left or right, for 500 steps", 500, 475.0, CartPoleArguments, NewCartPole),
        EnvironmentRegistration.Of<MountainCar, MountainCarState>(
            "MountainCar-v0", "rock an underpowered car out of a valley", 200, -110.0, MountainCarArguments, NewMountainCar),
    ];

    /// <summary>The environment of an id.</summary>
    /// <param name="id">The id; upper and lower case count.</param>
    /// <exception cref="EnvironmentException">No environment has the id; the message names the nearest one and lists all.</exception>
    public static EnvironmentRegistration Get(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        string[] known = [.. All.Select(registration => registration.Id)];
        if (id.Length == 0)
        {
            throw new EnvironmentException($"no environment is named: set environment.id to one of {string.Join(", ", known)}, or environment.type to a type of your own");
        }

        return All.FirstOrDefault(registration => registration.Id == id) ?? throw new EnvironmentException(
            $"unknown environment '{id}': did you mean '{NearestName.Of(id, known)}'? Known are {string.Join(", ", known)}; for one of your own set environment.type");
    }

    private static CartPole NewCartPole(object?[] values) => new((bool)values[0]!);

    private static MountainCar NewMountainCar(object?[] values) => new((double)values[0]!);
}
