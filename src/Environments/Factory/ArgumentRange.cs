using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>Bounds of the arguments of built-in environments.</summary>
internal static class ArgumentRange
{
    /// <summary>The value, where it lies between its bounds, both of them included.</summary>
    /// <exception cref="EnvironmentException">It does not.</exception>
    public static int Require(string environment, string argument, int value, int low, int high) => value >= low && value <= high
        ? value
        : throw Refusal(environment, argument, $"an integer from {low} to {high}", value);

    /// <summary>The value, where it is a probability.</summary>
    /// <exception cref="EnvironmentException">It is not.</exception>
    public static double RequireProbability(string environment, string argument, double value) => value is >= 0 and <= 1
        ? value
        : throw Refusal(environment, argument, "a number from 0 to 1", value);

    private static EnvironmentException Refusal(string environment, string argument, string expected, IFormattable value) =>
        new($"argument {argument} of environment {environment} must be {expected}: got {value.ToString(null, CultureInfo.InvariantCulture)}");
}
