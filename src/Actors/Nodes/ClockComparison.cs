using System.Globalization;

namespace DqnAkka.Actors;

/// <summary>
/// Compares another node's clock with this one's. The other clock was read after this node asked and before it heard, so that only a
/// reading outside that time shows a difference for certain, however long the messages took.
/// </summary>
internal sealed class ClockComparison
{
    /// <summary>A larger difference is worth a warning. None is refused: nothing in the training compares clocks of two nodes.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    // An answer to an older question than this has been lost: without a bound, a node that was asked in vain could not be compared.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, DateTime> _asked = [];

    /// <summary>A node is asked.</summary>
    public void Asked(string address, DateTime now)
    {
        if (!_asked.TryGetValue(address, out DateTime first) || now - first > LongestAnswer)
        {
            _asked[address] = now;
        }
    }

    /// <summary>A node has answered.</summary>
    /// <returns>How far its clock is ahead (behind, if negative) at least; zero where the answer shows no difference.</returns>
    public TimeSpan Answered(string address, long remoteTicks, DateTime now)
    {
        if (!_asked.Remove(address, out DateTime first) || remoteTicks < 0 || remoteTicks > DateTime.MaxValue.Ticks)
        {
            return TimeSpan.Zero;
        }

        long ahead = remoteTicks - now.Ticks;
        long behind = first.Ticks - remoteTicks;
        return TimeSpan.FromTicks(ahead > 0 ? ahead : behind > 0 ? -behind : 0);
    }

    /// <summary>The warning, the same on both nodes.</summary>
    public static string Describe(string self, string other, TimeSpan ahead) => string.Create(
        CultureInfo.InvariantCulture,
        $"the clocks of {self} and {other} differ: {other} is {ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead" : "behind")}; training tolerates that, but their logs do not line up: set both clocks (NTP)");
}
