using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the <c>eval</c> command was asked.</summary>
/// <param name="CheckpointPath">A run's folder, its checkpoints', or one checkpoint's manifest.</param>
/// <param name="Episodes">Number of episodes; null for <c>evaluation.episodes</c>.</param>
/// <param name="Configuration">Where the environment is described, over the run's own configuration.</param>
/// <param name="IsBest">Whether the best checkpoint by evaluation is meant and not the newest.</param>
internal sealed record EvaluateRequest(string CheckpointPath, int? Episodes, ConfigurationSource Configuration, bool IsBest = false);

/// <summary>Plays greedy episodes with a checkpoint's policy.</summary>
internal sealed class EvaluateCommand(HostCollaborators collaborators, HostConsole console)
{
    // The range of evaluation.episodes.
    private const int MaxEpisodes = 100_000;

    /// <summary>Plays them and prints one line.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong.</exception>
    public int Run(EvaluateRequest request, CancellationToken stop)
    {
        if (request.Episodes is < 1 or > MaxEpisodes)
        {
            throw new UserErrorException($"--episodes {request.Episodes} is out of range: give 1 to {MaxEpisodes}");
        }

        using TrainedAgent agent = TrainedAgent.Load(collaborators, console, request.CheckpointPath, request.IsBest, request.Configuration);
        TrainingOptions options = agent.Options;
        using IVectorEnvironment environment = collaborators.Environments.CreateVector(options.Environment, request.Episodes ?? options.Evaluation.Episodes);
        IReadOnlyList<double> returns = new GreedyEvaluation(environment, agent.Policy) { EpisodesLost = WarnOfLoss }.Run(options.Run.Seed, SeedStreams.EvaluationCommand, stop);
        console.Output.WriteLine(EvaluationLine.Format(ReturnStatistics.From(returns)));
        return ExitCode.Done;
    }

    private void WarnOfLoss(string cause) => console.Error.WriteLine($"warning: {cause}");
}
