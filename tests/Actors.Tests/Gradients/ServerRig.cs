using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// The real coordinator, the real ranges and real gradient workers on their own threads, and one replay shard that gives prepared batches: what
/// was asked, computed and applied is written down.
/// </summary>
internal sealed class ServerRig
{
    private readonly TestKitBase _kit;
    private readonly TrainingOptions _options;
    private readonly NetworkLayout _layout;
    private readonly IActorRef _replay;
    private readonly IActorRef _router;
    private readonly IActorRef _training;
    private readonly TestProbe _progress;

    public ServerRig(TestKitBase kit, TrainingOptions options, NetworkLayout layout, int rounds)
    {
        _kit = kit;
        _options = options;
        _layout = layout;
        _progress = kit.CreateTestProbe();
        TestProbe others = kit.CreateTestProbe();
        others.IgnoreMessages(_ => true);
        _replay = kit.Sys.ActorOf(Props.Create(() => new ReplayScript(this, rounds)));
        _router = kit.Sys.ActorOf(Props.Create(() => new Router(this, others)));
        LearnerLinks links = new(_replay, others, others, others, _progress, () => null);
        Coordinator = kit.Sys.ActorOf(ParameterServerCoordinatorActor.CreateProps(layout, options, links, new ParameterServerLinks(_router, Counts)));
        _training = kit.Sys.ActorOf(Props.Create(() => new Way(this)));
    }

    public IActorRef Coordinator { get; }

    public GradientCounts Counts { get; } = new();

    /// <summary>What the shard has given, in order.</summary>
    public ConcurrentQueue<ReplayProtocol.SampleReply> Given { get; } = new();

    /// <summary>Batches of each, in order.</summary>
    public ConcurrentQueue<int[]> Asked { get; } = new();

    /// <summary>What workers have told.</summary>
    public ConcurrentQueue<GradientProtocol.GradientComputed> Computed { get; } = new();

    /// <summary>What the first range was told to apply.</summary>
    public ConcurrentQueue<ParameterServerProtocol.ApplyGradients> Applied { get; } = new();

    /// <summary>Priorities that came back, in order.</summary>
    public ConcurrentQueue<ReplayProtocol.UpdatePriorities> Priorities { get; } = new();

    /// <summary>Transitions of CartPole's size that depend on the round alone.</summary>
    public static SampledTransitions Transitions(NetworkLayout layout, int round, int count)
    {
        RandomSource random = new(99, (ulong)round);
        int size = layout.Observation.Bytes / sizeof(float);
        float Next() => (float)((2 * random.NextDouble()) - 1);
        TransitionBatch batch = TransitionBatch.FromColumns(
            size,
            [.. Enumerable.Range(0, count * size).Select(_ => Next())],
            [.. Enumerable.Range(0, count).Select(_ => random.NextInt(layout.ActionCount))],
            [.. Enumerable.Range(0, count).Select(_ => 3 * Next())],
            [.. Enumerable.Range(0, count).Select(_ => random.NextInt(10) == 0 ? 0f : 0.99f)],
            [.. Enumerable.Range(0, count * size).Select(_ => Next())],
            []);
        return Make.Sampled(batch, [.. Enumerable.Range(round * count, count).Select(key => (long)key)], [.. Enumerable.Range(0, count).Select(_ => 0.1 + random.NextDouble())]);
    }

    public void StartWorker(int index, double delayMilliseconds = 0, Action<GradientWorkerLinks>? started = null)
    {
        GradientWorkerLinks links = new(_replay, _router, _training, _kit.CreateTestProbe(), "127.0.0.1:4054");
        TrainingOptions options = _options with { Gradient = new GradientOptions { DelayMilliseconds = delayMilliseconds } };
        _kit.Sys.ActorOf(GradientWorkerActor.CreateProps(index, _layout, options, links), $"worker-{index}");
        started?.Invoke(links);
    }

    /// <summary>Waits until a report of the coordinator says so.</summary>
    public async Task<ProgressProtocol.LearnerReport> ReportedAsync(Func<ProgressProtocol.LearnerReport, bool> isIt) =>
        (ProgressProtocol.LearnerReport)await _progress.FishForMessageAsync(
            message => message is ProgressProtocol.LearnerReport report && isIt(report), TimeSpan.FromSeconds(120));

    public async Task<TrainerState> FinishAsync()
    {
        RunProtocol.TrainingFinished finished = await Coordinator.Ask<RunProtocol.TrainingFinished>(RunProtocol.FinishTraining.Instance, TimeSpan.FromSeconds(30));
        return finished.Learner.Trainer;
    }

    /// <summary>As the shard region's proxy would: to the coordinator, in order.</summary>
    private sealed class Way : ReceiveActor
    {
        public Way(ServerRig rig)
        {
            Receive<ILearnerMessage>(message =>
            {
                if (message is GradientProtocol.GradientComputed computed)
                {
                    rig.Computed.Enqueue(computed);
                }

                rig.Coordinator.Forward(message);
            });
        }
    }

    private sealed class Router : ReceiveActor
    {
        public Router(ServerRig rig, IActorRef node)
        {
            IActorRef[] ranges =
            [
                .. ParameterRange.Cut(rig._layout.Length, rig._options.ParameterServer.Shards)
                    .Select(range => Context.ActorOf(ParameterServerShardActor.CreateProps(range, rig._options, node))),
            ];
            Receive<IParameterRangeMessage>(message =>
            {
                if (message is ParameterServerProtocol.ApplyGradients { Range: 0 } apply)
                {
                    rig.Applied.Enqueue(apply);
                }

                ranges[message.Range].Forward(message);
            });
        }
    }

    private sealed class ReplayScript : ReceiveActor
    {
        private int _round;

        public ReplayScript(ServerRig rig, int rounds)
        {
            ReplayProtocol.ShardState state = Make.State(0, 100_000, count: 5000, mass: 3000) with { MinimumMass = 0.1 };
            Receive<ReplayProtocol.GrantInserts>(grant =>
            {
                if (grant.ReportNow)
                {
                    Sender.Tell(state with { AllowanceNumber = grant.AllowanceNumber });
                }
            });
            Receive<ReplayProtocol.SampleRequest>(request =>
            {
                // Beyond the last round nothing is given: the workers have nothing more to compute on.
                if (_round < rounds)
                {
                    ReplayProtocol.SampleReply reply = new(request.Request, Transitions(rig._layout, _round++, request.Counts.Sum()), state);
                    rig.Asked.Enqueue([.. request.Counts]);
                    rig.Given.Enqueue(reply);
                    Sender.Tell(reply);
                }
            });
            Receive<ReplayProtocol.UpdatePriorities>(rig.Priorities.Enqueue);
        }
    }
}
