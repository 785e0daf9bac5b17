using System.Text.RegularExpressions;

namespace DqnAkka.Host;

/// <summary>Where a log entry comes from, and what it says. Akka's entries have all one category, and carry a head and a stack trace in their text.</summary>
/// <param name="Source">Akka's log source, mostly an actor's path; else the category.</param>
/// <param name="IsAkka">Whether the entry came through Akka.</param>
/// <param name="Message">The bare message.</param>
internal sealed partial record LogText(string Source, bool IsAkka, string Message)
{
    private const string SourceKey = "LogSource";
    private const string Cause = "Cause: ";

    // Akka's own actors among ours: the manager of the training's singleton and the proxies to it. The singleton is /user/training/training.
    private static readonly string[] SingletonActors = ["/user/training", "/user/training-proxy"];

    /// <summary>Whether an actor of this program said it.</summary>
    public bool IsOwn => IsAkka
        && ((Source.Contains("/user/", StringComparison.Ordinal) && !Array.Exists(SingletonActors, path => Source.EndsWith(path, StringComparison.Ordinal)))
            || ReplayShard().IsMatch(Source));

    /// <summary>Takes an entry apart.</summary>
    /// <param name="category">The entry's category.</param>
    /// <param name="state">Its state: named values.</param>
    /// <param name="text">Its text.</param>
    /// <param name="exception">What was thrown, if anything.</param>
    public static LogText Read(string category, object? state, string text, Exception? exception)
    {
        string? source = (state as IEnumerable<KeyValuePair<string, object?>>)?.FirstOrDefault(pair => pair.Key == SourceKey).Value?.ToString();
        return source is null
            ? new LogText(category, IsAkka: false, WithException(text, exception))
            : new LogText(source, IsAkka: true, WithException(Bare(text, source, exception), exception));
    }

    // Below Akka's own actors of the region: /system/sharding/replay/<shard>/<entity>.
    [GeneratedRegex("/system/sharding/replay/[0-9]+/[0-9]+$")]
    private static partial Regex ReplayShard();

    /// <summary>Without <c>[LEVEL][time][thread][source]</c> before the message and <c>Cause: …</c> behind it.</summary>
    private static string Bare(string text, string source, Exception? exception)
    {
        string head = $"[{source}] ";
        int start = text.StartsWith('[') ? text.IndexOf(head, StringComparison.Ordinal) : -1;
        string message = start < 0 ? text : text[(start + head.Length)..];
        int cause = exception is null ? -1 : message.LastIndexOf($"{Cause}{exception.GetType()}", StringComparison.Ordinal);
        return cause < 0 ? message.Trim() : message[..cause].Trim();
    }

    private static string WithException(string message, Exception? exception)
    {
        if (exception is null)
        {
            return message;
        }

        Exception first = exception.GetBaseException();
        string thrown = $"{first.GetType().Name}: {first.Message}";
        return message.Length == 0 || message == exception.Message ? thrown : $"{message}: {thrown}";
    }
}
