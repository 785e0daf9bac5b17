using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;
using DqnAkka.Tests;

namespace DqnAkka.Actors.Tests;

public sealed class ReplayShardActorTests : TestKit
{
    private const int Shard = 1;
    private const int FragmentSize = 4;
    private readonly TestProbe _runner;
    private readonly TestProbe _learner;
    private readonly TestProbe _node;
    private readonly TestProbe _courier;
    private long _allowance;
    private bool _isGranted;

    public ReplayShardActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _runner = CreateTestProbe();
        _learner = CreateTestProbe();
        _node = CreateTestProbe();
        _courier = CreateTestProbe();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

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

        Assert.Equal(Credit(1, 1, 3, false), NextCredit(_runner));
        Assert.Equal(Credit(1, 2, 4, false), NextCredit(_runner));
    }

    [Fact]
    public void Withholds_credit_at_its_allowance_and_gives_it_once_when_the_allowance_grows()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 8);
        Insert(shard, 1);
        Assert.Equal(Credit(1, 1, 2, false), NextCredit(_runner));
        Insert(shard, 2);
        Assert.False(_runner.HasMessages);

        Grant(shard, 11);
        Assert.False(_runner.HasMessages);
        Grant(shard, 12);
        Assert.Equal(Credit(1, 2, 3, false), NextCredit(_runner));
        Grant(shard, 12);
        Assert.False(_runner.HasMessages);
        Grant(shard, 100);
        Assert.Equal(Credit(1, 2, 4, false), NextCredit(_runner));
        Grant(shard, 1000);
        Assert.False(_runner.HasMessages);
    }

    /// <summary>What a predecessor of this shard granted is no longer covered by any allowance: it is asked for again when it is.</summary>
    [Fact]
    public void A_fragment_without_credit_waits_and_the_learner_hears_of_it()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 0);
        Insert(shard, 5, firstUnacknowledged: 5);

        ReplayProtocol.ShardState state = _learner.ExpectMsg<ReplayProtocol.ShardState>();
        Assert.Equal((0L, 0L, FragmentSize), (state.Inserts, state.Granted, state.Wanted));
        // Said once: the learner has no more to give at the moment.
        Grant(shard, 1);
        Assert.False(_learner.HasMessages);

        Grant(shard, FragmentSize);
        Assert.Equal(Credit(1, 4, 5, true), NextCredit(_runner));
        // The runner's window has room for one more, which is another want.
        state = _learner.ExpectMsg<ReplayProtocol.ShardState>();
        Assert.Equal((0L, 4L, FragmentSize), (state.Inserts, state.Granted, state.Wanted));
        Grant(shard, FragmentSize);
        Insert(shard, 5, firstUnacknowledged: 5);
        state = _learner.ExpectMsg<ReplayProtocol.ShardState>();
        Assert.Equal((4L, 4L, FragmentSize), (state.Inserts, state.Granted, state.Wanted));
    }

    [Fact]
    public void The_account_repeats_the_number_of_the_allowance_and_says_what_is_granted()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 5, ReportNow: true, KnownIncarnation: 0) { AllowanceNumber = 77 }, _learner);
        ReplayProtocol.ShardState state = _learner.ExpectMsg<ReplayProtocol.ShardState>();
        Assert.Equal((77L, 4L, 0L, FragmentSize), (state.AllowanceNumber, state.Granted, state.Inserts, state.Wanted));

        // Less than before: what is granted stays granted.
        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [1], 0, 0) { AllowanceNumber = 78 }, _learner);
        state = _learner.ExpectMsg<ReplayProtocol.ShardState>();
        Assert.Equal((78L, 4L), (state.AllowanceNumber, state.Granted));
    }

    [Fact]
    public void A_sample_request_renews_the_allowance_too()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        Assert.False(_runner.HasMessages);

        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [1], InsertAllowance: 100, 0), _learner);

        Assert.Equal(Credit(1, 1, 3, false), NextCredit(_runner));
    }

    [Fact]
    public void A_probe_is_answered_with_what_was_received_even_where_credit_is_withheld()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);

        Assert.Equal(Credit(1, 1, 1, true), NextCredit(_runner));
        Grant(shard, 100);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 2), _runner);
        Assert.Equal(Credit(1, 1, 3, false), NextCredit(_runner));
        Assert.Equal(Credit(1, 1, 3, true), NextCredit(_runner));
    }

    [Fact]
    public void A_runner_older_than_one_known_is_refused_by_the_newer_number_and_nothing_of_it_is_taken()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        TestProbe older = CreateTestProbe();
        Insert(shard, 1, incarnation: 7);

        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 6, 1), older);
        shard.Tell(new ReplayProtocol.Insert(Shard, 0, 6, 1, 7, Make.Batch(FragmentSize), 1), older);
        shard.Tell(new ReplayProtocol.InsertPart(Shard, 0, 6, 1, 0, 1, new byte[] { 1 }), older);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(new ReplayProtocol.CreditRefused(Shard, 7), older.ExpectMsg<ReplayProtocol.CreditRefused>());
        }

        Assert.Equal(4, State(shard).Inserts);
    }

    [Fact]
    public void A_first_fragment_that_was_lost_is_not_acknowledged_by_the_second()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 100);
        Insert(shard, 2);
        Assert.Equal(0, State(shard).Inserts);
        // The first credit asks for it.
        Assert.Equal(Credit(1, 0, 2, true), NextCredit(_runner));

        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);
        Assert.Equal(Credit(1, 0, 2, true), NextCredit(_runner));
        Insert(shard, 1);
        Insert(shard, 2);
        Assert.Equal(8, State(shard).Inserts);
    }

    [Fact]
    public void What_a_runner_was_granted_goes_to_the_next_when_it_ends()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        TestProbe other = CreateTestProbe();
        Grant(shard, FragmentSize);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 1, 2, 1), other);
        Assert.Equal(Credit(1, 0, 1, true), NextCredit(_runner));
        Assert.Equal(Credit(2, 0, 0, true), NextCredit(other));

        Sys.Stop(_runner);

        Assert.Equal(Credit(2, 0, 1, false), NextCredit(other));
    }

    [Fact]
    public void A_sample_has_the_rows_asked_for_the_number_of_the_request_and_the_account()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        Insert(shard, 2);

        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 42, [3, 0, 4], InsertAllowance: 0, 0), _learner);

        ReplayProtocol.SampleReply reply = _learner.ExpectMsg<ReplayProtocol.SampleReply>();
        Assert.Equal((42L, 7, 8L), (reply.Request, reply.Samples.Count, reply.State.Inserts));
        for (int row = 0; row < 7; row++)
        {
            // Make.Batch numbers the transitions as the buffer numbers its keys.
            Assert.Equal(reply.Samples.Keys[row], (long)reply.Samples.Returns[row]);
            Assert.Equal(reply.Samples.Keys[row], (long)Unpacked.Observations(reply.Samples)[2 * row]);
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
        Grant(shard, 100);
        shard.Tell(new ReplayProtocol.Insert(Shard, 0, 1, 1, 2, Make.Batch(2, absoluteTdErrors: [1f, 2f]), 1), _runner);
        ReplayProtocol.ShardState before = State(shard);
        Assert.Equal(1.5 + 2.5, before.Mass, 12);

        shard.Tell(new ReplayProtocol.UpdatePriorities(Shard, before.Incarnation + 1, [0], [100f]));
        Assert.Equal(4.0, State(shard).Mass, 12);
        shard.Tell(new ReplayProtocol.UpdatePriorities(Shard, before.Incarnation, [0, 99], [9.5f, 100f]));
        Assert.Equal(10.0 + 2.5, State(shard).Mass, 12);
    }

    /// <summary>
    /// An update is underway while its transitions leave: what lies in their slots now keeps its own priority, and what is still held gets
    /// the new one.
    /// </summary>
    [Fact]
    public void Priorities_of_what_has_left_meanwhile_are_not_given_to_what_took_its_place()
    {
        TestActorRef<ReplayShardActor> shard = Start(new ReplayOptions { Capacity = 12, Shards = 2, Prioritized = true, Alpha = 1, PriorityEpsilon = 0.5 });
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 100, ReportNow: false, 0), _learner);
        InsertErrors(1, [1f, 1f, 1f]);
        InsertErrors(2, [1f, 1f, 1f]);
        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [12], 100, 0), _learner);
        ReplayProtocol.SampleReply reply = _learner.FishForMessage<ReplayProtocol.SampleReply>(_ => true);
        Assert.Equal([0L, 1, 2, 3, 4, 5], reply.Samples.Keys.Distinct().Order());

        InsertErrors(3, [2f, 3f, 4f]);
        shard.Tell(new ReplayProtocol.UpdatePriorities(
            Shard, reply.State.Incarnation, reply.Samples.Keys, [.. reply.Samples.Keys.Select(key => 10f + key)]));

        // 13.5 + 14.5 + 15.5 of keys 3 to 5, and 2.5 + 3.5 + 4.5 of those that came last.
        ReplayProtocol.ShardState state = State(shard);
        Assert.Equal((43.5 + 10.5, 2.5, 15.5), (state.Mass, state.MinimumMass, state.LargestPriority));

        void InsertErrors(long sequence, float[] errors) => shard.Tell(
            new ReplayProtocol.Insert(Shard, 0, 1, sequence, 3, Make.Batch(3, first: 3 * (int)(sequence - 1), errors), 1), _runner);
    }

    [Fact]
    public void What_comes_without_a_priority_gets_the_largest_of_all_shards()
    {
        TestActorRef<ReplayShardActor> shard = Start(new ReplayOptions { Capacity = 1000, Shards = 2, Prioritized = true, Alpha = 1, PriorityEpsilon = 0.5 });
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 100, ReportNow: false, 0) { LargestPriority = 7 }, _learner);
        Insert(shard, 1);
        Assert.Equal((4 * 7.0, 7.0, 7.0), (State(shard).Mass, State(shard).MinimumMass, State(shard).LargestPriority));

        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [1], 100, 0) { LargestPriority = 9 }, _learner);
        Insert(shard, 2);
        Assert.Equal((4 * 16.0, 7.0, 9.0), (State(shard).Mass, State(shard).MinimumMass, State(shard).LargestPriority));
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
        Grant(shard, 100);
        Insert(shard, 2, firstUnacknowledged: 2);

        ReplayProtocol.ShardState after = State(shard);
        Assert.True(after.Incarnation > before);
        Assert.Equal(4, after.Inserts);
    }

    /// <summary>The learner knows a predecessor whose clock was an hour ahead: under its own number the shard would be taken for an old one.</summary>
    [Fact]
    public void A_shard_on_a_slower_clock_goes_beyond_the_incarnation_that_the_learner_knows_and_says_so_at_once()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);
        long own = State(shard).Incarnation;
        long known = own + TimeSpan.TicksPerHour;

        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 1000, ReportNow: false, known), _learner);

        ReplayProtocol.ShardState state = _learner.ExpectMsg<ReplayProtocol.ShardState>();
        Assert.True(state.Incarnation > known);
        Assert.Equal(4, state.Inserts);
        // The allowance counted the inserts of the predecessor.
        Assert.False(_runner.HasMessages);
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 1000, ReportNow: false, state.Incarnation), _learner);
        Assert.Equal(state.Incarnation, _runner.ExpectMsg<ReplayProtocol.Credit>().ShardIncarnation);
        Assert.False(_learner.HasMessages);
        Assert.True(Incarnations.Next() > state.Incarnation);
    }

    [Fact]
    public void An_allowance_for_a_predecessor_is_answered_with_the_account_and_not_used()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Insert(shard, 1);

        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 1000, ReportNow: false, KnownIncarnation: 1), _learner);

        Assert.Equal(4, _learner.ExpectMsg<ReplayProtocol.ShardState>().Inserts);
        Assert.False(_runner.HasMessages);
    }

    [Fact]
    public void A_fragment_in_pieces_counts_when_the_last_one_has_come_whatever_the_order()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, 100_000);
        ReplayProtocol.Insert insert = new(Shard, 0, 1, 1, 7, Make.Batch(6_000), 1);
        IReadOnlyList<ReplayProtocol.InsertPart> parts = WireParts.Cut(insert)!;
        Assert.True(parts.Count > 2);

        foreach (ReplayProtocol.InsertPart part in parts.Skip(1).Reverse().Append(parts[1]))
        {
            shard.Tell(part, _runner);
            Assert.Equal(0, State(shard).Inserts);
        }

        Grant(shard, 100_000);
        shard.Tell(parts[0], _runner);
        Assert.Equal(6_000, State(shard).Inserts);
        Assert.Equal(Credit(1, 1, 3, false), NextCredit(_runner));
    }

    [Theory]
    [InlineData("observations")]
    [InlineData("actions")]
    [InlineData("errors")]
    [InlineData("shard")]
    [InlineData("sequence")]
    public void A_fragment_that_does_not_fit_is_passed_over_and_costs_nothing_that_is_held(string fault)
    {
        TestActorRef<ReplayShardActor> shard = Start(new ReplayOptions { Capacity = 1000, Shards = 2, Prioritized = true });
        Insert(shard, 1);
        ReplayProtocol.ShardState before = State(shard);
        TransitionBatch batch = fault switch
        {
            "observations" => TransitionBatch.FromColumns(3, new float[3], [0], [0f], [0f], new float[3], []),
            "actions" => TransitionBatch.FromColumns(2, new float[2], [2], [0f], [0f], new float[2], []),
            "errors" => TransitionBatch.FromColumns(2, new float[2], [0], [0f], [0f], new float[2], [float.NaN]),
            _ => Make.Batch(1),
        };

        long sequence = fault == "sequence" ? 0 : 2;
        shard.Tell(new ReplayProtocol.Insert(fault == "shard" ? Shard + 1 : Shard, 0, 1, sequence, 1, batch, 1), _runner);

        // The runner is told, since what is passed over in silence is sent again for ever.
        ReplayProtocol.InsertRefused refused = _runner.ExpectMsg<ReplayProtocol.InsertRefused>();
        Assert.Equal((Shard, 1L, sequence), (refused.Shard, refused.Incarnation, refused.Sequence));
        Assert.StartsWith("a fragment of runner 0 ", refused.Fault, StringComparison.Ordinal);
        Assert.Equal(before, State(shard));
        Insert(shard, 2);
        Assert.Equal(8, State(shard).Inserts);
    }

    [Fact]
    public void Requests_and_priorities_that_do_not_fit_are_passed_over()
    {
        TestActorRef<ReplayShardActor> shard = Start(new ReplayOptions { Capacity = 1000, Shards = 2, Prioritized = true });
        Insert(shard, 1);
        ReplayProtocol.ShardState before = State(shard);

        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [int.MaxValue, int.MaxValue], 0, 0), _learner);
        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [-1], 0, 0), _learner);
        shard.Tell(new ReplayProtocol.UpdatePriorities(Shard, before.Incarnation, [0, 1], [1f]), _learner);
        shard.Tell(new ReplayProtocol.UpdatePriorities(Shard, before.Incarnation, [0], [float.NaN]), _learner);

        Assert.False(_learner.HasMessages);
        Assert.Equal(before, State(shard));
    }

    [Fact]
    public void Every_second_the_node_hears_where_the_shard_stands_and_what_it_waits_for()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        NodeProtocol.PartReport report = NextReport();
        Assert.Equal(("shard-1", 0L), (report.Part, report.Progress));
        Assert.Contains("the learner", report.WaitsFor, StringComparison.Ordinal);

        Grant(shard, FragmentSize);
        shard.Tell(new ReplayProtocol.CreditProbe(Shard, 0, 1, 1), _runner);
        Insert(shard, 1);
        shard.Tell(new ReplayProtocol.SampleRequest(Shard, 1, [3], FragmentSize, 0), _learner);
        report = NextReport();
        Assert.Equal(7, report.Progress);
        Assert.Contains("allowance", report.WaitsFor, StringComparison.Ordinal);
        Assert.Equal(new ShardStatus(Shard, State(shard).Incarnation, 4, 4, 4, 0, 0, 3), report.Status);

        Grant(shard, 1000);
        Assert.Contains("transitions from the runners", NextReport().WaitsFor, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_moves_acknowledges_what_it_has_tells_the_learner_and_gives_all_to_the_courier()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Grant(shard, FragmentSize);
        Insert(shard, 1);
        ReplayProtocol.ShardState state = State(shard);
        _learner.ExpectMsg<ReplayProtocol.ShardState>();
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 0, ReportNow: false, 0), _learner);
        Watch(shard);

        shard.Tell(ReplayShardActor.StopShard.Instance);

        ExpectTerminated(shard);
        Assert.Equal(Credit(1, 1, 1, false), NextCredit(_runner));
        Assert.Equal(state with { Count = 0, Mass = 0, MinimumMass = 0 }, _learner.ExpectMsg<ReplayProtocol.ShardState>());
        ShardCourierActor.Deliver deliver = _courier.ExpectMsg<ShardCourierActor.Deliver>();
        Assert.Equal((Shard, state.Incarnation, 4), (deliver.Shard, deliver.Memory.Incarnation, deliver.Memory.Buffer.Count));
        Assert.Equal([new ReplayProtocol.RunnerPosition(0, 1, 1)], deliver.Runners);
    }

    [Fact]
    public void An_empty_shard_has_nothing_to_give_away()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        Watch(shard);
        shard.Tell(ReplayShardActor.StopShard.Instance);
        ExpectTerminated(shard);
        Assert.False(_courier.HasMessages);
    }

    [Fact]
    public void What_a_predecessor_held_is_held_and_drawn_here_and_is_no_insert_and_its_fragments_are_not_taken_again()
    {
        TestActorRef<ReplayShardActor> shard = Start();
        TestProbe courier = CreateTestProbe();
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, 0, ReportNow: false, 0), _learner);
        shard.Tell(new ReplayProtocol.TransferBegin(Shard, 5, 8, [new(0, 1, 2)]), courier);
        Assert.Equal(new ReplayProtocol.TransferCredit(Shard, 5, 0), courier.ExpectMsg<ReplayProtocol.TransferCredit>());

        foreach (ReplayProtocol.TransferPart part in WireParts.Cut(Shard, 5, 0, Make.Batch(8), [.. Enumerable.Repeat(1.0, 8)]))
        {
            shard.Tell(part, courier);
            shard.Tell(part, courier);
        }

        Assert.Equal(new ReplayProtocol.TransferCredit(Shard, 5, 1), courier.ExpectMsg<ReplayProtocol.TransferCredit>());
        Assert.Equal(8, _learner.ExpectMsg<ReplayProtocol.ShardState>().Count);
        ReplayProtocol.ShardState state = State(shard);
        Assert.Equal((0L, 0L, 8, 8.0), (state.Inserts, state.EnvironmentSteps, state.Count, state.Mass));
        Insert(shard, 2, firstUnacknowledged: 2);
        Assert.Equal(0, State(shard).Inserts);
        Insert(shard, 3, firstUnacknowledged: 2);
        Assert.Equal((4L, 12), (State(shard).Inserts, State(shard).Count));
        Assert.Equal(8, ((ShardStatus)NextReport().Status).Inherited);
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
        Props props = ReplayShardActor.CreateProps(
            Shard, Make.Layout(options), options with { Replay = replay ?? options.Replay }, new ReplayShardLinks(_node, _courier));
        return ActorOfAsTestActorRef<ReplayShardActor>(props);
    }

    private void Insert(TestActorRef<ReplayShardActor> shard, long sequence, long incarnation = 1, long firstUnacknowledged = 1)
    {
        if (!_isGranted)
        {
            // Where credit is no matter, room for one more.
            _allowance += FragmentSize;
            shard.Tell(new ReplayProtocol.GrantInserts(Shard, _allowance, ReportNow: false, KnownIncarnation: 0), ActorRefs.Nobody);
        }

        TransitionBatch batch = Make.Batch(FragmentSize, first: (int)(sequence - 1) * FragmentSize);
        shard.Tell(new ReplayProtocol.Insert(Shard, 0, incarnation, sequence, 7, batch, firstUnacknowledged), _runner);
    }

    private void Grant(TestActorRef<ReplayShardActor> shard, long allowance)
    {
        _allowance = allowance;
        _isGranted = true;
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, allowance, ReportNow: false, KnownIncarnation: 0), _learner);
    }

    private ReplayProtocol.ShardState State(TestActorRef<ReplayShardActor> shard)
    {
        TestProbe probe = CreateTestProbe();
        shard.Tell(new ReplayProtocol.GrantInserts(Shard, _allowance, ReportNow: true, KnownIncarnation: 0), probe);
        return probe.ExpectMsg<ReplayProtocol.ShardState>();
    }

    private NodeProtocol.PartReport NextReport()
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return _node.ExpectMsg<NodeProtocol.PartReport>();
    }

    private static (long Incarnation, long Received, long Granted, bool Resend) Credit(long incarnation, long received, long granted, bool resend) =>
        (incarnation, received, granted, resend);

    private static (long Incarnation, long Received, long Granted, bool Resend) NextCredit(TestProbe runner)
    {
        ReplayProtocol.Credit credit = runner.ExpectMsg<ReplayProtocol.Credit>();
        Assert.Equal(Shard, credit.Shard);
        Assert.True(credit.ShardIncarnation > 0);
        return (credit.Incarnation, credit.Received, credit.Granted, credit.Resend);
    }
}
