using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class GradientPoolActorTests : TestKit
{
    private readonly TestProbe _training;
    private readonly List<Exception> _ends = [];
    private long _epoch = 10;

    public GradientPoolActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output) => _training = CreateTestProbe();

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_worker_that_fails_is_started_again_and_one_failure_too_many_ends_the_run_with_the_first_cause()
    {
        Start(workers: 2);
        (IActorRef Worker, GradientProtocol.Register Register)[] first = Registers();
        Assert.Equal(["gradient worker 0 of here:1", "gradient worker 1 of here:1"], first.Select(worker => worker.Register.Name));

        Break(first[1].Worker);
        ProgressProtocol.Notice notice = Assert.Single(All().OfType<ProgressProtocol.Notice>());
        Assert.StartsWith("gradient worker 1 of here:1 is started again: InvalidOperationException: the ranges", notice.Message, StringComparison.Ordinal);
        Time.Advance(TimeSpan.FromMilliseconds(100));
        (IActorRef Worker, GradientProtocol.Register Register) again = Assert.Single(Registers());
        Assert.Equal(first[1].Register.Name, again.Register.Name);
        Assert.True(again.Register.Incarnation > first[1].Register.Incarnation);

        Watch(first[0].Worker);
        Break(again.Worker);
        ExpectTerminated(first[0].Worker);
        RunProtocol.StopRun stop = All().OfType<RunProtocol.StopRun>().First();
        Assert.Equal(StopReason.Failed, stop.Reason);
        Assert.StartsWith("InvalidOperationException: the ranges", stop.Failure, StringComparison.Ordinal);
        Assert.EndsWith("the limit dqn.gradient.max-restarts)", stop.Failure, StringComparison.Ordinal);
        // The singleton may have moved: it is said again.
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(All(), message => message is RunProtocol.StopRun);
        Assert.Empty(_ends);
    }

    [Fact]
    public void A_worker_that_is_refused_ends_its_node_with_the_line()
    {
        Start(workers: 1);
        IActorRef worker = Assert.Single(Registers()).Worker;

        worker.Tell(new GradientProtocol.WorkerRefused("another network"));

        LearnerException end = Assert.IsType<LearnerException>(Assert.Single(_ends));
        Assert.Equal("another network", end.Message);
        Assert.DoesNotContain(All(), message => message is RunProtocol.StopRun);
    }

    [Fact]
    public void A_device_that_is_not_there_ends_the_node_and_not_the_run()
    {
        Start(workers: 1, device: "no-such-device");

        Assert.Contains("no-such-device", Assert.IsType<LearnerException>(Assert.Single(_ends)).Message, StringComparison.Ordinal);
        Assert.Empty(All());
    }

    private void Start(int workers, string device = "cpu")
    {
        TrainingOptions options = Make.Options() with
        {
            Learner = Make.Options().Learner with { Device = device, Mode = LearnerMode.ParameterServer },
            Gradient = new GradientOptions { Workers = workers, MaxRestarts = 1 },
        };
        GradientWorkerLinks links = new(CreateTestProbe(), CreateTestProbe(), _training, CreateTestProbe(), "here:1") { Fail = _ends.Add };
        ActorOfAsTestActorRef<GradientPoolActor>(GradientPoolActor.CreateProps(Make.Layout(options), options, links));
    }

    private (IActorRef Worker, GradientProtocol.Register Register)[] Registers()
    {
        List<(IActorRef, GradientProtocol.Register)> registers = [];
        while (_training.HasMessages)
        {
            if (_training.ReceiveOne(TimeSpan.Zero) is GradientProtocol.Register register)
            {
                registers.Add((_training.LastSender, register));
            }
        }

        return [.. registers];
    }

    private List<object> All()
    {
        List<object> messages = [];
        while (_training.HasMessages)
        {
            messages.Add(_training.ReceiveOne(TimeSpan.Zero));
        }

        return messages;
    }

    /// <summary>Two ranges of one version have targets of two: on that nothing may be computed.</summary>
    private void Break(IActorRef worker)
    {
        long epoch = _epoch++;
        float[] vector = new float[64];
        foreach (ParameterRange range in ParameterRange.Cut(64, 2))
        {
            foreach (ParameterServerProtocol.RangePart part in new[] { ParameterServerProtocol.RangePart.Target, ParameterServerProtocol.RangePart.Online })
            {
                foreach (ParameterServerProtocol.Parameters piece in ServerPieces.Of(range, epoch, 5, range.Index, part, 1, vector))
                {
                    worker.Tell(piece);
                }
            }
        }
    }
}
