using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class ReplayShardActorTests : TestKit
{
    private const int Shard = 1;
    private const int FragmentSize = 4;
    private readonly TestProbe _runner;
    private readonly TestProbe _learner;

    public ReplayShardActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _runner = CreateTestProbe();
        _learner = CreateTestProbe();
    }

    [Fact]
    public void Appends_every_fragment_once_whatever_is_repeated_or_missing()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        foreach (long sequence in new long[] { 1, 1, 2, 4, 5, 3, 3, 4 })
        {
            Insert(shard, sequence);
        }

        ReplayProtocol.ShardState state = State(shard);
        Assert.Equal((Shard, 16L, 4L * 7, 16, 16.0), (state.Shard, state.Inserts, state.EnvironmentSteps, state.Count, state.Mass));
    }

    [Fact]
    public void Acknowledges_cumulatively_while_it_is_below_its_allowance()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 100);
        Insert(shard, 1);
        Insert(shard, 2);

        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 1, 3, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 2, 4, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
    }

    [Fact]
    public void Withholds_credit_at_its_allowance_and_gives_it_once_when_the_allowance_grows()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 8);
        Insert(shard, 1);
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 1, 2, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Insert(shard, 2);
        Assert.False(_runner.HasMessages);

        Grant(shard, 8);
        Assert.False(_runner.HasMessages);
        Grant(shard, 9);
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 2, 3, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Grant(shard, 9);
        Assert.False(_runner.HasMessages);
        Grant(shard, 100);
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 2, 4, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Grant(shard, 1000);
        Assert.False(_runner.HasMessages);
    }

    [Fact]
    public void A_sample_request_renews_the_allowance_too()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        Assert.False(_runner.HasMessages);

        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [1], InsertAllowance: 100, 0), _learner);

        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 1, 3, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
    }

    [Fact]
    public void A_probe_is_answered_with_what_was_received_even_where_credit_is_withheld()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);

        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 1, 1, true), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Grant(shard, 100);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 2), _runner);
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 1, 3, false), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 1, 3, true), _runner.ExpectMsg<ReplayProtocol.Credit>());
    }

    [Fact]
    public void A_probe_of_an_older_incarnation_has_no_answer()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1, incarnation: 2);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);

        Assert.False(_runner.HasMessages);
    }

    [Fact]
    public void A_first_fragment_that_was_lost_is_not_acknowledged_by_the_second()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 2);
        Assert.Equal(0, State(shard).Inserts);

        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 0, 0, true), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Insert(shard, 1);
        Insert(shard, 2);
        Assert.Equal(8, State(shard).Inserts);
    }

    [Fact]
    public void What_a_runner_was_granted_goes_to_the_next_when_it_ends()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        TestProbe other = CreateTestProbe();
        Grant(shard, 1);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 1, 2, 1), other);
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 1, 0, 1, true), _runner.ExpectMsg<ReplayProtocol.Credit>());
        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 2, 0, 0, true), other.ExpectMsg<ReplayProtocol.Credit>());

        Sys.Stop(_runner);

        Assert.Equal(new ReplayProtocol.Credit(Shard, 1, 2, 0, 1, false), other.ExpectMsg<ReplayProtocol.Credit>());
    }

    [Fact]
    public void A_sample_has_the_rows_asked_for_the_number_of_the_request_and_the_account()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        Insert(shard, 2);

        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 42, [3, 0, 4], InsertAllowance: 0, 0), _learner);

        ReplayProtocol.SampleReply reply = _learner.ExpectMsg<ReplayProtocol.SampleReply>();
        Assert.Equal((42L, 7, 8L), (reply.Request, reply.Samples.Transitions.Count, reply.State.Inserts));
        for (int row = 0; row < 7; row++)
        {
            // Make.Batch numbers the transitions as the buffer numbers its keys.
            Assert.Equal(reply.Samples.Keys[row], (long)reply.Samples.Transitions.Returns[row]);
            Assert.Equal(reply.Samples.Keys[row], (long)reply.Samples.Transitions.Observations[2 * row]);
            Assert.Equal(1.0, reply.Samples.Masses[row]);
        }
    }

    [Fact]
    public void An_empty_shard_answers_a_sample_request_with_its_account_alone()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [3], InsertAllowance: 0, 0), _learner);

        Assert.Equal(0, _learner.ExpectMsg<ReplayProtocol.ShardState>().Count);
    }

    [Fact]
    public void Priorities_of_this_incarnation_count_and_those_of_another_do_not()
    {
        TestActorRef<ReplayShardActor> shard = Start(new ReplayOptions { Capacity = 1000, Shards = 2, Prioritized = true, Alpha = 1, PriorityEpsilon = 0.5 });
        shard.Tell(new ReplayProtocol.Insert(Shard, 0, 1, 1, 2, Make.Batch(2, absoluteTdErrors: [1f, 2f]), 1), _runner);
        ReplayProtocol.ShardState before = State(shard);
        Assert.Equal(1.5 + 2.5, before.Mass, 12);

        shard.Tell(new ReplayProtocol.UpdatePriorities(Shard, before.Incarnation + 1, [0], [100f]));
        Assert.Equal(4.0, State(shard).Mass, 12);
        shard.Tell(new ReplayProtocol.UpdatePriorities(Shard, before.Incarnation, [0, 99], [9.5f, 100f]));
        Assert.Equal(10.0 + 2.5, State(shard).Mass, 12);
    }

    [Fact]
    public void The_account_asked_for_after_the_next_insert_comes_exactly_once()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 100);
        Grant(shard, 100);
        Assert.False(_learner.HasMessages);

        Insert(shard, 1);
        Assert.Equal(4, _learner.ExpectMsg<ReplayProtocol.ShardState>().Inserts);
        Insert(shard, 2);
        Assert.False(_learner.HasMessages);
    }

    [Fact]
    public void A_refused_fragment_is_no_insert()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        Grant(shard, 100);

        Insert(shard, 1);
        Assert.False(_learner.HasMessages);
        Insert(shard, 2);
        _learner.ExpectMsg<ReplayProtocol.ShardState>();
    }

    [Fact]
    public void A_restart_begins_empty_under_a_larger_incarnation_and_goes_on_with_the_runners_numbering()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 100);
        Insert(shard, 1);
        long before = State(shard).Incarnation;
        Watch(shard);
        Sys.Stop(shard);
        ExpectTerminated(shard);

        shard = Start();
        Insert(shard, 2, firstUnacknowledged: 2);

        ReplayProtocol.ShardState after = State(shard);
        Assert.True(after.Incarnation > before);
        Assert.Equal(4, after.Inserts);
    }

    [Fact]
    public void Stops_on_the_hand_off_message()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Watch(shard);
        shard.Tell(ReplayShardActor.StopShard.Instance);
        ExpectTerminated(shard);
    }

    [Theory]
    [InlineData(10, 3, new[] { 4, 3, 3 })]
    [InlineData(11, 3, new[] { 4, 4, 3 })]
    [InlineData(2, 2, new[] { 1, 1 })]
    public void The_capacity_is_shared_out_whole(int capacity, int shards, int[] expected) => Assert.Equal(
        expected, Enumerable.Range(0, shards).Select(shard => ReplayShardActor.ShardCapacity(new ReplayOptions { Capacity = capacity, Shards = shards }, shard)));

    private TestActorRef<ReplayShardActor> Start(ReplayOptions? replay = null)
    {
        TrainingOptions options = Make.Options();
        Props props = ReplayShardActor.CreateProps(Shard, Make.ObservationSize, options with { Replay = replay ?? options.Replay });
        return ActorOfAsTestActorRef<ReplayShardActor>(props);
    }

    private void Insert(TestActorRef<ReplayShardActor> shard, long sequence, long incarnation = 1, long firstUnacknowledged = 1)
    {
        TransitionBatch batch = Make.Batch(FragmentSize, first: (int)(sequence - 1) * FragmentSize);
        shard.Tell(new ReplayProtocol.Insert(Shard, 0, incarnation, sequence, 7, batch, firstUnacknowledged), _runner);
    }

    private void Grant(TestActorRef<ReplayShardActor> shard, long allowance) =>
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, allowance, ReportNow: false, KnownIncarnation: 0), _learner);

    private ReplayProtocol.ShardState State(TestActorRef<ReplayShardActor> shard)
    {
        TestProbe probe = CreateTestProbe();
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 0, ReportNow: true, KnownIncarnation: 0), probe);
        return probe.ExpectMsg<ReplayProtocol.ShardState>();
    }
}
