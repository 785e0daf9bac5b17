namespace DqnAkka.Host;

/// <summary>Where the program writes: results to <paramref name="Output"/>, problems to <paramref name="Error"/>.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="IsTerminal">Whether a person watches the output.</param>
internal sealed record HostConsole(TextWriter Output, TextWriter Error, bool IsTerminal);
