using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>What wrappers ask of their arguments and of the environment within; each failure is one line for the user.</summary>
internal static class WrapperChecks
{
    /// <summary>Requires a lower bound of an argument.</summary>
    public static void RequireAtLeast(string wrapper, string argument, int value, int least)
    {
        if (value < least)
        {
            throw new EnvironmentException($"wrapper {wrapper}: {argument} must be at least {least}: got {value}");
        }
    }

    /// <summary>Requires an argument from 0 to 1.</summary>
    public static void RequireProbability(string wrapper, string argument, double value)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new EnvironmentException(string.Create(CultureInfo.InvariantCulture, $"wrapper {wrapper}: {argument} must be from 0 to 1: got {value}"));
        }
    }

    /// <summary>Requires observations that are vectors or images.</summary>
    public static BoxSpace RequireBox(string wrapper, Space space) => space as BoxSpace
        ?? throw new EnvironmentException($"wrapper {wrapper} needs Box observations, and they are {space}: encode them as a vector first, for example one-hot");

    /// <summary>Requires observations that are images.</summary>
    public static BoxSpace RequireImage(string wrapper, Space space)
    {
        BoxSpace box = RequireBox(wrapper, space);
        return box.Format.Shape.IsImage
            ? box
            : throw new EnvironmentException(
                $"wrapper {wrapper} needs images, and the observations are {Describe(box)}: put AddRenderObservation(width=84, height=84) before it to see the rendered frames");
    }

    /// <summary>What observations are, in a few words: their bounds would fill pages.</summary>
    public static string Describe(BoxSpace space) => space.Format.Shape.IsImage
        ? $"images of {space.Format.Shape} ({space.Format.Type})"
        : $"vectors of {space.Size} components ({space.Format.Type})";
}
