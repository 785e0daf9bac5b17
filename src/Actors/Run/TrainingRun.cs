using System.Diagnostics;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What the actors of one run on one node share.</summary>
public sealed class TrainingRun
{
    /// <summary>Finds the network's shape from the environment's spaces.</summary>
    /// <param name="options">The run's options; the directory exists.</param>
    /// <param name="sinks">Who hears of progress.</param>
    /// <param name="stop">Cancelled when the user ends the run.</param>
    /// <exception cref="EnvironmentException">The environment cannot be made, or is none that DQN can learn.</exception>
    public TrainingRun(TrainingOptions options, IReadOnlyList<IProgressSink> sinks, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Sinks = sinks;
        Stop = stop;
        (int observationSize, int actionCount) = EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(options.Environment);
        Layout = new NetworkLayout(observationSize, actionCount, options.Network);
        CheckpointDirectory = Path.Combine(options.Run.Directory, CheckpointStore.FolderName);
    }

    /// <summary>The run's options.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Who hears of progress.</summary>
    public IReadOnlyList<IProgressSink> Sinks { get; }

    /// <summary>Cancelled when the user ends the run.</summary>
    public CancellationToken Stop { get; }

    /// <summary>The network's shape.</summary>
    public NetworkLayout Layout { get; }

    /// <summary>Where checkpoints go.</summary>
    public string CheckpointDirectory { get; }

    /// <summary>The run's start, a Stopwatch timestamp.</summary>
    public long StartTimestamp { get; } = Stopwatch.GetTimestamp();

    /// <summary>The result, when it is there.</summary>
    public TaskCompletionSource<RunSummary> Summary { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The newest checkpoint of this run, or null.</summary>
    /// <exception cref="CheckpointException">There is one and it is damaged.</exception>
    public CheckpointContent? LoadCheckpoint()
    {
        CheckpointStore store = new(CheckpointDirectory);
        return store.Exists ? store.Load() : null;
    }
}
