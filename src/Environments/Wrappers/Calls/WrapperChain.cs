namespace DqnAkka.Environments;

/// <summary>The wrappers of a configuration, read once and put around any number of copies.</summary>
internal sealed class WrapperChain
{
    private readonly (WrapperRegistration Wrapper, object?[] Values)[] _calls;

    /// <summary>Reads calls.</summary>
    /// <param name="calls">The calls, the innermost wrapper first.</param>
    /// <exception cref="EnvironmentException">A text is no call, no wrapper has the name, or its arguments do not fit.</exception>
    public WrapperChain(IReadOnlyList<string> calls)
    {
        _calls = [.. calls.Select(Bind)];
    }

    /// <summary>Whether there is no wrapper.</summary>
    public bool IsEmpty => _calls.Length == 0;

    /// <summary>Puts all wrappers around an environment.</summary>
    /// <exception cref="EnvironmentException">A wrapper does not fit what is within.</exception>
    public IEnvironment Wrap(IEnvironment environment) =>
        _calls.Aggregate(environment, (inner, call) => call.Wrapper.Create(inner, call.Values));

    private static (WrapperRegistration Wrapper, object?[] Values) Bind(string text)
    {
        WrapperCall call = WrapperCall.Parse(text);
        WrapperRegistration wrapper = WrapperRegistry.Get(call);
        return (wrapper, wrapper.Bind(call));
    }
}
