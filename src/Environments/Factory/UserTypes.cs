using System.Reflection;
using System.Runtime.Loader;

namespace DqnAkka.Environments;

/// <summary>Finds the types of a user's own assemblies that a configuration names.</summary>
public static class UserTypes
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Resolvers = new(StringComparer.Ordinal);

    /// <summary>The type that an assembly-qualified name stands for; <see cref="UserTypeRole.Failure"/> makes what is thrown where there is none.</summary>
    /// <param name="role">What it is wanted for.</param>
    /// <param name="name">The name, <c>"Their.Type, Their.Assembly"</c>.</param>
    /// <param name="searchPaths">Folders in which the assembly is looked for, before the program's own.</param>
    public static Type Resolve(UserTypeRole role, string name, IReadOnlyList<string> searchPaths)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(searchPaths);
        string[] parts = name.Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts is not [{ Length: > 0 } typeName, { Length: > 0 } assemblyName] || !TryParse(assemblyName, out AssemblyName parsed))
        {
            throw role.Failure($"{role.Name} type '{name}' must name a type and its assembly: write 'Namespace.Type, Assembly'", null);
        }

        Assembly assembly = Load(role, name, parsed, searchPaths);
        try
        {
            return Find(role, assembly, typeName);
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or TypeLoadException)
        {
            throw role.Failure(
                $"{role.Name} type '{typeName}' cannot be loaded from {assembly.Location}: {OneLine.Of(exception)}; put what it depends on beside it", exception);
        }
    }

    private static Type Find(UserTypeRole role, Assembly assembly, string typeName)
    {
        Type type = assembly.GetType(typeName) ?? throw role.Failure(
            $"{role.Name} type '{typeName}' is not in assembly {assembly.GetName().Name} ({assembly.Location}): {DescribeTypes(role, assembly)}", null);
        if (!role.Base.IsAssignableFrom(type))
        {
            throw role.Failure($"{role.Name} type '{typeName}' does not {(role.Base.IsInterface ? "implement" : "derive from")} {role.BaseName}: {DescribeTypes(role, assembly)}", null);
        }

        return !CanBeMade(role, type)
            ? throw role.Failure($"{role.Name} type '{typeName}' is abstract or generic: name a class that can be made", null)
            : type;
    }

    private static bool TryParse(string text, out AssemblyName name)
    {
        try
        {
            name = new AssemblyName(text);
            return true;
        }
        catch (Exception exception) when (exception is FileLoadException or ArgumentException)
        {
            name = new AssemblyName();
            return false;
        }
    }

    private static Assembly Load(UserTypeRole role, string name, AssemblyName assemblyName, IReadOnlyList<string> searchPaths)
    {
        string[] candidates = [.. searchPaths.Select(folder => Path.GetFullPath(Path.Combine(folder, $"{assemblyName.Name}.dll")))];
        try
        {
            // An assembly is loaded once in a process: asking for another file of the same name would fail.
            return AssemblyLoadContext.Default.Assemblies.FirstOrDefault(loaded => loaded.GetName().Name == assemblyName.Name)
                ?? (candidates.FirstOrDefault(File.Exists) is { } file
                    ? LoadWithDependencies(file)
                    : AssemblyLoadContext.Default.LoadFromAssemblyName(assemblyName));
        }
        catch (FileNotFoundException exception)
        {
            string places = string.Join(", ", candidates.Append(Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll")));
            throw role.Failure(
                $"assembly {assemblyName.Name} of {role.Name} type '{name}' was not found (looked for {places}): build it, and set {role.PathKey} to its output folder", exception);
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            throw role.Failure(
                $"assembly {assemblyName.Name} of {role.Name} type '{name}' cannot be loaded: {OneLine.Of(exception)}; build it for this .NET", exception);
        }
    }

    private static Assembly LoadWithDependencies(string file)
    {
        lock (Gate)
        {
            if (Resolvers.Add(file))
            {
                AssemblyDependencyResolver resolver = new(file);
                AssemblyLoadContext.Default.Resolving += (context, dependency) =>
                    resolver.ResolveAssemblyToPath(dependency) is { } path ? context.LoadFromAssemblyPath(path) : null;
                AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, library) =>
                    resolver.ResolveUnmanagedDllToPath(library) is { } path
                        ? System.Runtime.InteropServices.NativeLibrary.Load(path)
                        : IntPtr.Zero;
            }
        }

        return AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
    }

    private static string DescribeTypes(UserTypeRole role, Assembly assembly)
    {
        string[] names = [.. assembly.GetExportedTypes().Where(type => CanBeMade(role, type)).Select(type => type.FullName!).Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? $"the assembly has no public class that {(role.Base.IsInterface ? "implements" : "derives from")} {role.BaseName}"
            : $"the {role.Name}s in it are {string.Join(", ", names)}";
    }

    private static bool CanBeMade(UserTypeRole role, Type type) =>
        role.Base.IsAssignableFrom(type) && !type.IsAbstract && !type.ContainsGenericParameters;
}
