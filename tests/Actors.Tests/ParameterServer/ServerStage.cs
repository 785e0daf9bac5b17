using Akka.Actor;
using Akka.TestKit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// The coordinator with real ranges in virtual time, for tests that are several workers. What is said to the ranges is written down, and may be
/// lost on the way, as may what they answer the coordinator.
/// </summary>
internal sealed class ServerStage
{
    private readonly TestKitBase _kit;
    private readonly TrainingOptions _options;
    private readonly IReadOnlyList<ParameterRange> _ranges;
    private readonly List<object> _said = [];
    private IActorRef _wire = ActorRefs.Nobody;
    private IActorRef _server = ActorRefs.Nobody;

    public ServerStage(TestKitBase kit, TrainingOptions options)
    {
        _kit = kit;
        _options = options;
        Layout = Make.Layout(options);
        _ranges = ParameterRange.Cut(Layout.Length, options.ParameterServer.Shards);
        Publisher = kit.CreateTestProbe();
        Writer = kit.CreateTestProbe();
        Progress = kit.CreateTestProbe();
        Progress.IgnoreMessages(message => message is ProgressProtocol.LearnerReport);
    }

    /// <summary>Three ranges; nothing is clipped.</summary>
    public static TrainingOptions Options => Make.Options() with
    {
        Learner = Make.Options().Learner with { Mode = LearnerMode.ParameterServer, MaxGradientNorm = 0 },
        Replay = Make.Options().Replay with { Shards = 1 },
        ParameterServer = new ParameterServerOptions { Shards = 3 },
        Snapshot = new SnapshotOptions { TargetPeriod = 4, Period = 0 },
        Checkpoint = new CheckpointOptions { Period = 1000 },
    };

    public NetworkLayout Layout { get; }

    public TestProbe Publisher { get; }

    public TestProbe Writer { get; }

    public TestProbe Progress { get; }

    public GradientCounts Counts { get; } = new();

    /// <summary>What the coordinator has thrown.</summary>
    public List<Exception> Failures { get; } = [];

    /// <summary>What the next start goes on from.</summary>
    public CheckpointContent? Checkpoint { get; set; }

    /// <summary>Nodes that can hold ranges.</summary>
    public int Nodes { get; set; } = int.MaxValue;

    /// <summary>Which messages to ranges, and which of their answers to the coordinator, get lost.</summary>
    public Func<object, bool> Loses { get; set; } = _ => false;

    /// <summary>Hears of each message to a range before it may get lost.</summary>
    public Action<IParameterRangeMessage> Saying { get; set; } = _ => { };

    /// <summary>θ of a start without a checkpoint.</summary>
    public float[] InitialParameters => LearningProcess.InitialParameters(Layout, _options);

    public void Start()
    {
        _wire = _kit.ActorOfAsTestActorRef<Wire>(Props.Create(() => new Wire(this)));
        TestProbe others = _kit.CreateTestProbe();
        LearnerLinks links = new(others, Publisher, Writer, others, Progress, () => Checkpoint);
        ParameterServerLinks server = new(_wire, Counts) { Nodes = () => Nodes };
        Props props = ParameterServerCoordinatorActor.CreateProps(Layout, _options, links, server);
        // Unlike others they have begun when this returns.
        _server = _kit.ActorOfAsTestActorRef<RestartingParent>(Props.Create(() => new RestartingParent(props, Failures.Add)));
    }

    public void Seconds(int count)
    {
        for (int second = 0; second < count; second++)
        {
            ((TestScheduler)_kit.Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        }
    }

    public void Tell(object message, IActorRef sender) => _server.Tell(message, sender);

    /// <summary>A range's node is killed.</summary>
    public void Kill(int range) => _wire.Tell(new RangeRouter.Lose(range));

    /// <summary>What was said to ranges so far, of one kind, in order.</summary>
    public IReadOnlyList<T> Said<T>() => [.. _said.OfType<T>()];

    /// <summary>Adds a worker, which takes part at once where the ranges are loaded.</summary>
    public StageWorker Enter(string name)
    {
        StageWorker worker = new(this, _kit.CreateTestProbe(), name, _ranges);
        worker.Register();
        return worker;
    }

    /// <summary>A worker ends, and the coordinator has heard of it.</summary>
    public void End(StageWorker worker)
    {
        worker.Stop();
        Progress.FishForMessage<ProgressProtocol.Notice>(notice => notice.Message == $"{worker.Name} has ended; what it was computing is lost");
    }

    /// <summary>Sends a worker's gradient to some ranges, piece by piece.</summary>
    public void Push(StageWorker worker, long push, float[] gradient, params ReadOnlySpan<int> ranges)
    {
        foreach (int range in ranges)
        {
            foreach (ParameterServerProtocol.PushGradient piece in ServerHarness.Push(
                _ranges[range], worker.Epoch, worker.Number, push, gradient, worker.Parameters.TargetVersion))
            {
                _wire.Tell(piece, worker.Probe);
            }
        }
    }

    /// <summary>A gradient that is zero in the padding.</summary>
    public float[] Gradient(ulong seed) => ServerHarness.Gradient(Layout, seed);

    public RunProtocol.LearnerCapture Finish()
    {
        TestProbe finisher = _kit.CreateTestProbe();
        _server.Tell(RunProtocol.FinishTraining.Instance, finisher);
        return finisher.ExpectMsg<RunProtocol.TrainingFinished>().Learner;
    }

    /// <summary>The region's proxy.</summary>
    private sealed class Wire : ReceiveActor
    {
        private readonly Dictionary<IActorRef, IActorRef> _waysBack = [];
        private readonly ServerStage _stage;

        public Wire(ServerStage stage)
        {
            _stage = stage;
            IActorRef ranges = Context.ActorOf(Props.Create(() => new RangeRouter(stage.Layout, stage._options)).WithDispatcher(Dispatchers.ParameterServer));
            Receive<IParameterRangeMessage>(message =>
            {
                stage._said.Add(message);
                stage.Saying(message);
                if (!stage.Loses(message))
                {
                    ranges.Tell(message, IsCoordinators(message) ? WayBack(Sender) : Sender);
                }
            });
            ReceiveAny(ranges.Forward);
        }

        private static bool IsCoordinators(object message) =>
            message is ParameterServerProtocol.ApplyGradients or ParameterServerProtocol.ProbeRange or ParameterServerProtocol.LoadState;

        private IActorRef WayBack(IActorRef coordinator)
        {
            if (!_waysBack.TryGetValue(coordinator, out IActorRef? way))
            {
                way = Context.ActorOf(Props.Create(() => new Way(_stage, coordinator)));
                _waysBack.Add(coordinator, way);
            }

            return way;
        }
    }

    private sealed class Way : ReceiveActor
    {
        public Way(ServerStage stage, IActorRef receiver) => ReceiveAny(message =>
        {
            if (!stage.Loses(message))
            {
                receiver.Forward(message);
            }
        });
    }
}
