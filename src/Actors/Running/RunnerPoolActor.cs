using System.Globalization;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The runners of one node. A runner that fails is started again with the same index, hence the same ε, after a pause that
/// doubles; when failures exceed <c>runner.max-restarts</c> the run is ended with the first cause.
/// </summary>
public sealed class RunnerPoolActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly NetworkLayout _layout;
    private readonly TrainingOptions _options;
    private readonly RunnerLinks _links;
    private readonly IActorRef _coordinator;
    private readonly Dictionary<IActorRef, int> _indices = [];
    private readonly Dictionary<IActorRef, Exception> _failures = [];
    private string? _firstCause;
    private int _restarts;
    private bool _stopped;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public RunnerPoolActor(NetworkLayout layout, TrainingOptions options, RunnerLinks links, IActorRef coordinator)
    {
        _layout = layout;
        _options = options;
        _links = links;
        _coordinator = coordinator;
        Receive<Terminated>(OnTerminated);
        Receive<StartRunner>(start => Start(start.Index));
        Receive<RunProtocol.StopRunners>(_ => OnStopRunners());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the pool.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom the runners talk to.</param>
    /// <param name="coordinator">Who ends the run.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, RunnerLinks links, IActorRef coordinator) =>
        Props.Create(() => new RunnerPoolActor(layout, options, links, coordinator));

    /// <inheritdoc />
    protected override void PreStart()
    {
        for (int i = 0; i < _options.Runner.Count; i++)
        {
            Start(i);
        }
    }

    /// <summary>A failed runner is stopped, not restarted in place: its successor comes after a pause and with a new incarnation.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, Timeout.Infinite, Decide, loggingEnabled: false);

    private Directive Decide(Exception exception)
    {
        // By runner: a second one may fail before the first one's end is heard of.
        _failures[Sender] = exception;
        return Directive.Stop;
    }

    private void Start(int index)
    {
        if (_stopped)
        {
            return;
        }

        IActorRef runner = Context.ActorOf(EnvironmentRunnerActor.CreateProps(index, _restarts, _layout, _options, _links), RunnerName(index));
        _indices[runner] = index;
        Context.Watch(runner);
    }

    private string RunnerName(int index) => string.Create(CultureInfo.InvariantCulture, $"runner-{index}-{_restarts}");

    private void OnTerminated(Terminated terminated)
    {
        _failures.Remove(terminated.ActorRef, out Exception? failure);
        if (!_indices.Remove(terminated.ActorRef, out int index) || _stopped)
        {
            return;
        }

        string cause = Failures.Describe(failure);
        _firstCause ??= cause;
        if (_restarts >= _options.Runner.MaxRestarts)
        {
            _stopped = true;
            string limit = string.Create(
                CultureInfo.InvariantCulture, $"{_firstCause} (runner {index}; {_restarts} restarts, the limit dqn.runner.max-restarts)");
            _coordinator.Tell(new RunProtocol.StopRun(StopReason.Failed, limit));
            return;
        }

        TimeSpan pause = FirstPause * Math.Pow(2, _restarts);
        _restarts++;
        _links.Progress.Tell(new ProgressProtocol.RunnerRestarted(index, cause));
        Timers.StartSingleTimer($"start-{index}", new StartRunner(index), pause < LongestPause ? pause : LongestPause);
    }

    private void OnStopRunners()
    {
        _stopped = true;
        foreach (IActorRef runner in _indices.Keys)
        {
            Context.Stop(runner);
        }
    }

    private sealed record StartRunner(int Index);
}
