namespace DqnAkka.Actors;

/// <summary>Greedy evaluation.</summary>
public static class EvaluationProtocol
{
    /// <summary>A policy was evaluated.</summary>
    /// <param name="Snapshot">The policy.</param>
    /// <param name="Result">Its returns.</param>
    public sealed record Evaluated(PolicySnapshot Snapshot, EvaluationResult Result);

    /// <summary>A policy reached <c>stop.score</c> in two evaluations on different episodes; it is the one to keep.</summary>
    /// <param name="Snapshot">The policy.</param>
    /// <param name="Result">The second evaluation.</param>
    public sealed record ScoreReached(PolicySnapshot Snapshot, EvaluationResult Result);

    /// <summary>Asks for an evaluation on episodes that no other evaluation of the run has seen; answered by <see cref="FinalEvaluation"/>.</summary>
    /// <param name="Snapshot">The policy.</param>
    public sealed record EvaluateFinal(PolicySnapshot Snapshot);

    /// <summary>The answer.</summary>
    /// <param name="Result">The returns.</param>
    public sealed record FinalEvaluation(EvaluationResult Result);

    /// <summary>The environment broke during the final evaluation.</summary>
    /// <param name="Message">One line.</param>
    public sealed record FinalEvaluationFailed(string Message);
}
