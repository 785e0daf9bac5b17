namespace DqnAkka.Environments;

/// <summary>What a type of a user's own assembly is wanted for, and how messages speak of it.</summary>
/// <param name="Name">What it is, <c>environment</c>; its plural adds an s.</param>
/// <param name="PathKey">The key with the folders in which its assembly is looked for, <c>environment.path</c>.</param>
/// <param name="Base">What it implements or derives from.</param>
/// <param name="BaseName">How a user writes that.</param>
/// <param name="Failure">Makes the exception of a one-line message and its cause.</param>
public sealed record UserTypeRole(string Name, string PathKey, Type Base, string BaseName, Func<string, Exception?, Exception> Failure);
