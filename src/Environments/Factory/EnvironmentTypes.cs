namespace DqnAkka.Environments;

/// <summary>Finds the type of a user's own environment.</summary>
internal static class EnvironmentTypes
{
    private static readonly UserTypeRole Role = new(
        "environment",
        "environment.path",
        typeof(IEnvironment),
        typeof(IEnvironment).FullName!,
        (message, cause) => cause is null ? new EnvironmentException(message) : new EnvironmentException(message, cause));

    /// <summary>The type that an assembly-qualified name stands for.</summary>
    /// <param name="name">The name, <c>"Their.Type, Their.Assembly"</c>.</param>
    /// <param name="searchPaths">Folders in which the assembly is looked for, before the program's own.</param>
    /// <exception cref="EnvironmentException">The name is not of that form, or the assembly or type is not found, or is no environment.</exception>
    public static Type Resolve(string name, IReadOnlyList<string> searchPaths) => UserTypes.Resolve(Role, name, searchPaths);
}
