namespace DqnAkka.Actors;

/// <summary>
/// When a mirror that lacks something asks for it: soon where nobody has answered so far, a second after the last piece that came
/// where one is underway, and ever more seldom where nobody answers.
/// </summary>
internal sealed class RequestSchedule
{
    /// <summary>Length of a tick.</summary>
    public const int TickMilliseconds = 200;

    private const int Patience = 1000 / TickMilliseconds;
    private const int LongestDelay = 5 * Patience;
    private long _now;
    private long _due = 1;
    private long _delay = 1;

    /// <summary>Time passes.</summary>
    /// <param name="isLacking">Whether something is lacking.</param>
    /// <returns>Whether to ask now.</returns>
    public bool Tick(bool isLacking)
    {
        _now++;
        if (!isLacking || _now < _due)
        {
            return false;
        }

        _due = _now + _delay;
        _delay = Math.Min(2 * _delay, LongestDelay);
        return true;
    }

    /// <summary>Something came, and more is underway.</summary>
    public void Progress()
    {
        _delay = Patience;
        _due = _now + Patience;
    }
}
