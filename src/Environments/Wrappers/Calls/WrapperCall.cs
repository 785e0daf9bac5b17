namespace DqnAkka.Environments;

/// <summary>A wrapper as a configuration names it, with its arguments by name: <c>FrameStackObservation(stack_size=4)</c>.</summary>
/// <param name="Name">The wrapper's name, as it was written.</param>
/// <param name="Arguments">Values by name, as text: <c>4</c>, <c>0.25</c>, <c>true</c>, <c>[0, 2]</c>; quotes are taken off.</param>
internal sealed record WrapperCall(string Name, IReadOnlyDictionary<string, string> Arguments)
{
    /// <summary>Reads a call. Whether there is such a wrapper, and what it takes, is not asked yet.</summary>
    /// <param name="text">A name alone, or a name with arguments in parentheses.</param>
    /// <exception cref="EnvironmentException">The text is no call; the message shows it and says what is wrong where.</exception>
    public static WrapperCall Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new WrapperCallReader(text).Read();
    }

    /// <inheritdoc />
    public override string ToString() =>
        Arguments.Count == 0 ? Name : $"{Name}({string.Join(", ", Arguments.Select(argument => $"{argument.Key}={argument.Value}"))})";
}
