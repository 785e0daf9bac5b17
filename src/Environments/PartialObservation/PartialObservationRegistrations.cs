namespace DqnAkka.Environments;

/// <summary>
/// The classic control tasks with their velocities hidden. Nobody has set thresholds for them; those of the full tasks need a memory here.
/// </summary>
internal static class PartialObservationRegistrations
{
    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Of<CartPoleNoVelocity, CartPoleState>(
            "CartPoleNoVelocity-v1",
            "CartPole-v1 with the velocities hidden, so that an agent needs a memory",
            500,
            null,
            ClassicControlRegistrations.CartPoleArguments,
            values => new CartPoleNoVelocity(ClassicControlRegistrations.NewCartPole(values))),
        EnvironmentRegistration.Of<MountainCarNoVelocity, MountainCarState>(
            "MountainCarNoVelocity-v0",
            "MountainCar-v0 with the velocity hidden, so that an agent needs a memory",
            200,
            null,
            ClassicControlRegistrations.MountainCarArguments,
            values => new MountainCarNoVelocity(ClassicControlRegistrations.NewMountainCar(values))),
    ];
}
