namespace DqnAkka.Environments;

/// <summary>The classic control tasks. Limits and thresholds are Gymnasium's (version 1.4.0).</summary>
internal static class ClassicControlRegistrations
{
    public static IReadOnlyList<EnvironmentArgument> CartPoleArguments { get; } =
        [new("sutton_barto_reward", false, "0 on each step and -1 on the one that ends the balance, in place of 1 on each step")];

    public static IReadOnlyList<EnvironmentArgument> MountainCarArguments { get; } =
        [new("goal_velocity", 0.0, "velocity that the car must at least have at the goal")];

    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Of<Acrobot, AcrobotState>(
            "Acrobot-v1", "swing the tip of a two-link arm above the bar with torque at its elbow", 500, -100.0, [], _ => new Acrobot()) with { ScriptedPolicy = () => new AcrobotPolicy() },
        EnvironmentRegistration.Of<CartPole, CartPoleState>(
            "CartPole-v0", "balance a pole on a cart by pushing it left or right, for 200 steps", 200, 195.0, CartPoleArguments, NewCartPole) with { ScriptedPolicy = () => new CartPolePolicy() },
        EnvironmentRegistration.Of<CartPole, CartPoleState>(
            "CartPole-v1", "balance a pole on a cart by pushing it left or right, for 500 steps", 500, 475.0, CartPoleArguments, NewCartPole) with { ScriptedPolicy = () => new CartPolePolicy() },
        EnvironmentRegistration.Of<MountainCar, MountainCarState>(
            "MountainCar-v0", "rock an underpowered car out of a valley", 200, -110.0, MountainCarArguments, NewMountainCar) with { ScriptedPolicy = () => new MountainCarPolicy() },
    ];

    public static CartPole NewCartPole(object?[] values) => new((bool)values[0]!);

    public static MountainCar NewMountainCar(object?[] values) => new((double)values[0]!);
}
