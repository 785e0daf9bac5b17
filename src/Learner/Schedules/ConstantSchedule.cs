namespace DqnAkka.Learner;

/// <summary>The same value for ever.</summary>
/// <param name="value">The value.</param>
public sealed class ConstantSchedule(double value) : ISchedule
{
    /// <inheritdoc />
    public double Value(long step) => value;
}
