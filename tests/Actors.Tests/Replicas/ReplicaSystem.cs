using Akka.Actor;
using Akka.Configuration;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>A replica in an actor system of its own, with a TCP connection to the learner's.</summary>
internal sealed class ReplicaSystem : IAsyncDisposable
{
    private static readonly Config RemoteOnly = ConfigurationFactory.ParseString("akka.actor.provider = remote").WithFallback(TestSettings.Cluster);

    private ReplicaSystem(ActorSystem system, IActorRef replica)
    {
        System = system;
        Replica = replica;
    }

    public ActorSystem System { get; }

    public IActorRef Replica { get; }

    public static ActorSystem CreateSystem(string name) => ActorSystem.Create(name, RemoteOnly);

    /// <summary>Starts one.</summary>
    /// <param name="groupPath">The path of the group's actor.</param>
    /// <param name="createTrainer">Makes its trainer.</param>
    /// <param name="drops">Which messages from the learner are lost on their way; null for none.</param>
    /// <param name="fail">Hears why the node must end.</param>
    public static ReplicaSystem Start(
        string groupPath, Func<IGradientTrainer> createTrainer, Func<object, bool>? drops = null, Action<Exception>? fail = null)
    {
        ActorSystem system = CreateSystem("replica");
        IActorRef group = ((ExtendedActorSystem)system).Provider.ResolveActorRef(groupPath);
        IActorRef training = drops is null ? group : system.ActorOf(Props.Create(() => new LossyRelay(group, drops)));
        LearnerReplicaLinks links = new(training, ActorRefs.Nobody, createTrainer) { Fail = fail ?? (_ => { }) };
        return new ReplicaSystem(system, system.ActorOf(LearnerReplicaActor.CreateProps(ReplicatedRun.Layout, ReplicatedRun.Options(2), links), "replica"));
    }

    public async ValueTask DisposeAsync() => await System.Terminate();

    /// <summary>Stands between a replica and the learner, and loses some of what the learner says.</summary>
    private sealed class LossyRelay : ReceiveActor
    {
        private IActorRef _replica = ActorRefs.Nobody;

        public LossyRelay(IActorRef group, Func<object, bool> drops)
        {
            Receive<IWireMessage>(
                message => message is ReplicaProtocol.JoinGroup or ReplicaProtocol.StateReceived or ReplicaProtocol.RowsReceived
                    or ReplicaProtocol.StepComputed or ReplicaProtocol.Alive,
                message =>
                {
                    _replica = Sender;
                    group.Tell(message);
                });
            Receive<IWireMessage>(message =>
            {
                if (!drops(message))
                {
                    _replica.Tell(message);
                }
            });
        }
    }
}

/// <summary>The learner's side, driven by the test: what the learner's thread does in a run.</summary>
internal sealed class ReplicatedLearner : IAsyncDisposable
{
    private const float LearningRate = 1e-3f;
    private const int TargetPeriod = 7;
    private const double MostDeviation = 1e-5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _system = ReplicaSystem.CreateSystem("learner");
    private readonly List<string> _notices = [];
    private readonly IGradientTrainer _single = ReplicatedRun.CreateTrainer(isLearner: true);
    private readonly float[] _errors = new float[ReplicatedRun.BatchSize];
    private readonly float[] _singleErrors = new float[ReplicatedRun.BatchSize];

    public ReplicatedLearner(int replicas, double timeoutSeconds = 5)
    {
        LearnerOptions options = ReplicatedRun.Options(replicas, timeoutSeconds).Learner;
        IActorRef progress = _system.ActorOf(Props.Create(() => new Recorder(_notices)));
        Exchange = new ReplicaExchange();
        Exchange.Group = _system.ActorOf(ReplicaGroupActor.CreateProps(options, Exchange, progress), "replicas");
        GroupPath = Exchange.Group.Path.ToSerializationFormatWithAddress(((ExtendedActorSystem)_system).Provider.DefaultAddress);
        Trainer = new ReplicatedTrainer(ReplicatedRun.CreateTrainer(isLearner: true), Exchange, options.ChecksumPeriod);
    }

    public ReplicaExchange Exchange { get; }

    public string GroupPath { get; }

    public ReplicatedTrainer Trainer { get; }

    public int Step { get; private set; }

    public IReadOnlyList<string> Notices
    {
        get
        {
            lock (_notices)
            {
                return [.. _notices];
            }
        }
    }

    /// <summary>
    /// Makes steps, together and alone on the same batches, until something holds. How many that takes is the machine's affair, and the rounding of
    /// very many would add up: each is compared by itself, from the state of the one before.
    /// </summary>
    public void StepUntil(Func<bool> holds)
    {
        long start = Environment.TickCount64;
        while (!holds())
        {
            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds, $"still {Exchange.View}: {string.Join("; ", Notices)}");
            Steps(1);
            Assert.InRange(Deviation(), 0, MostDeviation);
            _single.Restore(Trainer.Capture());
        }
    }

    public void Steps(int count)
    {
        for (int end = Step + count; Step < end; Step++)
        {
            TrainingResult together = StepWith(Trainer, _errors);
            TrainingResult alone = StepWith(_single, _singleErrors);
            Assert.Equal(alone.IsSkipped, together.IsSkipped);
            Assert.Equal(alone.Loss, together.Loss, 1e-3f * (1 + Math.Abs(alone.Loss)));
            Assert.Equal(alone.MeanQ, together.MeanQ, 1e-3f);
            Assert.Equal(alone.MeanAbsoluteTdError, together.MeanAbsoluteTdError, 1e-3f);
            Assert.Equal(_singleErrors, _errors, (left, right) => Math.Abs(left - right) <= 2e-3f);
        }
    }

    /// <summary>Euclidean distance of the parameters from those of single training, relative to these.</summary>
    public double Deviation()
    {
        Assert.Equal(_single.Updates, Trainer.Updates);
        float[] together = ParametersOf(Trainer);
        float[] alone = ParametersOf(_single);
        double distance = 0;
        double norm = 0;
        for (int index = 0; index < alone.Length; index++)
        {
            distance += Math.Pow((double)together[index] - alone[index], 2);
            norm += Math.Pow(alone[index], 2);
        }

        return Math.Sqrt(distance / norm);
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        Trainer.Dispose();
        _single.Dispose();
    }

    public static float[] ParametersOf(ITrainer trainer)
    {
        float[] parameters = new float[trainer.Layout.Length];
        trainer.CopyParameters(parameters);
        return parameters;
    }

    private TrainingResult StepWith(ITrainer trainer, float[] errors)
    {
        TrainingBatch batch = trainer.NextBatch(ReplicatedRun.BatchSize);
        ReplicatedRun.Fill(batch, Step);
        TrainingResult result = trainer.Step(batch, LearningRate, errors);
        if (trainer.Updates % TargetPeriod == 0)
        {
            trainer.SynchronizeTarget();
        }
        else
        {
            trainer.BlendTarget(0.01f);
        }

        return result;
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(List<string> notices) => Receive<ProgressProtocol.Notice>(notice =>
        {
            lock (notices)
            {
                notices.Add(notice.Message);
            }
        });
    }
}
