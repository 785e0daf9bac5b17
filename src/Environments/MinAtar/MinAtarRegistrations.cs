using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>MinAtar's games with the full set of actions (<c>-v0</c>) and with those that have an effect (<c>-v1</c>). They have no time limit.</summary>
internal static class MinAtarRegistrations
{
    private static readonly IReadOnlyList<EnvironmentArgument> Arguments =
    [
        new("sticky_action_prob", 0.1, "probability that the last action is executed again in place of the one asked for"),
        new("difficulty_ramping", true, "whether the game gets harder as it goes on (no effect in Breakout and Freeway)"),
    ];

    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        .. BothOf<Breakout, BreakoutState>("Breakout", "break bricks with a ball that a paddle must keep in play"),
    ];

    private static EnvironmentRegistration[] BothOf<TGame, TState>(string name, string description)
        where TGame : struct, IMinAtarGame<TState>
        where TState : unmanaged =>
        [
            Of<TGame, TState>($"MinAtar/{name}-v0", $"{description}; all 6 actions", minimal: false),
            Of<TGame, TState>($"MinAtar/{name}-v1", $"{description}; the {TGame.MinimalActions.Length} actions that have an effect", minimal: true),
        ];

    private static EnvironmentRegistration Of<TGame, TState>(string id, string description, bool minimal)
        where TGame : struct, IMinAtarGame<TState>
        where TState : unmanaged =>
        EnvironmentRegistration.Of<MinAtarDynamics<TGame, TState>, MinAtarState<TState>>(
            id, description, 0, null, Arguments, values => new MinAtarDynamics<TGame, TState>(Probability(id, (double)values[0]!), (bool)values[1]!, minimal));

    private static double Probability(string id, double value) => value is >= 0 and <= 1
        ? value
        : throw new EnvironmentException(string.Create(
            CultureInfo.InvariantCulture, $"argument sticky_action_prob of environment {id} is {value}: give a probability from 0 to 1"));
}
