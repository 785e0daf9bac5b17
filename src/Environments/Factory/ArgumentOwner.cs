namespace DqnAkka.Environments;

/// <summary>Whose arguments are bound, for messages.</summary>
/// <param name="Name">What it is called, <c>environment CartPole-v1</c>.</param>
/// <param name="HowToGive">What the user does to give the argument of a name.</param>
internal sealed record ArgumentOwner(string Name, Func<string, string> HowToGive)
{
    /// <summary>An environment, whose arguments have keys of their own.</summary>
    public static ArgumentOwner Environment(string name) => new($"environment {name}", argument => $"set environment.kwargs.{argument}");

    /// <summary>A wrapper, whose arguments stand in its call.</summary>
    public static ArgumentOwner Wrapper(string name) => new($"wrapper {name}", argument => $"write \"{name}({argument}=...)\" in environment.wrappers");

    /// <inheritdoc />
    public override string ToString() => Name;
}
