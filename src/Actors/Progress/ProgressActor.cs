using Akka.Actor;
using Akka.Event;

namespace DqnAkka.Actors;

/// <summary>Everything reports here; the sinks (console, metrics file) hear of it four times a second.</summary>
public sealed class ProgressActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(250);
    private const int TicksPerPartReport = 4;
    private readonly ProgressLedger _ledger;
    private readonly ProgressSinks _sinks;
    private readonly IActorRef _node;
    private readonly ResumePoint? _resumedAt;
    private int _ticks;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public ProgressActor(IReadOnlyList<IProgressSink> sinks, long startTimestamp, IActorRef node, ResumePoint? resumedAt)
    {
        _resumedAt = resumedAt;
        _sinks = new ProgressSinks(sinks);
        _node = node;
        _ledger = new ProgressLedger(startTimestamp, resumedAt);
        Receive<ProgressProtocol.RunnerReport>(report => _ledger.Add(report));
        Receive<ProgressProtocol.LearnerReport>(report => _ledger.Add(report));
        Receive<EvaluationProtocol.Evaluated>(evaluated => _sinks.Tell(sink => sink.Evaluated(evaluated.Result)));
        Receive<ProgressProtocol.RunnerRestarted>(OnRunnerRestarted);
        Receive<ProgressProtocol.EnvironmentRestarted>(OnEnvironmentRestarted);
        Receive<ProgressProtocol.LearnerRestarted>(OnLearnerRestarted);
        Receive<ProgressProtocol.CheckpointSaved>(saved => _ledger.Add(saved));
        Receive<ProgressProtocol.Notice>(notice => _sinks.Tell(sink => sink.Notice(notice.Message)));
        // Akka marks as suppressed what it expects to lose, such as its own messages while a cluster forms.
        Receive<SuppressedDeadLetter>(_ => { });
        Receive<AllDeadLetters>(_ => _ledger.DeadLetters++);
        Receive<ProgressProtocol.CountEpisodes>(_ => Sender.Tell(new ProgressProtocol.EpisodesCounted(_ledger.Episodes)));
        Receive<Tick>(_ => OnTick());
        Receive<ProgressProtocol.Complete>(OnComplete);
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the actor.</summary>
    /// <param name="sinks">Who hears of progress.</param>
    /// <param name="startTimestamp">The run's start, a Stopwatch timestamp.</param>
    /// <param name="node">The node's actor, which hears where the training stands.</param>
    /// <param name="resumedAt">Where the run goes on; null where it begins.</param>
    public static Props CreateProps(IReadOnlyList<IProgressSink> sinks, long startTimestamp, IActorRef node, ResumePoint? resumedAt = null) =>
        Props.Create(() => new ProgressActor(sinks, startTimestamp, node, resumedAt)).WithDispatcher(Dispatchers.Files);

    /// <inheritdoc />
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickPeriod);
        Context.System.EventStream.Subscribe(Self, typeof(AllDeadLetters));
    }

    /// <inheritdoc />
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnTick()
    {
        ProgressReport report = _ledger.Report();
        _sinks.Tell(sink => sink.Report(report));
        if (++_ticks % TicksPerPartReport == 0)
        {
            _node.Tell(new NodeProtocol.PartReport("training", report.Updates + report.Inserts, _ledger.WaitsFor, _ledger.Status(report)));
        }
    }

    private void OnRunnerRestarted(ProgressProtocol.RunnerRestarted restarted)
    {
        _ledger.RunnerRestarts++;
        _sinks.Tell(sink => sink.Notice($"runner {restarted.Runner} restarts (restart {_ledger.RunnerRestarts}): {restarted.Cause}"));
    }

    private void OnEnvironmentRestarted(ProgressProtocol.EnvironmentRestarted restarted)
    {
        _ledger.EnvironmentRestarts++;
        _sinks.Tell(sink => sink.Notice($"{restarted.Where}'s environments begin anew (environment restart {_ledger.EnvironmentRestarts}): {restarted.Cause}"));
    }

    private void OnLearnerRestarted(ProgressProtocol.LearnerRestarted restarted)
    {
        _ledger.LearnerRestarts++;
        _sinks.Tell(sink => sink.Notice($"the learner restarts from its checkpoint (restart {_ledger.LearnerRestarts}): {restarted.Cause}"));
    }

    private void OnComplete(ProgressProtocol.Complete complete)
    {
        Timers.CancelAll();
        RunSummary summary = new()
        {
            Reason = complete.Reason,
            Failure = complete.Failure,
            Evaluation = complete.Evaluation,
            CheckpointDirectory = complete.CheckpointDirectory,
            Progress = _ledger.Report(),
            ResumedAt = _resumedAt,
        };
        _sinks.Tell(sink => sink.Report(summary.Progress));
        _sinks.Tell(sink => sink.Completed(summary));
        _sinks.Close();
        Sender.Tell(new ProgressProtocol.Completed(summary));
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
