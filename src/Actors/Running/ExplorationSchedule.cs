using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>ε of each runner: a fixed rung of the ladder, or one value that anneals with the run's environment steps.</summary>
/// <param name="options">The exploration options.</param>
/// <param name="runnerCount">Number of runners, N.</param>
public sealed class ExplorationSchedule(ExplorationOptions options, int runnerCount)
{
    private readonly LinearSchedule _annealing = new(options.EpsilonInitial, options.EpsilonFinal, options.EpsilonDecaySteps);

    private readonly bool _isLadder = options.Kind == ExplorationKind.Ladder || (options.Kind == ExplorationKind.Auto && runnerCount > 1);

    /// <summary>ε of a runner.</summary>
    /// <param name="runner">Its index, 0 … N − 1.</param>
    /// <param name="steps">Environment steps of the whole run.</param>
    public double Epsilon(int runner, long steps) => _isLadder
        ? EpsilonLadder.Value(runner, runnerCount, options.LadderBase, options.LadderExponent)
        : _annealing.Value(steps);
}
