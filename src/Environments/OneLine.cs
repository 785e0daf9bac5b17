namespace DqnAkka.Environments;

/// <summary>Makes one line of what others wrote, since every message for the user is one line.</summary>
internal static class OneLine
{
    /// <summary>The exception's type and message, line breaks replaced by spaces.</summary>
    public static string Of(Exception exception) => $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}";
}
