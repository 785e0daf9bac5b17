using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What the <c>replay import</c> command was asked.</summary>
/// <param name="File">The file.</param>
/// <param name="Epochs">How often it is gone through.</param>
/// <param name="Configuration">What the command line says about the configuration.</param>
internal sealed record ReplayImportRequest(string File, int Epochs, ConfigurationSource Configuration);

/// <summary>Trains from a file instead of from environments; the environment is needed for evaluation only.</summary>
internal sealed class ReplayImportCommand(HostCollaborators collaborators, HostConsole console)
{
    private const string Origin = "replay import";

    // Who reads a file is one, and chooses no actions.
    private static readonly (string Key, string Value, string Option)[] Fixed =
    [
        ("dqn.runner.count", "1", Origin),
        ("dqn.exploration.kind", "anneal", Origin),
        ("dqn.exploration.epsilon-initial", "0", Origin),
        ("dqn.exploration.epsilon-final", "0", Origin),
    ];

    /// <summary>Runs the training.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong; nothing was started.</exception>
    public async Task<int> RunAsync(ReplayImportRequest request, CancellationToken stop)
    {
        if (request.Epochs < 1)
        {
            throw new UserErrorException($"--epochs {request.Epochs} is out of range: give at least 1");
        }

        ResolvedConfiguration configuration = Resolve(request);
        TrainingOptions options = configuration.Options;
        if (options.Run.Deterministic)
        {
            throw new UserErrorException("dqn.run.deterministic = true is for train: an import reads its file beside the learner, at a pace of its own; set it to false");
        }

        (ObservationFormat observation, int actionCount) = collaborators.Environments.RequireSpaces(options.Environment);
        RunChecks.RequireLayout(observation, actionCount, options.Network);
        ReplayDescription expected = Expected(options, observation, actionCount);
        using ParquetReplayFile file = ParquetReplayFile.Open(request.File, expected);
        if (file.IsOurs)
        {
            ImportChecks.RequireFit(request.File, file.Description, options, observation, actionCount);
        }
        else if (options.Learner.NStep != 1)
        {
            throw new UserErrorException(
                $"{request.File} has rewards of single steps, the configuration dqn.learner.n-step = {options.Learner.NStep}: give --set dqn.learner.n-step=1");
        }

        ImportChecks.RequireCourse(request.File, file.Count * request.Epochs, options);
        ImportChecks.RequireSoundRows(request.File, file, actionCount, stop);
        NetworkLayout? priorities = options.Replay.Prioritized ? new NetworkLayout(observation, actionCount, options.Network) : null;
        using ReplayFragments source = new(file, request.Epochs, options.Runner.Environments * options.Runner.Fragment, priorities);
        return await new TrainCommand(collaborators, console).RunAsync(configuration, source, stop).ConfigureAwait(false);
    }

    /// <summary>Without a configuration of the user's, the file says what it was played on.</summary>
    private static ResolvedConfiguration Resolve(ReplayImportRequest request)
    {
        ConfigurationSource source = request.Configuration with { Options = Fixed };
        bool isNamed = source.Files.Count > 0 || source.Assignments.Any(assignment => assignment.StartsWith("dqn.environment.", StringComparison.Ordinal));
        if (!isNamed)
        {
            using ParquetReplayFile file = ParquetReplayFile.Open(request.File);
            IEnumerable<string> named = EnvironmentLayers.KeysOf(file.Description.Environment).Select(key => $"{key.Key}={key.Value}");
            source = source with { Assignments = [.. named, .. source.Assignments] };
        }

        return source.Resolve();
    }

    private static ReplayDescription Expected(TrainingOptions options, ObservationFormat observation, int actionCount) => new()
    {
        Environment = options.Environment.DisplayName,
        Observation = observation,
        ActionCount = actionCount,
        Gamma = options.Learner.Gamma,
    };
}
