using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Keeps a deterministic run's course: counts episodes, has policies evaluated when that is due, and remembers the best.</summary>
internal sealed class CourseKeeper
{
    private readonly TrainingOptions _options;
    private readonly ReturnWindow _returns = new();
    private RunCourse _course;

    /// <summary>Goes on with a course.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="course">The course so far.</param>
    public CourseKeeper(TrainingOptions options, RunCourse course)
    {
        _options = options;
        // A score that is no longer asked for is none to end by.
        _course = course with { IsDecided = course.IsDecided && course.BestResult?.Mean >= options.Stop.Score };
        foreach (double value in course.Returns)
        {
            _returns.Add(value);
        }
    }

    /// <summary>The course so far.</summary>
    public RunCourse Course => _course with { Returns = [.. _returns.Values] };

    /// <summary>Whether an evaluation has reached <c>stop.score</c> and was confirmed.</summary>
    public bool IsDecided => _course.IsDecided;

    /// <summary>What the last training returns come to; null before the first.</summary>
    public ReturnStatistics? Returns => _returns.Statistics;

    /// <summary>Takes the returns of episodes that ended, and empties the list.</summary>
    public void Take(List<double> finishedReturns)
    {
        foreach (double value in finishedReturns)
        {
            _returns.Add(value);
        }

        _course = _course with { Episodes = _course.Episodes + finishedReturns.Count };
        finishedReturns.Clear();
    }

    /// <summary>Notes the last report, and how far the metrics are with it.</summary>
    public void Note(ProgressReport report, long metricsLength) => _course = _course with { LastReport = report, MetricsLength = metricsLength };

    /// <summary>Evaluates a policy if that is due; one that reaches <c>stop.score</c> plays a second time, on episodes that it has not seen.</summary>
    /// <param name="snapshot">The policy.</param>
    /// <param name="play">Plays greedy episodes, from a stream of random numbers on.</param>
    /// <returns>The evaluations: none, one or two.</returns>
    public IEnumerable<EvaluationResult> EvaluateIfDue(PolicySnapshot snapshot, Func<PolicySnapshot, ulong, EvaluationResult> play)
    {
        if (snapshot.Steps < _course.NextEvaluation || snapshot.Updates == 0 || _course.IsDecided)
        {
            yield break;
        }

        _course = _course with { NextEvaluation = ((snapshot.Steps / _options.Evaluation.Period) + 1) * _options.Evaluation.Period };
        EvaluationResult result = Play(snapshot, play);
        // Of equal scores the later policy has seen more.
        if (_course.BestResult is not { } best || result.Mean >= best.Mean)
        {
            _course = _course with { Best = snapshot, BestResult = result };
        }

        yield return result;
        if (!(result.Mean >= _options.Stop.Score))
        {
            yield break;
        }

        EvaluationResult confirmation = Play(snapshot, play);
        if (confirmation.Mean >= _options.Stop.Score)
        {
            _course = _course with { Best = snapshot, BestResult = confirmation, IsDecided = true };
        }

        yield return confirmation;
    }

    private EvaluationResult Play(PolicySnapshot snapshot, Func<PolicySnapshot, ulong, EvaluationResult> play)
    {
        ulong number = (ulong)_course.Evaluations;
        _course = _course with { Evaluations = _course.Evaluations + 1 };
        return play(snapshot, SeedStreams.Evaluation + (number << 24));
    }
}
