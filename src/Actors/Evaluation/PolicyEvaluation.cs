using System.Diagnostics;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Plays greedy episodes with policies of one run.</summary>
/// <param name="layout">The network's shape.</param>
/// <param name="options">The run's options.</param>
/// <param name="startTimestamp">The run's start, a Stopwatch timestamp.</param>
/// <param name="stop">Cancelled when the user ends the run: an evaluation under way is given up.</param>
internal sealed class PolicyEvaluation(NetworkLayout layout, TrainingOptions options, long startTimestamp, CancellationToken stop) : IDisposable
{
    private readonly PolicyNetwork _policy = new(layout, options.Runner.Backend, options.Runner.TorchThreads);
    private IVectorEnvironment? _environment;
    private GreedyEvaluation? _evaluation;

    /// <summary>Hears, in one line, where running episodes were lost: they begin again.</summary>
    public Action<string> EpisodesLost { get; init; } = static _ => { };

    /// <summary>Hears, in one line, that an episode may never end.</summary>
    public Action<string> EpisodeIsLong { get; init; } = static _ => { };

    /// <summary>Hears what a process of the environments' own writes, on a thread of its own.</summary>
    public Action<string>? EnvironmentLog { get; init; }

    /// <summary>Plays <c>evaluation.episodes</c> episodes.</summary>
    /// <param name="snapshot">The policy.</param>
    /// <param name="firstStream">The stream of random numbers of the first episode's environment.</param>
    /// <exception cref="EnvironmentException">The environment cannot be made, or breaks.</exception>
    /// <exception cref="OperationCanceledException">The user ends the run.</exception>
    public EvaluationResult Play(PolicySnapshot snapshot, ulong firstStream)
    {
        // Made when it is first needed, so that an environment that cannot be made ends the run like one that breaks.
        _environment ??= EnvironmentFactory.CreateVector(options.Environment, options.Evaluation.Episodes, EnvironmentLog);
        _evaluation ??= new GreedyEvaluation(_environment, _policy.GreedyActions) { EpisodesLost = EpisodesLost, EpisodeIsLong = EpisodeIsLong };
        _policy.Load(snapshot.Parameters);
        IReadOnlyList<double> returns = _evaluation.Run(options.Run.Seed, firstStream, stop);
        ReturnStatistics statistics = ReturnStatistics.From(returns);
        return new EvaluationResult(
            snapshot.Steps, snapshot.Updates, statistics.Episodes, statistics.Mean, statistics.Deviation, statistics.Minimum, statistics.Maximum)
        {
            Elapsed = Stopwatch.GetElapsedTime(startTimestamp),
        };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _environment?.Dispose();
        _policy.Dispose();
    }
}
