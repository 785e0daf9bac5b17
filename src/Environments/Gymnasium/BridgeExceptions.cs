using System.Diagnostics.CodeAnalysis;

namespace DqnAkka.Environments;

/// <summary>The child process is gone: it died, did not answer in time, or answered what is no answer. Another may be started in its place.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Nobody but the bridge makes it.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It never leaves the bridge.")]
internal sealed class BridgeLostException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The child process says what is wrong, in a frame of its own.</summary>
/// <param name="kind">What it is about, a word of the protocol's.</param>
/// <param name="message">One line that names the thing, the value and the remedy.</param>
/// <param name="traceback">Python's traceback, or empty.</param>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Nobody but the bridge makes it.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It never leaves the bridge but as a cause.")]
internal sealed class BridgeErrorException(string kind, string message, string traceback) : Exception(message)
{
    /// <summary>What it is about, a word of the protocol's.</summary>
    public string Kind => kind;

    /// <summary>Python's traceback, or empty.</summary>
    public string Traceback => traceback;

    /// <inheritdoc />
    public override string ToString() => traceback.Length > 0 ? traceback : Message;
}
