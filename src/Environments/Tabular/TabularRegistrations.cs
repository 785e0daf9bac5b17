namespace DqnAkka.Environments;

/// <summary>The tabular tasks. Limits and thresholds are Gymnasium's (version 1.4.0).</summary>
internal static class TabularRegistrations
{
    private static readonly EnvironmentArgument[] TaxiArguments = [new("is_rainy", false, "moves go astray with a probability of 0.2")];

    private static readonly EnvironmentArgument[] BlackjackArguments =
    [
        new("natural", false, "an ace and a ten, as dealt, pay 1.5; no effect together with sab"),
        new("sab", true, "the rules of Sutton & Barto's book: an ace and a ten, as dealt, win against all but the same, and pay 1"),
    ];

    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Of<Blackjack, BlackjackState>(
            "Blackjack-v1",
            "come closer to 21 than the dealer, and not above it",
            0,
            null,
            BlackjackArguments,
            values => new Blackjack(natural: (bool)values[0]!, suttonAndBarto: (bool)values[1]!)),
        OfCliffWalking("CliffWalking-v1", "walk along a cliff without falling, the shortest way", isSlippery: false),
        OfCliffWalking("CliffWalkingSlippery-v1", "walk along a cliff on slippery ground without falling", isSlippery: true),
        OfFrozenLake("FrozenLake-v1", "cross a frozen lake of 4x4 cells without falling into a hole", "4x4", 100, 0.7),
        OfFrozenLake("FrozenLake8x8-v1", "cross a frozen lake of 8x8 cells without falling into a hole", "8x8", 200, 0.85),
        EnvironmentRegistration.Of<TabularDynamics, TabularState>(
            "Taxi-v4", "fetch a passenger and bring them where they want to go", 200, 8.0, TaxiArguments, values => new TabularDynamics(Taxi.In(rain: (bool)values[0]!))),
    ];

    private static EnvironmentRegistration OfCliffWalking(string id, string description, bool isSlippery) =>
        EnvironmentRegistration.Of<TabularDynamics, TabularState>(
            id,
            description,
            0,
            null,
            [new EnvironmentArgument("is_slippery", isSlippery, "two of three steps go to either side")],
            values => new TabularDynamics(new CliffWalking((bool)values[0]!)));

    private static EnvironmentRegistration OfFrozenLake(string id, string description, string mapName, int maxEpisodeSteps, double rewardThreshold) =>
        EnvironmentRegistration.Of<TabularDynamics, TabularState>(
            id,
            description,
            maxEpisodeSteps,
            rewardThreshold,
            [
                new EnvironmentArgument("map_name", mapName, $"the lake: {string.Join(" or ", FrozenLake.MapNames)}"),
                new EnvironmentArgument("is_slippery", true, "steps may go to either side"),
                new EnvironmentArgument("success_rate", 1.0 / 3, "probability that a step on slippery ice goes where it was meant to"),
            ],
            values => new TabularDynamics(NewFrozenLake(id, (string)values[0]!, (bool)values[1]!, (double)values[2]!)));

    private static FrozenLake NewFrozenLake(string id, string mapName, bool isSlippery, double successRate) =>
        FrozenLake.MapNames.Contains(mapName)
            ? new FrozenLake(mapName, isSlippery, ArgumentRange.RequireProbability(id, "success_rate", successRate))
            : throw new EnvironmentException(
                $"argument map_name of environment {id} must be {string.Join(" or ", FrozenLake.MapNames)}: got '{mapName}'");
}
