using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>A wrapper that a configuration can name.</summary>
public sealed record WrapperRegistration
{
    /// <summary>Registers a wrapper.</summary>
    /// <param name="name">Its name, Gymnasium's where there is one.</param>
    /// <param name="description">What it does, in one line.</param>
    /// <param name="parameters">Its parameters; one without a value must be given.</param>
    /// <param name="create">Wraps an environment, with the parameters' values in their order.</param>
    internal WrapperRegistration(
        string name, string description, IReadOnlyList<EnvironmentParameter> parameters, Func<IEnvironment, object?[], IEnvironment> create)
    {
        Name = name;
        Description = description;
        Parameters = parameters;
        Create = create;
    }

    /// <summary>Its name, as in a call.</summary>
    public string Name { get; }

    /// <summary>What it does, in one line.</summary>
    public string Description { get; }

    /// <summary>The call with every argument, those that can be left out with their defaults: <c>MaxAndSkipObservation(skip=4)</c>.</summary>
    public string Signature => Parameters.Count == 0
        ? Name
        : $"{Name}({string.Join(", ", Parameters.Select(parameter => parameter.IsOptional
            ? string.Create(CultureInfo.InvariantCulture, $"{parameter.Name}={parameter.Default ?? "none"}")
            : parameter.Name))})";

    /// <summary>Its parameters.</summary>
    internal IReadOnlyList<EnvironmentParameter> Parameters { get; }

    /// <summary>Wraps an environment, with the values of <see cref="Parameters"/> in their order.</summary>
    internal Func<IEnvironment, object?[], IEnvironment> Create { get; }

    /// <summary>The values of <see cref="Parameters"/> that a call gives.</summary>
    /// <exception cref="EnvironmentException">An argument is unknown, missing, or not a value of its parameter's type.</exception>
    internal object?[] Bind(WrapperCall call) => ArgumentBinder.Bind(ArgumentOwner.Wrapper(Name), Parameters, call.Arguments);
}
