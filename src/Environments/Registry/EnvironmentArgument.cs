namespace DqnAkka.Environments;

/// <summary>An argument of a built-in environment.</summary>
/// <param name="Name">Its name as in Gymnasium, snake_case.</param>
/// <param name="Default">Its default; its type is the argument's.</param>
/// <param name="Description">What it does, in one line.</param>
public sealed record EnvironmentArgument(string Name, object Default, string Description);
