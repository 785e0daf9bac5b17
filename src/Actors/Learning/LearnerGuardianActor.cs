using System.Diagnostics;
using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Keeps the learner and its publisher. A learner that fails goes on from the newest checkpoint, up to <c>learner.max-restarts</c>
/// times within <c>run.restart-window-minutes</c>; want of memory, a CUDA error, a loss that stays infinite, or a learner that cannot even start
/// ends the run.
/// </summary>
public sealed class LearnerGuardianActor : ReceiveActor
{
    private readonly LearnerGuardianLinks _links;
    private readonly IActorRef _learner;
    private readonly RestartWindow _restarts;
    private readonly GradientCounts _gradients = new();
    private IActorRef? _finisher;
    private bool _isLost;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public LearnerGuardianActor(NetworkLayout layout, TrainingOptions options, LearnerGuardianLinks links)
    {
        _restarts = new RestartWindow(options.Learner.MaxRestarts, TimeSpan.FromMinutes(options.Run.RestartWindowMinutes), TimeProvider.System);
        _links = links;
        IActorRef publisher = Context.ActorOf(SnapshotPublisherActor.CreateProps(options.Snapshot), "publisher");
        ReplicaExchange? replicas = StartReplicaGroup(options.Learner);
        LearnerLinks learnerLinks = new(links.Region, publisher, links.CheckpointWriter, links.Coordinator, links.Progress, links.Resume)
        {
            Run = links.Run,
            CheckpointDirectory = links.CheckpointDirectory,
            ElapsedMilliseconds = () => (long)Stopwatch.GetElapsedTime(links.StartTimestamp).TotalMilliseconds,
            Replicas = replicas,
        };
        _learner = Context.ActorOf(LearnerProps(layout, options, learnerLinks), "learner");
        Receive<RunProtocol.FinishTraining>(OnFinishTraining);
        Receive<RunProtocol.SourceEnded>(_learner.Forward);
        Receive<ILearnerMessage>((replicas?.Group ?? _learner).Forward);
        Receive<SnapshotProtocol.SnapshotRequest>(publisher.Forward);
        Receive<SnapshotProtocol.Received>(publisher.Forward);
    }

    /// <summary>Makes the guardian.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom the learner talks to.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, LearnerGuardianLinks links) =>
        Props.Create(() => new LearnerGuardianActor(layout, options, links));

    /// <inheritdoc />
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, Timeout.Infinite, Decide, loggingEnabled: false);

    private ReplicaExchange? StartReplicaGroup(LearnerOptions options)
    {
        if (options.Mode != LearnerMode.DataParallel || options.Replicas == 1)
        {
            return null;
        }

        ReplicaExchange exchange = new();
        exchange.Group = Context.ActorOf(ReplicaGroupActor.CreateProps(options, exchange, _links.Progress), "replicas");
        return exchange;
    }

    private Props LearnerProps(NetworkLayout layout, TrainingOptions options, LearnerLinks learnerLinks) => _links.ParameterServer is { } server
        ? ParameterServerCoordinatorActor.CreateProps(
            layout, options, learnerLinks, new ParameterServerLinks(server.Region, _gradients) { Nodes = server.Nodes })
        : LearnerActor.CreateProps(layout, options, learnerLinks);

    private void OnFinishTraining(RunProtocol.FinishTraining finish)
    {
        if (_isLost)
        {
            Sender.Tell(RunProtocol.TrainingLost.Instance);
        }
        else
        {
            _finisher = Sender;
            _learner.Forward(finish);
        }
    }

    private Directive Restart()
    {
        if (_finisher is { } finisher)
        {
            // The one that starts now has not heard that the run is to end.
            _learner.Tell(RunProtocol.FinishTraining.Instance, finisher);
        }

        return Directive.Restart;
    }

    private Directive Decide(Exception exception)
    {
        if (exception is RangeLostException)
        {
            // Nodes come and go: that their ranges return to the checkpoint is no failure of the learner's.
            _gradients.Returns++;
            _links.Progress.Tell(new ProgressProtocol.Notice(exception.Message));
            return Restart();
        }

        string cause = Failures.Describe(exception);
        bool isFatal = exception is ActorInitializationException or LearnerException { IsFinal: true }
            || MemoryShortage.IsCause(exception)
            || cause.Contains("CUDA", StringComparison.Ordinal);
        if (isFatal || !_restarts.TryAdd(cause))
        {
            string failure = isFatal ? cause : $"{_restarts.FirstCause} ({_restarts.Count} restarts, the limit dqn.learner.max-restarts)";
            _isLost = true;
            _links.Coordinator.Tell(new RunProtocol.StopRun(StopReason.Failed, failure));
            return Directive.Stop;
        }

        _links.Progress.Tell(new ProgressProtocol.LearnerRestarted(cause));
        return Restart();
    }
}

/// <summary>Whom the learner talks to.</summary>
/// <param name="Region">The replay shards' region.</param>
/// <param name="CheckpointWriter">Who writes checkpoints.</param>
/// <param name="Coordinator">Who ends the run.</param>
/// <param name="Progress">The Progress actor.</param>
/// <param name="StartTimestamp">The run's start, a Stopwatch timestamp.</param>
/// <param name="Resume">Gives the checkpoint to go on from, or null.</param>
public sealed record LearnerGuardianLinks(
    IActorRef Region,
    IActorRef CheckpointWriter,
    IActorRef Coordinator,
    IActorRef Progress,
    long StartTimestamp,
    Func<CheckpointContent?> Resume)
{
    /// <summary>The run's number; 0 where it has none.</summary>
    public long Run { get; init; }

    /// <summary>The folder of the run's checkpoints; empty where it has none.</summary>
    public string CheckpointDirectory { get; init; } = "";

    /// <summary>Where the parameter server is, which then is the learner; null where a learner has the parameters itself.</summary>
    public ParameterServerPlace? ParameterServer { get; init; }
}
