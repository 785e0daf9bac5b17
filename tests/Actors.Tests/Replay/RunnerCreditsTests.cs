using Akka.Actor;
using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerCreditsTests
{
    private const int Fragment = 10;
    private readonly RunnerCredits _credits = new(window: 2, Fragment, phase: 0);
    private long _inserts;
    private long _allowance = long.MaxValue;

    [Fact]
    public void A_repetition_and_a_gap_are_refused()
    {
        Assert.True(Receive(1));
        Assert.False(Receive(1));
        Assert.True(Receive(2));
        Assert.False(Receive(4));
        Assert.False(Receive(1));
        Assert.True(Receive(3));
        Assert.True(Receive(4));
    }

    [Fact]
    public void A_newer_incarnation_begins_anew_and_an_older_one_is_refused()
    {
        Assert.True(Receive(5, incarnation: 10, firstUnacknowledged: 5));
        Assert.True(Receive(1, incarnation: 11));
        Assert.False(Receive(6, incarnation: 10));
        Assert.True(Receive(2, incarnation: 11));
        Assert.Null(Probe(incarnation: 10, firstUnacknowledged: 6));
    }

    [Fact]
    public void A_lost_first_fragment_is_not_acknowledged_by_the_second_and_is_asked_for_with_the_next_credit()
    {
        Assert.False(Receive(2, firstUnacknowledged: 1));
        RunnerCredits.Link link = Probe()!;
        Assert.Equal((0, true), (link.Received, link.IsToResend));
        Assert.True(Receive(1));
        Assert.True(Receive(2));
    }

    [Fact]
    public void What_a_predecessor_of_the_shard_acknowledged_is_not_waited_for()
    {
        // Sent while 3 and 4 were underway; their acknowledgement reached the runner, and the shard that gave it is no more.
        Assert.False(Receive(5, firstUnacknowledged: 3));

        Assert.Equal(4, Probe(firstUnacknowledged: 5)!.Received);
        Assert.True(Receive(5, firstUnacknowledged: 3));
    }

    [Fact]
    public void Credit_is_cumulative_and_never_more_than_a_window_ahead_of_what_was_received()
    {
        Receive(1);
        Receive(2);

        RunnerCredits.Link link = Probe(firstUnacknowledged: 3)!;
        Assert.Equal((2, 4), (link.Received, link.Granted));
        Assert.Empty(_credits.Grant(20, long.MaxValue));
        Assert.Equal(2 * Fragment, _credits.Reserved);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 9, 0)]
    [InlineData(0, 10, 1)]
    [InlineData(0, 29, 2)]
    [InlineData(95, 104, 0)]
    [InlineData(95, 105, 1)]
    [InlineData(0, 1000, 8)]
    public void Whole_fragments_are_granted_as_far_as_the_allowance_covers_them(long inserts, long allowance, long expected)
    {
        _allowance = 0;
        for (int runner = 0; runner < 4; runner++)
        {
            Probe(runner);
        }

        Assert.Equal(Fragment, _credits.Wanted);
        Assert.Equal(expected, _credits.Grant(inserts, allowance).Sum(link => link.Granted));
        Assert.Equal(expected * Fragment, _credits.Reserved);
        Assert.Equal(expected == 8 ? 0 : Fragment, _credits.Wanted);
    }

    [Fact]
    public void Runners_are_granted_in_turn()
    {
        _allowance = 0;
        List<RunnerCredits.Link> links = [.. Enumerable.Range(0, 3).Select(runner => Probe(runner)!)];

        // Their places are 0, 0.62 and 0.24.
        _allowance = 20;
        Assert.Equal(2, _credits.Grant(0, 20).Count);
        Assert.Equal([1L, 0L, 1L], links.Select(link => link.Granted));
        // The first one sends at once and asks for more, and yet the second comes first.
        Assert.True(Receive(1, runner: 0));
        Assert.Equal([links[1]], _credits.Grant(10, 30));
        Assert.Equal([links[0]], _credits.Grant(10, 40));
    }

    [Fact]
    public void Another_shard_begins_its_turns_with_another_runner()
    {
        int[] first =
        [
            .. Enumerable.Range(0, 4).Select(shard =>
            {
                RunnerCredits credits = new(2, Fragment, shard / 4.0);
                List<RunnerCredits.Link> links = [.. Enumerable.Range(0, 4).Select(runner => credits.Probe(new(shard, runner, 1, 1), ActorRefs.Nobody)!)];
                return links.IndexOf(Assert.Single(credits.Grant(0, Fragment)));
            }),
        ];

        // Runners lie at 0, 0.62, 0.24 and 0.85 of the circle, and turns begin with the next after 0, 0.75, 0.5 and 0.25 on it.
        Assert.Equal([0, 3, 1, 1], first);
    }

    [Fact]
    public void Who_was_away_does_not_make_up_for_it_at_the_cost_of_the_others()
    {
        _allowance = 10_000;
        for (int sequence = 1; sequence <= 500; sequence++)
        {
            Assert.True(Receive(sequence, runner: 0));
        }

        _allowance = 0;
        RunnerCredits.Link late = Probe(runner: 1)!;
        _credits.Grant(_inserts, _inserts + _credits.Reserved + Fragment);
        Assert.Equal(1, late.Granted);
        Assert.True(Receive(501, runner: 0));
        _credits.Grant(_inserts, _inserts + _credits.Reserved + (2 * Fragment));
        Assert.Equal(2, late.Granted);
        Assert.Equal(503, Probe(0, firstUnacknowledged: 502)!.Granted);
    }

    [Fact]
    public void A_newer_incarnation_gives_the_grants_of_the_older_one_back()
    {
        _allowance = Fragment;
        RunnerCredits.Link older = Probe(runner: 0)!;
        RunnerCredits.Link other = Probe(runner: 1)!;
        Assert.Equal((1, 0), (older.Granted, other.Granted));

        // A turn is not lost with an incarnation.
        RunnerCredits.Link newer = Probe(runner: 0, incarnation: 2)!;

        Assert.Equal((0, 0, 1), (older.Granted, other.Granted, newer.Granted));
        Assert.Equal(Fragment, _credits.Reserved);
    }

    [Fact]
    public void A_runner_that_ended_gives_its_grants_back_and_gets_no_more_and_what_it_had_sent_counts_once_where_there_is_room()
    {
        Probe();
        Assert.Equal(2 * Fragment, _credits.Reserved);

        _credits.Close(ActorRefs.Nobody);

        Assert.Equal((0, false), (_credits.Reserved, _credits.HasWaiting));
        Assert.True(Receive(1));
        Assert.False(Receive(1));
        _allowance = _inserts + Fragment - 1;
        Assert.False(Receive(2));
        Assert.Equal(0, _credits.Reserved);
        Assert.Empty(_credits.Grant(10, long.MaxValue));
    }

    /// <summary>A shard that begins anew gets what its predecessor granted, and counts none of it before it has an allowance itself.</summary>
    [Fact]
    public void What_was_not_granted_here_waits_for_its_turn_and_is_asked_for_again()
    {
        _allowance = 0;
        Assert.False(Receive(7, firstUnacknowledged: 7));
        Assert.False(Receive(8, firstUnacknowledged: 7));
        Assert.Equal(Fragment, _credits.Wanted);

        _allowance = Fragment;
        RunnerCredits.Link link = Assert.Single(_credits.Grant(0, _allowance));
        Assert.Equal((6, 7, true), (link.Received, link.Granted, link.IsToResend));
        Assert.True(Receive(7, firstUnacknowledged: 7));
        Assert.False(Receive(8, firstUnacknowledged: 7));
        Assert.Equal(_allowance, _inserts);
    }

    [Fact]
    public void A_fragment_longer_than_it_seemed_is_taken_where_there_is_room_and_otherwise_when_there_is()
    {
        _allowance = 2 * Fragment;
        Probe();
        Assert.False(Receive(1, transitions: 21));
        Assert.Equal((0, 21), (_credits.Reserved, _credits.Wanted));

        _allowance = 41;
        RunnerCredits.Link link = Assert.Single(_credits.Grant(0, _allowance));
        Assert.True(link.IsToResend);
        Assert.True(Receive(1, transitions: 21));
        Assert.Equal((21, 0, 21), (_inserts, _credits.Reserved, _credits.Wanted));
    }

    [Fact]
    public void Of_shorter_fragments_more_are_granted()
    {
        _allowance = Fragment;
        Assert.True(Receive(1, transitions: 4));
        Assert.Equal((4, 4, 4), (_inserts, _credits.Reserved, _credits.Wanted));
    }

    /// <summary>Runners that send as soon as they may, in any order: never past an allowance that creeps on, and strictly in turn.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_many_runners_no_shard_passes_its_allowance_and_every_runner_has_its_turn(ulong seed)
    {
        const int Runners = 100;
        RandomSource random = new(seed);
        RunnerCredits credits = new(window: 4, Fragment, phase: 0.3);
        long[] sent = new long[Runners];
        RunnerCredits.Link[] links = [.. Enumerable.Range(0, Runners).Select(runner => credits.Probe(new(0, runner, 1, 1), ActorRefs.Nobody)!)];
        long inserts = 0;
        long allowance = 0;
        for (int round = 0; round < 1_000; round++)
        {
            allowance += random.NextInt(5 * Fragment);
            credits.Grant(inserts, allowance);
            while (credits.Reserved > 0)
            {
                int first = random.NextInt(Runners);
                int runner = Enumerable.Range(0, Runners).Select(i => (first + i) % Runners).First(i => sent[i] < links[i].Granted);
                sent[runner]++;
                ReplayProtocol.Insert insert = new(0, runner, 1, sent[runner], 1, Make.Batch(Fragment), sent[runner]);
                Assert.True(credits.TryReceive(insert, ActorRefs.Nobody, inserts, allowance));
                inserts += Fragment;
                credits.Grant(inserts, allowance);
            }

            Assert.InRange(inserts, allowance - Fragment + 1, allowance);
            // Strictly in turn: nobody is ever two fragments ahead of another.
            Assert.InRange(sent.Max() - sent.Min(), 0, 1);
        }
    }

    /// <summary>Receives, and grants as far as the allowance goes, as the shard does.</summary>
    private bool Receive(long sequence, long incarnation = 1, int runner = 0, long firstUnacknowledged = 1, int transitions = Fragment)
    {
        ReplayProtocol.Insert insert = new(0, runner, incarnation, sequence, 1, Make.Batch(transitions), firstUnacknowledged);
        bool isTaken = _credits.TryReceive(insert, ActorRefs.Nobody, _inserts, _allowance);
        _inserts += isTaken ? transitions : 0;
        _credits.Grant(_inserts, _allowance);
        return isTaken;
    }

    private RunnerCredits.Link? Probe(int runner = 0, long incarnation = 1, long firstUnacknowledged = 1)
    {
        RunnerCredits.Link? link = _credits.Probe(new ReplayProtocol.CreditProbe(0, runner, incarnation, firstUnacknowledged), ActorRefs.Nobody);
        _credits.Grant(_inserts, _allowance);
        return link;
    }
}
