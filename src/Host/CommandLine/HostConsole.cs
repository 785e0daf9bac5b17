using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Where the program writes: results to <paramref name="Output"/>, problems to <paramref name="Error"/>.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="IsTerminal">Whether a person watches the output.</param>
/// <param name="Size">Columns and rows that a picture may take in that person's window; null where it is not known.</param>
internal sealed record HostConsole(TextWriter Output, TextWriter Error, bool IsTerminal, Func<ImageSize>? Size = null);
