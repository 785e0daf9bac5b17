namespace DqnAkka.Learner;

/// <summary>A quantity that changes with a counter: a pure function, so that a resumed run needs the counter only.</summary>
public interface ISchedule
{
    /// <summary>The value at a count.</summary>
    /// <param name="step">Steps or updates so far, whatever the schedule is over.</param>
    double Value(long step);
}
