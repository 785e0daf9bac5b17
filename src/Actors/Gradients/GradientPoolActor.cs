using System.Globalization;
using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The gradient workers of one node. One that fails is started again after a pause that doubles; when failures exceed
/// <c>gradient.max-restarts</c> within the window the run is ended with the first cause. Where the server refuses a worker, or a worker cannot even
/// be made (a device that is not there), the node ends with the line that says why.
/// </summary>
public sealed class GradientPoolActor : ReceiveActor, IWithTimers
{
    private const int LongestDoubling = 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RepeatPeriod = TimeSpan.FromSeconds(1);
    private readonly NetworkLayout _layout;
    private readonly TrainingOptions _options;
    private readonly GradientWorkerLinks _links;
    private readonly RestartWindow _window;
    private readonly Dictionary<IActorRef, int> _workers = [];
    private readonly Dictionary<IActorRef, Exception> _failures = [];
    private int _starts;
    private bool _isOver;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public GradientPoolActor(NetworkLayout layout, TrainingOptions options, GradientWorkerLinks links)
    {
        _layout = layout;
        _options = options;
        _links = links;
        _window = new RestartWindow(options.Gradient.MaxRestarts, TimeSpan.FromMinutes(options.Run.RestartWindowMinutes), TimeProvider.System);
        Receive<Terminated>(OnTerminated);
        Receive<PauseEnded>(pause => Start(pause.Index));
        Receive<GradientProtocol.WorkerRefused>(refused => EndNode(new LearnerException(refused.Fault) { IsFinal = true }));
        // The singleton may be on its way to another node, and what was said to it lost.
        Receive<RunProtocol.StopRun>(_links.Training.Tell);
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes the pool.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="links">Whom the workers talk to.</param>
    public static Props CreateProps(NetworkLayout layout, TrainingOptions options, GradientWorkerLinks links) =>
        Props.Create(() => new GradientPoolActor(layout, options, links));

    /// <inheritdoc />
    protected override void PreStart()
    {
        for (int index = 0; index < _options.Gradient.Workers; index++)
        {
            Start(index);
        }
    }

    /// <summary>A failed worker is stopped, not restarted in place: its successor comes after a pause and with a new incarnation.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, Timeout.Infinite, Decide, loggingEnabled: false);

    private Directive Decide(Exception exception)
    {
        // By worker: a second one may fail before the first one's end is heard of.
        _failures[Sender] = exception;
        return Directive.Stop;
    }

    private void Start(int index)
    {
        if (_isOver)
        {
            return;
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"worker-{index}-{_starts++}");
        IActorRef worker = Context.ActorOf(GradientWorkerActor.CreateProps(index, _layout, _options, _links), name);
        _workers[worker] = index;
        Context.Watch(worker);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (!_workers.Remove(terminated.ActorRef, out int index) || !_failures.Remove(terminated.ActorRef, out Exception? failure) || _isOver)
        {
            return;
        }

        string cause = Failures.Describe(failure);
        bool isFinal = failure is ActorInitializationException or LearnerException { IsFinal: true }
            || MemoryShortage.IsCause(failure)
            || cause.Contains("CUDA", StringComparison.Ordinal);
        if (isFinal)
        {
            EndNode(new LearnerException(cause, failure) { IsFinal = true });
            return;
        }

        TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(_window.Count, LongestDoubling));
        if (!_window.TryAdd(cause))
        {
            EndRun(index);
            return;
        }

        _links.Training.Tell(new ProgressProtocol.Notice($"gradient worker {index} of {_links.Address} is started again: {cause}"));
        Timers.StartSingleTimer($"start-{index}", new PauseEnded(index), pause < LongestPause ? pause : LongestPause);
    }

    private void EndRun(int index)
    {
        string limit = string.Create(
            CultureInfo.InvariantCulture,
            $"{_window.FirstCause} (gradient worker {index} of {_links.Address}; {_window.Count} restarts in {_options.Run.RestartWindowMinutes} minutes, the limit dqn.gradient.max-restarts)");
        StopWorkers();
        RunProtocol.StopRun stop = new(StopReason.Failed, limit);
        _links.Training.Tell(stop);
        Timers.StartPeriodicTimer(nameof(RunProtocol.StopRun), stop, RepeatPeriod);
    }

    private void EndNode(LearnerException cause)
    {
        StopWorkers();
        _links.Fail(cause);
    }

    private void StopWorkers()
    {
        _isOver = true;
        foreach (IActorRef worker in _workers.Keys)
        {
            Context.Stop(worker);
        }
    }

    private sealed record PauseEnded(int Index);
}
