namespace DqnAkka.Actors;

/// <summary>Notices which parts of a node make no progress while they wait for something.</summary>
/// <param name="limit">A part that has not moved for so long stands still.</param>
/// <param name="period">Time between two lines about it.</param>
internal sealed class StandstillWatch(TimeSpan limit, TimeSpan period)
{
    private readonly SortedDictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private TimeSpan? _lastLine;

    /// <summary>A part says where it stands.</summary>
    /// <param name="part">Its name.</param>
    /// <param name="progress">Changes when it makes progress.</param>
    /// <param name="waitsFor">What it waits for; empty where it does not.</param>
    /// <param name="now">A steady clock.</param>
    public void Report(string part, long progress, string waitsFor, TimeSpan now)
    {
        bool isStill = _parts.TryGetValue(part, out Part? known) && known.Progress == progress && waitsFor.Length > 0;
        _parts[part] = new Part(progress, waitsFor, isStill ? known!.Since : now);
    }

    /// <summary>A part is no longer there.</summary>
    public void Forget(string part) => _parts.Remove(part);

    /// <summary>What the parts that stand still wait for, in words that complete "waits for …"; empty where all move.</summary>
    public string Describe(TimeSpan now) => string.Join("; ", _parts
        .Where(part => part.Value.WaitsFor.Length > 0 && now - part.Value.Since >= limit)
        .GroupBy(part => part.Value.WaitsFor, part => part.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key} ({string.Join(", ", group)})"));

    /// <summary>What to say now, in the same words; null where there is nothing to say, or it was said less than the period ago.</summary>
    public string? Due(TimeSpan now)
    {
        string text = Describe(now);
        if (text.Length == 0)
        {
            _lastLine = null;
            return null;
        }

        if (_lastLine is { } last && now - last < period)
        {
            return null;
        }

        _lastLine = now;
        return text;
    }

    private sealed record Part(long Progress, string WaitsFor, TimeSpan Since);
}
