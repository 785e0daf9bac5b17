using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>The environment that a command is about: named on the command line, in a file, or with <c>--set</c>.</summary>
internal static class NamedEnvironment
{
    private const string IdKey = "dqn.environment.id";
    private const string TypeKey = "dqn.environment.type";

    /// <summary>The source, with the name that was typed over it.</summary>
    /// <param name="command">The command as typed.</param>
    /// <param name="name">A registered id or <c>"Their.Type, Their.Assembly"</c>; null where the configuration is to name it.</param>
    /// <param name="source">Files and assignments.</param>
    /// <exception cref="UserErrorException">Nothing names an environment, or two things do.</exception>
    public static ConfigurationSource Over(string command, string? name, ConfigurationSource source)
    {
        if (name is null)
        {
            return source.Files.Count > 0 || source.Assignments.Any(assignment => assignment.StartsWith("dqn.environment.", StringComparison.Ordinal))
                ? source
                : throw new UserErrorException($"{command} needs an environment: give an id that 'envs' lists, 'Their.Type, Their.Assembly', or --config with a file that names one");
        }

        return source with { Options = [(name.Contains(',', StringComparison.Ordinal) ? TypeKey : IdKey, name, "the argument")] };
    }

    /// <summary>The configuration without any experiment beneath it.</summary>
    /// <param name="name">What was typed, or null.</param>
    /// <param name="source">What <see cref="Over"/> gave.</param>
    /// <exception cref="UserErrorException">The configuration is wrong, or a type in it would win over the id that was typed.</exception>
    public static ResolvedConfiguration Resolve(string? name, ConfigurationSource source)
    {
        ResolvedConfiguration resolved = source.Files.Count > 0 ? source.Resolve() : ConfigurationResolver.Resolve(source.Overrides());
        EnvironmentSpecification environment = resolved.Options.Environment;
        return name is not null && environment.Type.Contains(',', StringComparison.Ordinal) && environment.Type != name
            ? throw new UserErrorException($"{name} is named, but {TypeKey} = {environment.Type} is set and would win: leave one of them out")
            : resolved;
    }
}
