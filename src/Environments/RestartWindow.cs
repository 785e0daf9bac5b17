namespace DqnAkka.Environments;

/// <summary>Counts restarts over a sliding window of time: a fault now and then is lived with, a series of them is not.</summary>
/// <param name="limit">Restarts allowed within the window.</param>
/// <param name="window">How long a restart counts.</param>
/// <param name="time">The clock.</param>
public sealed class RestartWindow(int limit, TimeSpan window, TimeProvider time)
{
    private readonly Queue<(long Timestamp, string Cause)> _restarts = new();
    private string _refused = "";

    /// <summary>Restarts within the window.</summary>
    public int Count
    {
        get
        {
            while (_restarts.TryPeek(out (long Timestamp, string Cause) oldest) && time.GetElapsedTime(oldest.Timestamp) >= window)
            {
                _restarts.Dequeue();
            }

            return _restarts.Count;
        }
    }

    /// <summary>What the oldest restart within the window came of: where one fault follows another, it is the first that says why.</summary>
    public string FirstCause => Count > 0 ? _restarts.Peek().Cause : _refused;

    /// <summary>Asks for one more restart.</summary>
    /// <param name="cause">One line.</param>
    /// <returns>Whether it is within the limit; where it is not, it does not count as a restart.</returns>
    public bool TryAdd(string cause)
    {
        if (Count >= limit)
        {
            _refused = cause;
            return false;
        }

        _restarts.Enqueue((time.GetTimestamp(), cause));
        return true;
    }
}
