using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>One parameter of an environment or a wrapper.</summary>
/// <param name="Name">Its name, snake_case or camelCase.</param>
/// <param name="Type">Its type, one that <see cref="ArgumentText"/> converts to if a value is given.</param>
/// <param name="IsOptional">Whether <paramref name="Default"/> stands in where no value is given.</param>
/// <param name="Default">Its value where none is given.</param>
internal sealed record EnvironmentParameter(string Name, Type Type, bool IsOptional, object? Default)
{
    /// <inheritdoc />
    public override string ToString() =>
        IsOptional ? string.Create(CultureInfo.InvariantCulture, $"{Name} ({Default ?? "none"})") : $"{Name} (no default)";
}

/// <summary>Matches the arguments of a configuration with the parameters of an environment or a wrapper.</summary>
internal static class ArgumentBinder
{
    /// <summary>Whether two names are the same but for the spelling: snake_case, kebab-case or camelCase.</summary>
    public static bool SameName(string first, string second) => Normalize(first) == Normalize(second);

    /// <summary>The parameters' values, in their order.</summary>
    /// <exception cref="EnvironmentException">An argument is unknown, given twice, missing, or not a value of its parameter's type.</exception>
    public static object?[] Bind(ArgumentOwner owner, IReadOnlyList<EnvironmentParameter> parameters, IReadOnlyDictionary<string, string> arguments)
    {
        RequireKnown(owner, parameters, arguments);
        return [.. parameters.Select(parameter => Value(owner, parameter, arguments))];
    }

    private static void RequireKnown(
        ArgumentOwner owner, IReadOnlyList<EnvironmentParameter> parameters, IReadOnlyDictionary<string, string> arguments)
    {
        foreach (string argument in arguments.Keys.Where(argument => !parameters.Any(parameter => SameName(parameter.Name, argument))))
        {
            throw new EnvironmentException(parameters.Count == 0
                ? $"{owner} takes no arguments: remove '{argument}'"
                : $"{owner} has no argument '{argument}': did you mean '{NearestName.Of(argument, parameters.Select(parameter => parameter.Name))}'? It takes {string.Join(", ", parameters)}");
        }
    }

    private static object? Value(ArgumentOwner owner, EnvironmentParameter parameter, IReadOnlyDictionary<string, string> arguments)
    {
        string[] given = [.. arguments.Keys.Where(argument => SameName(parameter.Name, argument))];
        return given switch
        {
            [] when parameter.IsOptional => parameter.Default,
            [] => throw new EnvironmentException($"{owner} needs a value for its argument {parameter.Name}: {owner.HowToGive(parameter.Name)}"),
            [string one] => ArgumentText.Convert(owner, parameter.Name, arguments[one], parameter.Type),
            _ => throw new EnvironmentException($"argument {parameter.Name} of {owner} is given twice, as {string.Join(" and ", given)}: keep one"),
        };
    }

    private static string Normalize(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
