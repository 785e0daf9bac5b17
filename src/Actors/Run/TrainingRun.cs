using System.Diagnostics;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What the actors of one run on one node share.</summary>
public sealed class TrainingRun
{
    private bool _hasTraining;

    /// <summary>Finds the network's shape from the environment's spaces.</summary>
    /// <param name="options">The run's options; the directory exists.</param>
    /// <param name="openSinks">Makes those who hear of progress, when the training starts on this node.</param>
    /// <param name="stop">Cancelled when the user ends the run.</param>
    /// <exception cref="EnvironmentException">The environment cannot be made, or is none that DQN can learn.</exception>
    public TrainingRun(TrainingOptions options, Func<IReadOnlyList<IProgressSink>> openSinks, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        OpenSinks = openSinks;
        Stop = stop;
        (ObservationFormat observation, int actionCount) = EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(options.Environment);
        Layout = new NetworkLayout(observation, actionCount, options.Network);
        CheckpointDirectory = Path.Combine(options.Run.Directory, CheckpointStore.FolderName);
    }

    /// <summary>The run's options.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Makes those who hear of progress; they are disposed of when the training leaves this node.</summary>
    public Func<IReadOnlyList<IProgressSink>> OpenSinks { get; }

    /// <summary>Cancelled when the user ends the run.</summary>
    public CancellationToken Stop { get; }

    /// <summary>The network's shape.</summary>
    public NetworkLayout Layout { get; }

    /// <summary>Where checkpoints go.</summary>
    public string CheckpointDirectory { get; }

    /// <summary>Whether the run's clock begins with the training, as where the process may have waited for others long before.</summary>
    public bool StartsWithTraining { get; init; }

    /// <summary>Where fragments come from instead of environments; null for environments.</summary>
    public IFragmentSource? Source { get; init; }

    /// <summary>Whether the training is on this node now.</summary>
    public bool HasTraining
    {
        get => Volatile.Read(ref _hasTraining);
        set => Volatile.Write(ref _hasTraining, value);
    }

    /// <summary>The process's start, a Stopwatch timestamp.</summary>
    public long StartTimestamp { get; } = Stopwatch.GetTimestamp();

    /// <summary>The result, when it is there.</summary>
    public TaskCompletionSource<RunSummary> Summary { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who has the run's folder to itself.</summary>
    public RunClaim Claim => new(CheckpointDirectory);

    /// <summary>Where the run goes on: the counters of its newest whole checkpoint, by the names of <see cref="CounterNames"/>; null where there is none.</summary>
    public IReadOnlyDictionary<string, long>? ReadCheckpointCounters()
    {
        try
        {
            return LoadCheckpoint()?.Content.Counters;
        }
        catch (CheckpointException)
        {
            // The learner, which needs the whole of it, says what is wrong.
            return null;
        }
    }

    /// <summary>The newest whole checkpoint of this run, or null where none was ever written.</summary>
    /// <exception cref="CheckpointException">There are some and none is whole, or it is of another network.</exception>
    public LoadedCheckpoint? LoadCheckpoint()
    {
        CheckpointStore store = new(CheckpointDirectory);
        LoadedCheckpoint? checkpoint = store.Exists || store.HoldsEarlierFormat ? store.Load() : null;
        return checkpoint is not null && ShapeDifference.Describe(checkpoint.Content.Layout, Layout) is { } difference
            ? throw new CheckpointException($"checkpoint {checkpoint.ManifestPath} is of another network ({difference}): give the same network, or another folder with --run-dir")
            : checkpoint;
    }
}
