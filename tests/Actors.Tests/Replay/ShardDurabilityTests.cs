using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>A shard whose transitions lie in a file, as one process after another has it.</summary>
public sealed class ShardDurabilityTests : TestKit
{
    private const int Shard = 1;
    private const int FragmentSize = 4;
    private const long Run = 55;
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-shard-").FullName;
    private readonly List<Exception> _failures = [];
    private readonly TestProbe _runner;
    private readonly TestProbe _learner;
    private readonly TestProbe _courier;

    public ShardDurabilityTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _runner = CreateTestProbe();
        _learner = CreateTestProbe();
        _courier = CreateTestProbe();
    }

    [Fact]
    public void A_shard_that_is_started_again_holds_what_it_acknowledged_and_takes_no_fragment_twice()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        Insert(shard, 1);
        Insert(shard, 2);
        ReplayProtocol.ShardState before = Grant(shard);
        Stop(shard);

        shard = Start();
        // The runner has not heard of the last one's receipt.
        Insert(shard, 2);
        Insert(shard, 3);
        Assert.False(_learner.HasMessages);
        ReplayProtocol.ShardState after = Grant(shard, before);
        // What the runner was granted beyond that is granted again when the runner is heard of.
        Assert.Equal(before with { Granted = before.Inserts }, after);
        ReplayProtocol.ShardState then = Grant(shard, after);
        Assert.Equal((12L, 21L, 12), (then.Inserts, then.EnvironmentSteps, then.Count));
        long received = 0;
        while (_runner.HasMessages)
        {
            received = _runner.ExpectMsg<ReplayProtocol.Credit>().Received;
        }

        Assert.Equal(3, received);
    }

    /// <summary>A hand-over's beginning is repeated after every silence, and may say less than has come since.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 9)]
    public void An_older_position_does_not_take_the_place_of_a_newer_one(long incarnation, long received)
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        Insert(shard, 1);
        Insert(shard, 2);
        Insert(shard, 3);
        shard.Tell(new ReplayProtocol.TransferBegin(Shard, 5, 8, [new(0, incarnation, received)]), CreateTestProbe());
        ReplayProtocol.ShardState before = Grant(shard);
        Stop(shard);

        shard = Start();
        Grant(shard, before);
        Insert(shard, 2);
        Insert(shard, 3);
        Assert.Equal(12, Grant(shard, before).Inserts);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void A_shard_that_the_learner_knows_more_of_counts_anew_and_lets_what_it_held_leave_first(int newer, int inserts)
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        Insert(shard, 1);
        ReplayProtocol.ShardState before = Grant(shard);
        Stop(shard);

        shard = Start();
        ReplayProtocol.ShardState after = Grant(shard, before with { Incarnation = before.Incarnation + newer, Inserts = before.Inserts + inserts });
        Assert.True(after.Incarnation > before.Incarnation + newer);
        Assert.Equal((0L, 0L, 4, 4L), (after.Inserts, after.EnvironmentSteps, after.Count, after.Position));
        Stop(shard);
        Assert.Equal(after, Grant(Start(), after));
    }

    [Fact]
    public void Another_runs_transitions_are_set_aside()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        Insert(shard, 1);
        Stop(shard);

        shard = Start();
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 100, true, 0) { Run = Run + 1 }, _learner);
        Assert.Equal((0L, 0), (State().Inserts, Files().Length - 2));
        Insert(shard, 1);
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 100, true, 0) { Run = Run + 1 }, _learner);
        Assert.Equal(4, State().Inserts);
        Assert.Contains(Files(), file => file.EndsWith(".set-aside", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shard_that_cannot_have_its_file_ends_the_process_and_acknowledges_nothing()
    {
        File.WriteAllText(Path.Combine(_directory, ShardFiles.FolderName), "");
        TestProbe watcher = CreateTestProbe();
        TestActorRef<ReplayShardActor> shard = Start();
        watcher.Watch(shard);
        watcher.ExpectTerminated(shard);
        Insert(shard, 1);
        Assert.False(_runner.HasMessages);
        string line = Failures.Describe(Assert.IsType<ReplayFileException>(Assert.Single(_failures)));
        Assert.Contains(_directory, line, StringComparison.Ordinal);
        Assert.Contains("dqn.replay.durable = false", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_handed_over_leaves_no_file_and_what_nobody_took_stays()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        Insert(shard, 1);
        shard.Tell(ReplayShardActor.StopShard.Instance);
        Assert.Equal(0, State().Count);
        ShardCourierActor.Deliver deliver = _courier.ExpectMsg<ShardCourierActor.Deliver>();
        TestProbe successor = CreateTestProbe();
        Route route = new(successor) { IsOpen = false };
        TestActorRef<ShardCourierActor> courier = ActorOfAsTestActorRef<ShardCourierActor>(ShardCourierActor.CreateProps(route));
        courier.Tell(deliver);
        Assert.Single(Files());

        shard = Start();
        Assert.Equal(4, Grant(shard).Count);
        shard.Tell(ReplayShardActor.StopShard.Instance);
        route.IsOpen = true;
        courier.Tell(_courier.ExpectMsg<ShardCourierActor.Deliver>());
        courier.Tell(new ReplayProtocol.TransferCredit(Shard, successor.ExpectMsg<ReplayProtocol.TransferBegin>().Source, 1), successor);
        Assert.Empty(Files());
    }

    [Fact]
    public void What_no_learner_has_claimed_stays_where_it_is()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        Insert(shard, 1);
        Stop(shard);

        shard = Start();
        shard.Tell(ReplayShardActor.StopShard.Instance);
        Assert.False(_courier.HasMessages);
        Assert.Equal(4, Grant(Start()).Count);
    }

    [Fact]
    public void What_is_inherited_is_kept_with_the_runners_positions()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        TestProbe courier = CreateTestProbe();
        shard.Tell(new ReplayProtocol.TransferBegin(Shard, 5, 8, [new(0, 1, 2)]), courier);
        foreach (ReplayProtocol.TransferPart part in WireParts.Cut(Shard, 5, 0, Make.Batch(8), [.. Enumerable.Repeat(1.0, 8)]))
        {
            shard.Tell(part, courier);
        }

        ReplayProtocol.ShardState before = Grant(shard);
        Stop(shard);
        shard = Start();
        Assert.Equal(before, Grant(shard, before));
        Insert(shard, 2);
        Assert.Equal(0, Grant(shard, before).Inserts);
        Insert(shard, 3);
        Assert.Equal((4L, 12), (Grant(shard, before).Inserts, Grant(shard, before).Count));
    }

    [Fact]
    public void A_shard_that_is_started_again_in_the_middle_of_a_hand_over_takes_nothing_twice()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard);
        ReplayProtocol.TransferBegin begin = new(Shard, 5, 12, []);
        TestProbe courier = CreateTestProbe();
        shard.Tell(begin, courier);
        Transfer(shard, courier, batch: 0);
        ReplayProtocol.ShardState before = Grant(shard);
        Assert.Equal(4, before.Count);
        Stop(shard);

        shard = Start();
        Grant(shard, before);
        courier = CreateTestProbe();
        shard.Tell(begin, courier);
        Assert.Equal(1, courier.ExpectMsg<ReplayProtocol.TransferCredit>().Received);
        Transfer(shard, courier, batch: 0);
        Transfer(shard, courier, batch: 1);
        Assert.Equal(8, Grant(shard, before).Count);
        Stop(shard);

        // More than was announced is refused, as it would have been without the restarts.
        shard = Start();
        Grant(shard, before);
        Transfer(shard, courier, batch: 2);
        Transfer(shard, courier, batch: 3);
        ReplayProtocol.ShardState after = Grant(shard, before);
        Assert.Equal((12, 0L, 12L), (after.Count, after.Inserts, after.Position));
    }

    [Fact]
    public void A_shard_that_does_not_fit_beside_the_others_ends_its_node_and_fits_again_when_one_has_gone()
    {
        TrainingOptions options = Make.Options();
        StreamShape shape = new(options.Runner.Fragment, options.Runner.Environments, options.Learner.NStep);
        long bytes = ReplayMemoryPlan.For(
            ReplayShardActor.ShardCapacity(options.Replay, Shard), Make.Layout(options).Observation, options.Replay, shape).TotalBytes;
        ReplayBudget budget = new((2 * bytes) - 1);
        IDisposable other = budget.Take(Shard + 1, bytes);
        TestActorRef<ReplayShardActor> shard = Start(budget);
        Assert.StartsWith(
            $"replay shard {Shard} needs ", Failures.Describe(Assert.IsType<ReplayMemoryException>(Assert.Single(_failures))), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_directory, ShardFiles.FolderName)));
        Stop(shard);
        other.Dispose();
        shard = Start(budget);
        Grant(shard);
        Assert.Single(_failures);
        Assert.Throws<ReplayMemoryException>(() => budget.Take(Shard + 1, bytes));
        Stop(shard);
        budget.Take(Shard + 1, bytes);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(_directory, recursive: true);
    }

    private TestActorRef<ReplayShardActor> Start(ReplayBudget? budget = null)
    {
        TrainingOptions options = Make.Options();
        options = options with
        {
            Replay = options.Replay with { Durable = ReplayDurability.On },
            Run = options.Run with { Directory = _directory },
        };
        ReplayShardLinks links = new(ActorRefs.Nobody, _courier) { Fail = _failures.Add, Budget = budget ?? new ReplayBudget(0) };
        return ActorOfAsTestActorRef<ReplayShardActor>(ReplayShardActor.CreateProps(Shard, Make.Layout(options), options, links));
    }

    private void Stop(TestActorRef<ReplayShardActor> shard)
    {
        TestProbe watcher = CreateTestProbe();
        watcher.Watch(shard);
        Sys.Stop(shard);
        watcher.ExpectTerminated(shard);
    }

    private void Insert(TestActorRef<ReplayShardActor> shard, long sequence) => shard.Tell(
        new ReplayProtocol.Insert(Shard, 0, 1, sequence, 7, Make.Batch(FragmentSize, first: (int)(sequence - 1) * FragmentSize), 1), _runner);

    private static void Transfer(TestActorRef<ReplayShardActor> shard, TestProbe courier, int batch)
    {
        foreach (ReplayProtocol.TransferPart part in WireParts.Cut(Shard, 5, batch, Make.Batch(4, first: 4 * batch), [.. Enumerable.Repeat(1.0, 4)]))
        {
            shard.Tell(part, courier);
        }
    }

    /// <summary>The learner tells what it knows of the shard, and hears where that stands.</summary>
    private ReplayProtocol.ShardState Grant(TestActorRef<ReplayShardActor> shard, ReplayProtocol.ShardState? known = null)
    {
        shard.Tell(
            new ReplayProtocol.GrantInserts(Shard, 100, ReportNow: true, known?.Incarnation ?? 0) { Run = Run, KnownInserts = known?.Inserts ?? 0 }, _learner);
        return State();
    }

    private ReplayProtocol.ShardState State() => _learner.ExpectMsg<ReplayProtocol.ShardState>();

    private string[] Files() => Directory.GetFiles(Path.Combine(_directory, ShardFiles.FolderName));

    private sealed class Route(IActorRef region) : ICourierRoute
    {
        public bool IsOpen { get; set; } = true;

        public bool TryTell(IReplayShardMessage message, IActorRef sender)
        {
            if (IsOpen)
            {
                region.Tell(message, sender);
            }

            return IsOpen;
        }

        public void Turn()
        {
        }
    }
}
