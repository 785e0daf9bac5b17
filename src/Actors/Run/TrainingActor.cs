using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The cluster singleton "training": the learner and everything else that exists once in a run. What other nodes say to the run
/// goes through it. A node that dies takes all of it along, and the next node with the role learner goes on from the newest checkpoint.
/// </summary>
public sealed class TrainingActor : ReceiveActor, IWithTimers
{
    /// <summary>Name of the singleton.</summary>
    public const string SingletonName = "training";

    private static readonly TimeSpan HandOverTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndedPeriod = TimeSpan.FromSeconds(1);
    private readonly TrainingRun _run;
    private readonly IActorRef _progress;
    private readonly IActorRef _coordinator;
    private readonly IActorRef _checkpointWriter;
    private readonly IActorRef _learner;
    private readonly IReadOnlyList<IProgressSink> _sinks;
    private readonly RunLock? _lock;
    private RunSummary? _summary;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public TrainingActor(TrainingRun run, Func<TrainingLinks> nodeLinks)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(nodeLinks);
        _run = run;
        try
        {
            TrainingLinks links = nodeLinks();
            TrainingOptions options = run.Options;
            // Held by the command that trains in one process; on a node it keeps such a command out, and other nodes it must not.
            _lock = options.Run.Directory.Length > 0 ? RunLock.TryTake(options.Run.Directory) : null;
            _sinks = run.OpenSinks();
            // Runners of a run that is resumed in one process end with that process: there are none to wait for.
            bool isTakeover = run.Claim.Exists && options.Run.Resumption == 0;
            IReadOnlyDictionary<string, long>? resumed = run.ReadCheckpointCounters();
            long start = StartTimestamp(resumed);
            _progress = Context.ActorOf(ProgressActor.CreateProps(_sinks, start, links.Node, ResumePoint.From(resumed)), "progress");
            _coordinator = Context.ActorOf(RunCoordinatorActor.CreateProps(options, run.Summary, start), "coordinator");
            _checkpointWriter = Context.ActorOf(
                CheckpointWriterActor.CreateProps(run.Layout, options, run.CheckpointDirectory, _progress), "checkpoints");
            EvaluatorLinks evaluatorLinks = new(links.Mirror, _coordinator, _checkpointWriter, _progress, start, run.Stop)
            {
                // There were fewer evaluations than updates.
                FirstEvaluation = resumed?.GetValueOrDefault(CounterNames.Updates) ?? 0,
                StepsBefore = resumed?.GetValueOrDefault(CounterNames.Steps) ?? 0,
            };
            IActorRef evaluator = Context.ActorOf(EvaluatorActor.CreateProps(run.Layout, options, evaluatorLinks), "evaluator");
            IActorRef registry = Context.ActorOf(RunnerRegistryActor.CreateProps(isTakeover), "runners");
            LearnerGuardianLinks learnerLinks = new(links.Region, _checkpointWriter, _coordinator, _progress, start, LoadCheckpoint)
            {
                Run = RunIdentity.ReadOrMake(options.Run.Directory),
                CheckpointDirectory = run.CheckpointDirectory,
                ParameterServer = links.ParameterServer,
            };
            _learner = Context.ActorOf(LearnerGuardianActor.CreateProps(run.Layout, options, learnerLinks), "learner");
            _coordinator.Tell(new RunMembers(registry, _learner, _checkpointWriter, evaluator, _progress));
            Route(registry);
            Receive<RunProtocol.HandOver>(_ => OnHandOver());
            Receive<RunProtocol.Superseded>(superseded => run.Summary.TrySetException(new SupersededException(superseded.Message)));
            Receive<RunSummary>(OnSummary);
            Receive<TellEnded>(_ => OnTellEnded());
            if (resumed is not null)
            {
                long updates = resumed.GetValueOrDefault(CounterNames.Updates);
                _progress.Tell(new ProgressProtocol.CheckpointSaved(updates));
                _progress.Tell(new ProgressProtocol.Notice($"the run goes on from its checkpoint of {updates} updates"));
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nobody else would hear of a singleton that cannot begin.
            run.Summary.TrySetException(exception);
            throw;
        }
    }

