using Akka.Actor;
using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerCreditsTests
{
    private const int Fragment = 10;
    private readonly RunnerCredits _credits = new(window: 2, Fragment);

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
    public void A_lost_first_fragment_is_not_acknowledged_by_the_second()
    {
        Assert.False(Receive(2, firstUnacknowledged: 1));
        Assert.Equal(0, Probe()!.Received);
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
        Assert.Equal(0, _credits.Outstanding);
    }

    [Fact]
    public void Credit_is_cumulative_and_never_more_than_a_window_ahead_of_what_was_received()
    {
        Receive(1);
        Receive(2);

        RunnerCredits.Link link = Assert.Single(_credits.Grant(20, long.MaxValue));
        Assert.Equal((2, 4), (link.Received, link.Granted));
        Assert.Empty(_credits.Grant(20, long.MaxValue));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 10, 1)]
    [InlineData(0, 11, 2)]
    [InlineData(95, 95, 0)]
    [InlineData(95, 96, 1)]
    [InlineData(0, 1000, 8)]
    public void What_is_granted_covers_the_allowance_and_less_than_a_fragment_more(long inserts, long allowance, long expected)
    {
        for (int runner = 0; runner < 4; runner++)
        {
            Probe(runner);
        }

        Assert.Equal(expected, _credits.Grant(inserts, allowance).Sum(link => link.Granted));
        Assert.Equal(expected, _credits.Outstanding);
    }

    [Fact]
    public void Runners_are_granted_in_turn()
    {
        List<RunnerCredits.Link> links = [.. Enumerable.Range(0, 3).Select(runner => Probe(runner)!)];

        _credits.Grant(0, 20);
        Assert.Equal([1L, 1L, 0L], links.Select(link => link.Granted));
        // The first one sends at once and asks for more, and yet the third comes first.
        Assert.True(Receive(1, runner: 0));
        Assert.Equal([links[2]], _credits.Grant(10, 30));
        Assert.Equal([1L, 1L, 1L], links.Select(link => link.Granted));
        Assert.Equal([links[0]], _credits.Grant(10, 40));
    }

    [Fact]
    public void A_newer_incarnation_gives_the_grants_of_the_older_one_back()
    {
        RunnerCredits.Link older = Probe(runner: 0)!;
        RunnerCredits.Link other = Probe(runner: 1)!;
        Assert.Equal([older], _credits.Grant(0, 1));

        RunnerCredits.Link newer = Probe(runner: 0, incarnation: 2)!;

        Assert.Equal(0, _credits.Outstanding);
        Assert.Equal([other], _credits.Grant(0, 1));
        Assert.Equal([newer], _credits.Grant(0, 11));
        Assert.Equal(0, older.Granted);
    }

    [Fact]
    public void A_runner_that_ended_gives_its_grants_back_and_gets_no_more_but_what_it_had_sent_still_counts_once()
    {
        Probe();
        _credits.Grant(0, long.MaxValue);
        Assert.Equal(2, _credits.Outstanding);

        _credits.Close(ActorRefs.Nobody);

        Assert.Equal(0, _credits.Outstanding);
        Assert.True(Receive(1));
        Assert.False(Receive(1));
        Assert.Equal(0, _credits.Outstanding);
        Assert.Empty(_credits.Grant(10, long.MaxValue));
    }

    /// <summary>Runners that send as soon as they may, in any order, to many shards: never more than a fragment past an allowance that creeps on.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_many_runners_and_shards_no_shard_gets_a_whole_fragment_past_its_allowance_and_every_runner_has_its_turn(ulong seed)
    {
        const int Runners = 100;
        const int Shards = 20;
        RandomSource random = new(seed);
        for (int shard = 0; shard < Shards; shard++)
        {
            RunnerCredits credits = new(window: 4, Fragment);
            long[] sent = new long[Runners];
            RunnerCredits.Link[] links = [.. Enumerable.Range(0, Runners).Select(runner => credits.Probe(new(shard, runner, 1, 1), ActorRefs.Nobody)!)];
            long inserts = 0;
            long allowance = 0;
            for (int round = 0; round < 300; round++)
            {
                allowance += random.NextInt(5 * Fragment);
                credits.Grant(inserts, allowance);
                while (credits.Outstanding > 0)
                {
                    int first = random.NextInt(Runners);
                    int runner = Enumerable.Range(0, Runners).Select(i => (first + i) % Runners).First(i => sent[i] < links[i].Granted);
                    sent[runner]++;
                    Assert.True(credits.TryReceive(new(shard, runner, 1, sent[runner], 1, Make.Batch(1), sent[runner]), ActorRefs.Nobody));
                    inserts += Fragment;
                    credits.Grant(inserts, allowance);
                }

                Assert.InRange(inserts, allowance, allowance + Fragment - 1);
            }

            // Strictly in turn: nobody is ever two fragments ahead of another.
            Assert.InRange(sent.Max() - sent.Min(), 0, 1);
        }
    }

    private bool Receive(long sequence, long incarnation = 1, int runner = 0, long firstUnacknowledged = 1) => _credits.TryReceive(
        new ReplayProtocol.Insert(0, runner, incarnation, sequence, 1, Make.Batch(1), firstUnacknowledged), ActorRefs.Nobody);

    private RunnerCredits.Link? Probe(int runner = 0, long incarnation = 1, long firstUnacknowledged = 1) =>
        _credits.Probe(new ReplayProtocol.CreditProbe(0, runner, incarnation, firstUnacknowledged), ActorRefs.Nobody);
}
