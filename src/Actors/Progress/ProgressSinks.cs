namespace DqnAkka.Actors;

/// <summary>Those who hear of progress. One that fails must not end a run: it is dropped, and the others hear why.</summary>
/// <param name="sinks">The sinks.</param>
internal sealed class ProgressSinks(IReadOnlyList<IProgressSink> sinks)
{
    private readonly List<IProgressSink> _sinks = [.. sinks];

    /// <summary>Tells every sink.</summary>
    /// <param name="call">What is told.</param>
    public void Tell(Action<IProgressSink> call)
    {
        List<string> failures = [];
        foreach (IProgressSink sink in _sinks.ToArray())
        {
            try
            {
                call(sink);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _sinks.Remove(sink);
                failures.Add($"{sink.GetType().Name} failed and is no longer told: {exception.Message.ReplaceLineEndings(" ")}");
            }
        }

        foreach (string failure in failures)
        {
            Tell(sink => sink.Notice(failure));
        }
    }

    /// <summary>Nobody is told anything any more.</summary>
    public void Close() => _sinks.Clear();
}
