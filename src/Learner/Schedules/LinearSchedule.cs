namespace DqnAkka.Learner;

/// <summary>Moves in a straight line from one value to another, then stays there.</summary>
public sealed class LinearSchedule : ISchedule
{
    private readonly double _initial;
    private readonly double _final;
    private readonly long _duration;

    /// <summary>Makes the schedule.</summary>
    /// <param name="initial">The value at step 0 (and before).</param>
    /// <param name="final">The value at <paramref name="duration"/> and after.</param>
    /// <param name="duration">Steps of the way; 0 stays at <paramref name="initial"/> for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public LinearSchedule(double initial, double final, long duration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(duration);
        _initial = initial;
        _final = duration == 0 ? initial : final;
        _duration = duration;
    }

    /// <inheritdoc />
    public double Value(long step) =>
        step <= 0 ? _initial : step >= _duration ? _final : _initial + ((_final - _initial) * ((double)step / _duration));
}
