using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace DqnAkka.Environments;

/// <summary>Finds the type of a user's own environment.</summary>
internal static class EnvironmentTypes
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Resolvers = new(StringComparer.Ordinal);

    /// <summary>The type that an assembly-qualified name stands for.</summary>
    /// <param name="name">The name, <c>"Their.Type, Their.Assembly"</c>.</param>
    /// <param name="searchPaths">Folders in which the assembly is looked for, before the program's own.</param>
    /// <exception cref="EnvironmentException">The name is not of that form, or the assembly or type is not found, or is no environment.</exception>
    public static Type Resolve(string name, IReadOnlyList<string> searchPaths)
    {
        string[] parts = name.Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts is not [{ Length: > 0 } typeName, { Length: > 0 } assemblyName] || !TryParse(assemblyName, out AssemblyName parsed))
        {
            throw new EnvironmentException($"environment type '{name}' must name a type and its assembly: write 'Namespace.Type, Assembly'");
        }

        Assembly assembly = Load(name, parsed, searchPaths);
        try
        {
            return Find(assembly, typeName);
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or TypeLoadException)
        {
            throw new EnvironmentException(
                $"environment type '{typeName}' cannot be loaded from {PlaceOf(assembly)}: {OneLine.Of(exception)}; put what it depends on beside it", exception);
        }
    }

    private static Type Find(Assembly assembly, string typeName)
    {
        Type type = assembly.GetType(typeName) ?? throw new EnvironmentException(
            $"environment type '{typeName}' is not in assembly {assembly.GetName().Name} ({PlaceOf(assembly)}): {DescribeEnvironments(assembly)}");
        if (!typeof(IEnvironment).IsAssignableFrom(type))
        {
            throw new EnvironmentException($"environment type '{typeName}' does not implement {typeof(IEnvironment).FullName}: {DescribeEnvironments(assembly)}");
        }

        return !IsEnvironment(type)
            ? throw new EnvironmentException($"environment type '{typeName}' is abstract or generic: name a class that can be made")
            : type;
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Only the assemblies of the program itself have no file in a single-file program.")]
    private static string PlaceOf(Assembly assembly) => assembly.Location is { Length: > 0 } file ? file : "the program itself";

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

    private static Assembly Load(string name, AssemblyName assemblyName, IReadOnlyList<string> searchPaths)
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
            throw new EnvironmentException(
                $"assembly {assemblyName.Name} of environment type '{name}' was not found (looked for {places}): build it, and set environment.path to its output folder", exception);
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            throw new EnvironmentException(
                $"assembly {assemblyName.Name} of environment type '{name}' cannot be loaded: {OneLine.Of(exception)}; build it for this .NET", exception);
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

    private static string DescribeEnvironments(Assembly assembly)
    {
        string[] names = [.. assembly.GetExportedTypes().Where(IsEnvironment).Select(type => type.FullName!).Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? $"the assembly has no public class that implements {nameof(IEnvironment)}"
            : $"the environments in it are {string.Join(", ", names)}";
    }

    private static bool IsEnvironment(Type type) =>
        typeof(IEnvironment).IsAssignableFrom(type) && !type.IsAbstract && !type.ContainsGenericParameters;
}
