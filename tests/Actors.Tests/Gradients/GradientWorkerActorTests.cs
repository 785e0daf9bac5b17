using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Environments;
using DqnAkka.Learner;
using Protocol = DqnAkka.Actors.GradientProtocol;
using Server = DqnAkka.Actors.ParameterServerProtocol;

namespace DqnAkka.Actors.Tests;

public sealed class GradientWorkerActorTests : TestKit
{
    private const long Epoch = 100;
    private readonly TestProbe _replay;
    private readonly TestProbe _server;
    private readonly TestProbe _training;
    private readonly TestProbe _node;
    private long _transfer;

    public GradientWorkerActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _replay = CreateTestProbe();
        _server = CreateTestProbe();
        _training = CreateTestProbe();
        _node = CreateTestProbe();
    }

    private static TrainingOptions Options => Make.Options() with
    {
        Learner = Make.Options().Learner with { Mode = LearnerMode.ParameterServer },
        ParameterServer = new ParameterServerOptions { Shards = 3, TimeoutSeconds = 3 },
    };

    private static NetworkLayout Layout => Make.Layout(Options);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Says_every_second_that_it_is_there_and_asks_for_work_as_soon_as_it_has_parameters()
    {
        TestActorRef<GradientWorkerActor> worker = Start(Options);
        Protocol.Register register = _training.ExpectMsg<Protocol.Register>();
        Assert.Equal("gradient worker 2 of 127.0.0.1:4054", register.Name);
        Assert.Equal((Layout.Description, Layout.Length), (register.Network, register.Parameters));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(register.Incarnation, _training.ExpectMsg<Protocol.Register>().Incarnation);

        worker.Tell(new Protocol.Registered(5, Epoch));
        Assert.Empty(Told<IWireMessage>());
        Give(worker, version: 3);

        Assert.Equal(new Protocol.WorkRequest(5, Epoch), Assert.Single(Told<IWireMessage>()));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new Protocol.WorkRequest(5, Epoch), Assert.Single(Told<Protocol.WorkRequest>()));
    }

    [Fact]
    public void A_gradient_is_the_trainers_own_on_the_parameters_that_came_and_is_pushed_range_by_range()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        float[] online = Parameters(1);
        float[] target = Parameters(2);
        Give(worker, version: 3, targetVersion: 2, online, target);
        ReplayProtocol.SampleRequest[] requests = Work(worker, round: 1, first: 4, second: 4);
        Answer(worker, requests);

        Protocol.GradientComputed computed = Assert.Single(Told<Protocol.GradientComputed>());
        float[] expected = new float[Layout.Length];
        GradientResult result = Expected(online, target, Rows(0, 4), expected, out float[] errors);
        Assert.Equal((5, Epoch, 3L, 4), (computed.Worker, computed.Epoch, computed.BaseVersion, computed.Rows));
        Assert.Equal((result.Loss, result.MeanAbsoluteTdError, result.MeanQ), (computed.Loss, computed.MeanAbsoluteTdError, computed.MeanQ));
        Assert.Equal(GradientNorm.Compute(expected), computed.Norm);
        Assert.Equal(Protocol.GradientVerdict.Sent, computed.Verdict);
        Server.PushGradient[] pushes = Pushes();
        Assert.Equal([0, 1, 2], pushes.Select(push => push.Range));
        Assert.All(pushes, push => Assert.Equal((Epoch, 5, computed.Push, 2L), (push.Epoch, push.Worker, push.Push, push.TargetVersion)));
        Assert.Equal(expected, Joined(pushes));
        Assert.True(errors.Length == 4);
    }

    [Fact]
    public void The_next_gradient_waits_for_the_version_that_the_one_before_made()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 3);
        Answer(worker, Work(worker, round: 1, first: 4, second: 4));
        Protocol.GradientComputed first = Assert.Single(Told<Protocol.GradientComputed>());

        // Of two ranges the new version is there.
        Give(worker, version: 6, ranges: [0, 2]);
        Assert.Empty(Told<Protocol.GradientComputed>());
        Give(worker, version: 6, ranges: [1]);

        Protocol.GradientComputed second = Assert.Single(Told<Protocol.GradientComputed>());
        Assert.Equal((6L, first.Push + 1), (second.BaseVersion, second.Push));
    }

    [Fact]
    public void A_gradient_that_is_discarded_makes_way_for_the_next_on_the_version_that_is_told()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 3);
        Answer(worker, Work(worker, round: 1, first: 4, second: 4));
        Protocol.GradientComputed first = Assert.Single(Told<Protocol.GradientComputed>());

        worker.Tell(new Protocol.GradientDiscarded(Epoch, first.Push - 1, Protocol.DiscardReason.Stale, 3));
        worker.Tell(new Protocol.GradientDiscarded(Epoch - 1, first.Push, Protocol.DiscardReason.Stale, 3));
        Assert.Empty(Told<Protocol.GradientComputed>());
        worker.Tell(new Protocol.GradientDiscarded(Epoch, first.Push, Protocol.DiscardReason.Stale, 8));
        Assert.Empty(Told<Protocol.GradientComputed>());
        Give(worker, version: 8);
        Protocol.GradientComputed second = Assert.Single(Told<Protocol.GradientComputed>());
        Assert.Equal(8, second.BaseVersion);

        Answer(worker, Work(worker, round: 2, first: 4, second: 4));
        worker.Tell(new Protocol.GradientDiscarded(Epoch, second.Push, Protocol.DiscardReason.NotFinite, 8));
        Assert.Equal(8, Assert.Single(Told<Protocol.GradientComputed>()).BaseVersion);
    }

    [Fact]
    public void The_next_round_is_asked_for_while_the_present_one_is_computed_on()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 0);
        ReplayProtocol.SampleRequest[] requests = Work(worker, round: 1, first: 4, second: 4);
        Assert.Single(Told<Protocol.WorkRequest>());
        Answer(worker, requests);
        Assert.Single(Told<Protocol.WorkRequest>());
        requests = Work(worker, round: 2, first: 4, second: 4);
        Answer(worker, requests);

        List<long> versions = [];
        for (int version = 1; version < 4; version++)
        {
            Give(worker, version);
            versions.Add(Assert.Single(Told<Protocol.GradientComputed>()).BaseVersion);
        }

        Assert.Equal([1, 2, 3], versions);
    }

    [Fact]
    public void Requests_and_accounts_are_those_of_the_round_and_the_states_go_back_to_the_coordinator()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 0);
        ReplayProtocol.SampleRequest[] requests = Work(worker, round: 9, first: 3, second: 4);
        Assert.Equal([(0, 9L, 3), (1, 9L, 5)], requests.Select(request => (request.Shard, request.Request, request.Counts.Sum())));
        Assert.Equal(
            [(10L, 20L, 30L, 2.5), (11L, 21L, 31L, 2.5)],
            requests.Select(request => (request.InsertAllowance, request.AllowanceNumber, request.KnownIncarnation, request.LargestPriority)));

        Answer(worker, requests);

        Protocol.RoundSampled sampled = Assert.Single(Told<Protocol.RoundSampled>());
        Assert.Equal((5, Epoch, 9L), (sampled.Worker, sampled.Epoch, sampled.Round));
        Assert.Equal([Make.State(0, 100), Make.State(1, 100)], sampled.States);
    }

    [Fact]
    public void Priorities_go_back_to_the_shards_in_the_order_of_the_batches_after_each_round()
    {
        TrainingOptions options = Options with { Replay = Options.Replay with { Prioritized = true } };
        TestActorRef<GradientWorkerActor> worker = Begin(options);
        float[] online = Parameters(1);
        Give(worker, version: 0, targetVersion: 0, online, online);
        Answer(worker, Work(worker, round: 1, first: 3, second: 4));
        Assert.Empty(Sent<ReplayProtocol.UpdatePriorities>());
        Give(worker, version: 1, targetVersion: 0, online, online);

        ReplayProtocol.UpdatePriorities[] updates = [.. Sent<ReplayProtocol.UpdatePriorities>()];
        // Of the first batch three rows are of shard 0 and one of shard 1, of the second none and four.
        Assert.Equal([0, 1], updates.Select(update => update.Shard));
        Assert.Equal([[0L, 1, 2], [100L, 101, 102, 103, 104]], updates.Select(update => update.Keys));
        float[] gradient = new float[Layout.Length];
        Expected(online, online, Rows(0, 3).Concat(Rows(100, 1)), gradient, out float[] first);
        Expected(online, online, Rows(101, 4), gradient, out float[] second);
        Assert.Equal(first[..3], updates[0].AbsoluteTdErrors);
        Assert.Equal([first[3], .. second], updates[1].AbsoluteTdErrors);
    }

    [Fact]
    public void Importance_weights_come_of_the_probabilities_and_the_beta_that_the_round_tells()
    {
        TrainingOptions options = Options with { Replay = Options.Replay with { Prioritized = true } };
        TestActorRef<GradientWorkerActor> worker = Begin(options);
        float[] online = Parameters(1);
        Give(worker, version: 0, targetVersion: 0, online, online);
        Answer(worker, Work(worker, round: 1, first: 4, second: 4, beta: 0.5));

        // Shard 0 has half of all mass, 100 of its own; row i has the mass 1 + i.
        double smallest = 0.5 / 100 * 1;
        float[] weights = [.. Enumerable.Range(0, 4).Select(row => (float)Math.Pow(smallest / (0.5 / 100 * (1 + row)), 0.5))];
        float[] gradient = new float[Layout.Length];
        GradientResult result = Expected(online, online, Rows(0, 4), gradient, out _, weights);
        Protocol.GradientComputed computed = Assert.Single(Told<Protocol.GradientComputed>());
        Assert.Equal(result.Loss, computed.Loss, 1e-6f);
        Assert.Equal(GradientNorm.Compute(gradient), computed.Norm, 1e-5f);
    }

    [Fact]
    public void A_new_epoch_drops_everything()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 3);
        Answer(worker, Work(worker, round: 1, first: 4, second: 4));
        Told<IWireMessage>();
        Pushes();

        Give(worker, version: 1, epoch: Epoch + 1);
        Assert.Single(Told<Protocol.Register>());
        worker.Tell(new Protocol.Registered(6, Epoch + 1));

        // The rest of the round is not computed on, nor anything of before.
        Assert.Equal(new Protocol.WorkRequest(6, Epoch + 1), Assert.Single(Told<IWireMessage>()));
        Give(worker, version: 9, epoch: Epoch);
        worker.Tell(new Protocol.Registered(5, Epoch));
        worker.Tell(Round(1, 4, 4) with { Epoch = Epoch });
        Assert.Empty(Told<IWireMessage>());
        Assert.False(_server.HasMessages);
    }

    [Fact]
    public void A_server_that_is_silent_is_told_anew_that_the_worker_is_there_and_what_it_had_is_dropped()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 3);
        Answer(worker, Work(worker, round: 1, first: 4, second: 4));
        Told<IWireMessage>();

        List<Protocol.Register> registers = [];
        for (int second = 0; second < 5; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            registers.AddRange(Told<Protocol.Register>());
        }

        Assert.Equal(5, registers.Count);
        Assert.Single(registers[..3].Select(register => register.Incarnation).Distinct());
        Assert.True(registers[3].Incarnation > registers[0].Incarnation);
        Assert.True(registers[3].BytesReceived > 0 && registers[3].BytesSent > 0);
        worker.Tell(new Protocol.Registered(5, Epoch));
        Assert.Empty(Told<Protocol.WorkRequest>());
        Give(worker, version: 3);
        Assert.Single(Told<Protocol.WorkRequest>());
    }

    [Fact]
    public void Parameters_that_stop_halfway_are_asked_for_anew_after_the_deadline_although_the_coordinator_answers()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 3, ranges: [0, 1]);
        long first = Passing(worker, seconds: 3)[^1];

        Assert.True(Passing(worker, seconds: 1)[^1] > first);
        Give(worker, version: 3);
        Assert.Single(Told<Protocol.WorkRequest>());
    }

    [Fact]
    public void A_round_whose_shards_do_not_answer_is_given_up_and_the_silent_ones_are_named()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 0);
        ReplayProtocol.SampleRequest[] requests = Work(worker, round: 4, first: 3, second: 4);
        Answer(worker, requests[..1]);
        Passing(worker, seconds: 5);
        Told<IWireMessage>();
        Time.Advance(TimeSpan.FromSeconds(1));

        Protocol.RoundFailed failed = Assert.Single(Told<Protocol.RoundFailed>());
        Assert.Equal((5, Epoch, 4L), (failed.Worker, failed.Epoch, failed.Round));
        Assert.Equal([1], failed.Silent);
        Answer(worker, requests[1..]);
        Assert.Empty(Told<Protocol.GradientComputed>());
    }

    [Fact]
    public void A_shard_that_was_started_anew_and_has_nothing_ends_its_round_at_once()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 0);
        Work(worker, round: 4, first: 3, second: 4);

        worker.Tell(Make.State(1, 0, count: 0, mass: 0, incarnation: 2));

        Assert.Equal([1], Assert.Single(Told<Protocol.RoundFailed>()).Silent);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_told_and_nothing_is_pushed()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 0);
        ReplayProtocol.SampleRequest[] requests = Work(worker, round: 1, first: 4, second: 4);
        worker.Tell(new ReplayProtocol.SampleReply(1, Make.Sampled(4, returns: float.NaN), Make.State(0, 100)));
        Answer(worker, requests[1..]);

        Protocol.GradientComputed computed = Assert.Single(Told<Protocol.GradientComputed>());
        Assert.Equal(Protocol.GradientVerdict.NotFinite, computed.Verdict);
        Assert.True(float.IsNaN(computed.Norm));
        Assert.Empty(Pushes());
        worker.Tell(new Protocol.GradientDiscarded(Epoch, computed.Push, Protocol.DiscardReason.NotFinite, 0));
        Assert.Equal(Protocol.GradientVerdict.Sent, Assert.Single(Told<Protocol.GradientComputed>()).Verdict);
    }

    [Fact]
    public void A_delay_is_waited_between_computing_and_sending()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options with { Gradient = new GradientOptions { DelayMilliseconds = 500 } });
        Give(worker, version: 0);
        Answer(worker, Work(worker, round: 1, first: 4, second: 4));
        Assert.Empty(Told<Protocol.GradientComputed>());
        Assert.Empty(Pushes());

        Time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Single(Told<Protocol.GradientComputed>());
        Assert.Equal(3, Pushes().Length);
    }

    [Fact]
    public void Work_that_does_not_fit_this_node_is_passed_over()
    {
        TestActorRef<GradientWorkerActor> worker = Begin(Options);
        Give(worker, version: 0);
        Told<IWireMessage>();
        Protocol.Work good = Round(2, first: 4, second: 4);
        worker.Tell(good with { Shards = [good.Shards[0] with { Counts = [5, 4] }] });
        worker.Tell(good with { Shards = [good.Shards[0], good.Shards[0]] });
        worker.Tell(good with { Shards = [good.Shards[0] with { Shard = 2 }] });
        worker.Tell(good with { Shards = [good.Shards[0] with { Counts = [] }] });
        worker.Tell(good with { Shards = [good.Shards[0] with { Counts = [1] }, good.Shards[1]] });
        Assert.False(_replay.HasMessages);

        worker.Tell(good);
        Assert.Equal(2, Sent<ReplayProtocol.SampleRequest>().Count);
    }

    [Fact]
    public void Reports_where_it_stands_and_what_it_waits_for()
    {
        TestActorRef<GradientWorkerActor> worker = Start(Options);
        Assert.Contains("role learner", Standing().WaitsFor, StringComparison.Ordinal);
        worker.Tell(new Protocol.Registered(5, Epoch));
        Give(worker, version: 3, ranges: [0, 2]);
        Assert.StartsWith("parameters of range 1 of the parameter server", Standing().WaitsFor, StringComparison.Ordinal);
        Give(worker, version: 3, ranges: [1]);
        Assert.Contains("samples-per-insert", Standing().WaitsFor, StringComparison.Ordinal);
        worker.Tell(new Protocol.Registered(5, Epoch));
        ReplayProtocol.SampleRequest[] requests = Work(worker, round: 1, first: 3, second: 4);
        Assert.StartsWith("replay shards 0, 1", Standing().WaitsFor, StringComparison.Ordinal);
        Answer(worker, requests);

        NodeProtocol.PartReport report = Standing();
        Assert.Equal("gradient-2", report.Part);
        Assert.Contains("gradient on version 3", report.WaitsFor, StringComparison.Ordinal);
        GradientMemberStatus status = Assert.IsType<GradientMemberStatus>(report.Status);
        Assert.Equal(new GradientMemberStatus(2, Epoch, 3, 1, 0), status with { GradientsPerSecond = 0 });
    }

    private TestActorRef<GradientWorkerActor> Start(TrainingOptions options) => ActorOfAsTestActorRef<GradientWorkerActor>(GradientWorkerActor.CreateProps(
        2, Make.Layout(options), options, new GradientWorkerLinks(_replay, _server, _training, _node, "127.0.0.1:4054")));

    /// <summary>A worker that is registered under the number 5.</summary>
    private TestActorRef<GradientWorkerActor> Begin(TrainingOptions options)
    {
        TestActorRef<GradientWorkerActor> worker = Start(options);
        worker.Tell(new Protocol.Registered(5, Epoch));
        Told<IWireMessage>();
        return worker;
    }

    private List<long> Passing(IActorRef worker, int seconds)
    {
        List<long> incarnations = [];
        for (int second = 0; second < seconds; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            incarnations.AddRange(Told<Protocol.Register>().Select(register => register.Incarnation));
            worker.Tell(new Protocol.Registered(5, Epoch));
        }

        return incarnations;
    }

    private void Give(IActorRef worker, long version, long targetVersion = 0, float[]? online = null, float[]? target = null, int[]? ranges = null, long epoch = Epoch)
    {
        foreach (ParameterRange range in ParameterRange.Cut(Layout.Length, 3).Where(range => ranges?.Contains(range.Index) ?? true))
        {
            foreach ((Server.RangePart part, float[] vector) in new[] { (Server.RangePart.Target, target ?? Parameters(7)), (Server.RangePart.Online, online ?? Parameters(version + 1)) })
            {
                foreach (Server.Parameters piece in ServerPieces.Of(range, epoch, version, targetVersion, part, ++_transfer, vector))
                {
                    worker.Tell(piece, _server);
                }
            }
        }
    }

    /// <summary>Two batches of four: of the first so many rows are of shard 0, of the second so many of shard 1.</summary>
    private static Protocol.Work Round(long round, int first, int second, double beta = 1) => new(
        Epoch, round, 200, 2.5, beta,
        [
            new Protocol.ShardPart(0, [first, 4 - second], 0.5, 0.005, 10, 20, 30),
            new Protocol.ShardPart(1, [4 - first, second], 0.5, 0.005, 11, 21, 31),
        ]);

    private ReplayProtocol.SampleRequest[] Work(IActorRef worker, long round, int first, int second, double beta = 1)
    {
        worker.Tell(Round(round, first, second, beta));
        return [.. Sent<ReplayProtocol.SampleRequest>()];
    }

    private static void Answer(IActorRef worker, ReplayProtocol.SampleRequest[] requests)
    {
        foreach (ReplayProtocol.SampleRequest request in requests)
        {
            worker.Tell(new ReplayProtocol.SampleReply(request.Request, Make.Sampled(request.Counts.Sum(), 100 * request.Shard), Make.State(request.Shard, 100)));
        }
    }

    private static IEnumerable<object> All(TestProbe probe)
    {
        while (probe.HasMessages)
        {
            yield return probe.ReceiveOne(TimeSpan.Zero);
        }
    }

    private List<T> Told<T>() => [.. All(_training).OfType<T>()];

    private List<T> Sent<T>() => [.. All(_replay).OfType<T>()];

    private Server.PushGradient[] Pushes() => [.. All(_server).OfType<Server.PushGradient>()];

    private NodeProtocol.PartReport Standing()
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return All(_node).OfType<NodeProtocol.PartReport>().Last();
    }

    private static float[] Joined(IEnumerable<Server.PushGradient> pushes) =>
        MemoryMarshal.Cast<byte, float>(pushes.OrderBy(push => push.Range).SelectMany(push => push.Bytes.ToArray()).ToArray()).ToArray();

    private static IEnumerable<int> Rows(int first, int count) => Enumerable.Range(first, count);

    private static float[] Parameters(long seed)
    {
        float[] parameters = new float[Layout.Length];
        NetworkInitializer.Initialize(Layout, new RandomSource((ulong)seed, 0), parameters);
        return parameters;
    }

    /// <summary>What a trainer computes on the rows of <see cref="Make.Batch"/>.</summary>
    private static GradientResult Expected(
        float[] online, float[] target, IEnumerable<int> rows, float[] gradient, out float[] absoluteTdErrors, float[]? weights = null)
    {
        using SimdTrainer trainer = new(Layout, Options.Learner, online);
        trainer.LoadTarget(target);
        TrainingBatch batch = trainer.NextBatch(4);
        batch.Count = 0;
        foreach (int id in rows)
        {
            int row = batch.Count++;
            batch.Observations.Slice(row * 2, 2).Fill(id);
            batch.NextObservations.Slice(row * 2, 2).Fill(id);
            batch.Actions[row] = 0;
            batch.Returns[row] = id;
            batch.Discounts[row] = 0.5f;
            batch.Weights[row] = weights?[row] ?? 1;
        }

        absoluteTdErrors = new float[batch.Count];
        return trainer.ComputeGradient(batch, gradient, absoluteTdErrors);
    }
}
