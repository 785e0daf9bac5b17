using System.Reflection;

namespace DqnAkka.Environments;

/// <summary>Makes environments of a user's own type, with arguments by name.</summary>
internal sealed class EnvironmentConstructor
{
    private readonly string _name;
    private readonly ConstructorInfo _constructor;
    private readonly object?[] _values;

    /// <summary>Chooses the constructor: of those that can take the arguments, the one with the fewest parameters.</summary>
    /// <param name="name">What the user calls the environment.</param>
    /// <param name="type">Its type.</param>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="EnvironmentException">No constructor can be used, or the arguments do not fit it.</exception>
    public EnvironmentConstructor(string name, Type type, IReadOnlyDictionary<string, string> arguments)
    {
        ConstructorInfo[] usable = [.. type.GetConstructors().Where(IsUsable).OrderBy(constructor => constructor.GetParameters().Length)];
        if (usable.Length == 0)
        {
            throw new EnvironmentException(
                $"environment type '{name}' has no usable constructor: it needs a public one whose parameters are text, true or false, numbers or enumerations, or have defaults");
        }

        _name = name;
        // Where none can take the arguments, the longest one says best what is wrong with them.
        _constructor = usable.FirstOrDefault(constructor => Takes(constructor, arguments)) ?? usable[^1];
        _values = ArgumentBinder.Bind(ArgumentOwner.Environment(name), Parameters(_constructor), arguments);
    }

    /// <summary>Makes one environment.</summary>
    /// <exception cref="EnvironmentException">The constructor throws; the message holds its own.</exception>
    public IEnvironment Create()
    {
        try
        {
            return (IEnvironment)_constructor.Invoke(_values);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            throw new EnvironmentException($"environment {_name} cannot be made, its constructor threw {OneLine.Of(inner)}", inner);
        }
    }

    private static bool IsUsable(ConstructorInfo constructor) =>
        constructor.GetParameters().All(parameter => parameter.HasDefaultValue || ArgumentText.CanConvert(parameter.ParameterType));

    private static bool Takes(ConstructorInfo constructor, IReadOnlyDictionary<string, string> arguments)
    {
        EnvironmentParameter[] parameters = Parameters(constructor);
        return arguments.Keys.All(argument => parameters.Any(parameter => ArgumentBinder.SameName(parameter.Name, argument)))
            && parameters.All(parameter => parameter.IsOptional || arguments.Keys.Any(argument => ArgumentBinder.SameName(parameter.Name, argument)));
    }

    // A parameter that cannot be given as text keeps its default and is no argument.
    private static EnvironmentParameter[] Parameters(ConstructorInfo constructor) =>
    [
        .. constructor.GetParameters().Select(parameter => new EnvironmentParameter(
            parameter.Name!, parameter.ParameterType, parameter.HasDefaultValue, parameter.HasDefaultValue ? parameter.DefaultValue : null)),
    ];
}
