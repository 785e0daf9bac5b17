namespace DqnAkka.Environments;

/// <summary>
/// What a Python process says is of two kinds: what the environment prints, which interests nobody in general, and what the user must see, as
/// Python's traceback and an observation beyond its declared range.
/// </summary>
public static class BridgeWarnings
{
    /// <summary>What begins a text that the user must see; the bridge's script writes it too.</summary>
    internal const string Prefix = "warning: ";

    /// <summary>Whether a text that the bridge hands to its log is for the user.</summary>
    /// <param name="text">One line, or a traceback of several.</param>
    public static bool IsWarning(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Prefix, StringComparison.Ordinal);
    }
}