    /// <summary>What the learner goes on from; what had to be passed over is told. Called by the learner, on its thread.</summary>
    private CheckpointContent? LoadCheckpoint()
    {
        LoadedCheckpoint? checkpoint = _run.LoadCheckpoint();
        foreach (string notice in checkpoint?.Notices ?? [])
        {
            _progress.Tell(new ProgressProtocol.Notice(notice));
        }

        return checkpoint?.Content;
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the singleton.</summary>
    /// <param name="run">The run on this node.</param>
    /// <param name="links">Gives the node's other actors when the singleton starts.</param>
    public static Props CreateProps(TrainingRun run, Func<TrainingLinks> links) => Props.Create(() => new TrainingActor(run, links));

    /// <inheritdoc />
    protected override void PreStart() => _run.Summary.Task.PipeTo(Self, failure: _ => TellEnded.Instance);

    /// <inheritdoc />
    protected override void PostStop()
    {
        _lock?.Dispose();
        foreach (IDisposable sink in _sinks.OfType<IDisposable>())
        {
            sink.Dispose();
        }
    }

    private void Route(IActorRef registry)
    {
        Receive<RunProtocol.StopRun>(_coordinator.Forward);
        Receive<ProgressProtocol.RunnerReport>(_progress.Forward);
        Receive<ProgressProtocol.RunnerRestarted>(_progress.Forward);
        Receive<ProgressProtocol.EnvironmentRestarted>(_progress.Forward);
        Receive<ProgressProtocol.Notice>(_progress.Forward);
        Receive<RunnerProtocol.ClaimRunners>(registry.Forward);
        Receive<RunnerProtocol.ReleaseRunners>(registry.Forward);
        Receive<RunProtocol.SourceEnded>(_learner.Forward);
        Receive<SnapshotProtocol.SnapshotRequest>(_learner.Forward);
        Receive<SnapshotProtocol.Received>(_learner.Forward);
        Receive<ILearnerMessage>(_learner.Forward);
    }

    /// <summary>When the run began, on this process's clock: a run that is taken over has the time behind it that its checkpoint says.</summary>
    private long StartTimestamp(IReadOnlyDictionary<string, long>? resumed) => resumed is null
        ? _run.StartsWithTraining ? Stopwatch.GetTimestamp() : _run.StartTimestamp
        : Stopwatch.GetTimestamp() - (long)(resumed.GetValueOrDefault(CounterNames.ElapsedMilliseconds) / 1000.0 * Stopwatch.Frequency);

    /// <summary>This node leaves in good order: what was learned since the last checkpoint goes along.</summary>
    private void OnHandOver()
    {
        if (_summary is not null)
        {
            Context.Stop(Self);
            return;
        }

        _learner.Tell(RunProtocol.FinishTraining.Instance);
        Timers.StartSingleTimer(nameof(HandOverIsLate), HandOverIsLate.Instance, HandOverTimeout);
        Become(HandingOver);
    }

    private void HandingOver()
    {
        Receive<RunProtocol.TrainingFinished>(finished => _checkpointWriter.Tell(new RunProtocol.WriteCheckpoint(finished.Learner)));
        Receive<RunProtocol.TrainingLost>(_ => Context.Stop(Self));
        Receive<RunProtocol.CheckpointWritten>(_ => Context.Stop(Self));
        Receive<RunProtocol.CheckpointFailed>(_ => Context.Stop(Self));
        Receive<HandOverIsLate>(_ => Context.Stop(Self));
        // What belongs to the run is said again to the next node's singleton.
        ReceiveAny(_ => { });
    }

    private void OnSummary(RunSummary summary)
    {
        _summary = summary;
        Timers.StartPeriodicTimer(nameof(TellEnded), TellEnded.Instance, TimeSpan.Zero, EndedPeriod);
    }

    /// <summary>Told until everybody has left: a node that misses it would wait for a learner for ever.</summary>
    private void OnTellEnded()
    {
        if (_summary is null)
        {
            return;
        }

        RunProtocol.RunEnded ended = new(_summary.Reason, _summary.Failure);
        foreach (Member member in Cluster.Get(Context.System).State.Members)
        {
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / NodeProtocol.ActorName).Tell(ended);
        }
    }

    private sealed record TellEnded
    {
        private TellEnded()
        {
        }

        public static TellEnded Instance { get; } = new();
    }

    private sealed record HandOverIsLate
    {
        private HandOverIsLate()
        {
        }

        public static HandOverIsLate Instance { get; } = new();
    }
}

/// <summary>The node's actors that the training talks to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="Mirror">The node's policy mirror.</param>
/// <param name="Node">The node's actor.</param>
public sealed record TrainingLinks(IActorRef Region, IActorRef Mirror, IActorRef Node)
{
    /// <summary>Where the parameter server is; null where the run has none.</summary>
    public ParameterServerPlace? ParameterServer { get; init; }
}
