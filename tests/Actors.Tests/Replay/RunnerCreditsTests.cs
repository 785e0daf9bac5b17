using Akka.Actor;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerCreditsTests
{
    private readonly RunnerCredits _credits = new(window: 2);

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
        Assert.True(Receive(5, incarnation: 10));
        Assert.True(Receive(1, incarnation: 11));
        Assert.False(Receive(6, incarnation: 10));
        Assert.True(Receive(2, incarnation: 11));
        Assert.Null(_credits.Probe(new ReplayProtocol.CreditProbe(0, 0, 10, 6), ActorRefs.Nobody));
    }

    [Fact]
    public void Credit_is_cumulative_and_a_window_ahead_of_what_was_received()
    {
        Receive(1);
        Receive(2);

        RunnerCredits.Link link = Assert.IsType<RunnerCredits.Link>(_credits.Grant(0, open: true));
        Assert.Equal((2, 4), (link.Received, link.Granted));
    }

    [Fact]
    public void Withheld_credit_comes_once_when_the_shard_opens_again()
    {
        Receive(1);
        Receive(1, runner: 1);
        Assert.Null(_credits.Grant(0, open: false));
        Assert.Null(_credits.Grant(1, open: false));
        Receive(2);
        Assert.Null(_credits.Grant(0, open: false));
        Assert.Equal(2, _credits.Withheld);

        Assert.Equal([(2L, 4L), (1L, 3L)], _credits.GrantWithheld().Select(link => (link.Received, link.Granted)).OrderDescending());
        Assert.Empty(_credits.GrantWithheld());
        Assert.Equal(0, _credits.Withheld);
    }

    [Fact]
    public void A_probe_of_a_runner_that_is_not_known_takes_over_its_numbering()
    {
        RunnerCredits.Link link = Assert.IsType<RunnerCredits.Link>(_credits.Probe(new ReplayProtocol.CreditProbe(0, 0, 3, 8), ActorRefs.Nobody));

        Assert.Equal((7, 9), (link.Received, link.Granted));
        Assert.True(Receive(8, incarnation: 3));
    }

    [Fact]
    public void Nobody_is_granted_what_he_did_not_ask_for() => Assert.Null(_credits.Grant(5, open: true));

    private bool Receive(long sequence, long incarnation = 1, int runner = 0) =>
        _credits.TryReceive(new ReplayProtocol.Insert(0, runner, incarnation, sequence, 1, Make.Batch(1)), ActorRefs.Nobody);
}
