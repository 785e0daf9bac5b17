namespace DqnAkka.Actors;

/// <summary>Lets what repeats through once in a while: the first of each period for each subject. Threads may share it.</summary>
/// <param name="period">How long a subject is quiet after it was let through.</param>
/// <param name="time">The clock.</param>
public sealed class RepeatLimit(TimeSpan period, TimeProvider time)
{
    // Subjects may be the addresses of strangers, who can show up under as many as they like.
    private const int MaxSubjects = 1024;
    private readonly Dictionary<string, long> _admitted = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Whether this one is let through.</summary>
    /// <param name="subject">What it is about.</param>
    public bool Admit(string subject)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            if (_admitted.TryGetValue(subject, out long last) && time.GetElapsedTime(last, now) < period)
            {
                return false;
            }

            if (_admitted.Count >= MaxSubjects && !_admitted.ContainsKey(subject))
            {
                Forget(now);
            }

            if (_admitted.Count >= MaxSubjects && !_admitted.ContainsKey(subject))
            {
                return false;
            }

            _admitted[subject] = now;
            return true;
        }
    }

    private void Forget(long now)
    {
        foreach (string old in _admitted.Where(entry => time.GetElapsedTime(entry.Value, now) >= period).Select(entry => entry.Key).ToArray())
        {
            _admitted.Remove(old);
        }
    }
}
