namespace DqnAkka.Environments;

/// <summary>The built-in environments.</summary>
public static class EnvironmentRegistry
{
    /// <summary>Every built-in environment, family by family.</summary>
    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        .. ClassicControlRegistrations.All,
        .. PartialObservationRegistrations.All,
        .. PixelRegistrations.All,
        .. MinAtarRegistrations.All,
        .. RobotRegistrations.All,
        .. TabularRegistrations.All,
        .. BsuiteRegistrations.All,
    ];

    /// <summary>The environment of an id.</summary>
    /// <param name="id">The id; upper and lower case count.</param>
    /// <exception cref="EnvironmentException">No environment has the id; the message names the nearest one.</exception>
    public static EnvironmentRegistration Get(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        string[] known = [.. All.Select(registration => registration.Id)];
        if (id.Length == 0)
        {
            throw new EnvironmentException($"no environment is named: set environment.id to one that the envs command lists, such as CartPole-v1, or environment.type to a type of your own");
        }

        return All.FirstOrDefault(registration => registration.Id == id) ?? throw new EnvironmentException(
            $"unknown environment '{id}': did you mean '{NearestId(id, known)}'? The envs command lists all; for one of your own set environment.type, for one of Gymnasium's environment.type=gymnasium");
    }

    /// <summary>The id that was probably meant by one that there is not.</summary>
    /// <param name="id">What was given.</param>
    /// <param name="known">What there is, at least one.</param>
    public static string NearestId(string id, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(known);
        return NearestName.OfId(id, known);
    }
}
