using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

public sealed class ShardLinksTests
{
    private const long Incarnation = 7;

    [Fact]
    public void Nothing_goes_without_credit_and_with_it_fragments_go_round_robin_from_the_runners_own_shard()
    {
        ShardLinks links = new(runner: 4, Incarnation, shards: 3);
        Assert.False(links.CanSend);
        GrantAll(links, shards: 3, granted: 2);
        List<(int Shard, long Sequence)> sent = [];
        while (links.CanSend)
        {
            ReplayProtocol.Insert insert = links.Send(Make.Batch(1), 1);
            sent.Add((insert.Shard, insert.Sequence));
        }

        Assert.Equal([(1, 1L), (2, 1L), (0, 1L), (1, 2L), (2, 2L), (0, 2L)], sent);
        Assert.Equal(6, links.InFlight);
        Assert.Throws<InvalidOperationException>(() => links.Send(Make.Batch(1), 1));
    }

    [Fact]
    public void A_closed_shard_is_passed_over()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 2);
        GrantAll(links, shards: 2, granted: 1);
        links.Send(Make.Batch(1), 1);
        links.Send(Make.Batch(1), 1);
        links.Apply(new ReplayProtocol.Credit(1, 1, Incarnation, Received: 1, Granted: 3, Resend: false));

        Assert.Equal([(1, 2L), (1, 3L)], Enumerable.Range(0, 2).Select(_ => links.Send(Make.Batch(1), 1)).Select(insert => (insert.Shard, insert.Sequence)));
        Assert.False(links.CanSend);
    }

    [Fact]
    public void A_credit_that_comes_late_takes_nothing_back()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 1);
        links.Apply(new ReplayProtocol.Credit(0, 1, Incarnation, Received: 0, Granted: 5, Resend: false));
        links.Apply(new ReplayProtocol.Credit(0, 1, Incarnation, Received: 0, Granted: 2, Resend: false));

        int sent = 0;
        while (links.CanSend)
        {
            links.Send(Make.Batch(1), 1);
            sent++;
        }

        Assert.Equal(5, sent);
    }

    [Fact]
    public void A_runner_asks_every_shard_at_its_start_and_then_those_that_are_silent()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 2);

        Assert.Equal([new(0, 0, Incarnation, 1), new(1, 0, Incarnation, 1)], links.DueProbes());
        GrantAll(links, shards: 1, granted: 0);
        Assert.Equal([new(1, 0, Incarnation, 1)], links.DueProbes());
        Assert.Equal([new(0, 0, Incarnation, 1), new(1, 0, Incarnation, 1)], links.DueProbes());
    }

    [Fact]
    public void Every_fragment_says_which_is_the_first_that_the_runner_holds()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 1);
        GrantAll(links, shards: 1, granted: 4);

        Assert.Equal(1, links.Send(Make.Batch(1), 1).FirstUnacknowledged);
        Assert.Equal(1, links.Send(Make.Batch(1), 1).FirstUnacknowledged);
        links.Apply(new ReplayProtocol.Credit(0, 1, Incarnation, Received: 1, Granted: 4, Resend: false));
        Assert.Equal(2, links.Send(Make.Batch(1), 1).FirstUnacknowledged);
        links.Apply(new ReplayProtocol.Credit(0, 1, Incarnation, Received: 3, Granted: 4, Resend: false));
        Assert.Equal(4, links.Send(Make.Batch(1), 1).FirstUnacknowledged);
    }

    [Fact]
    public void Acknowledged_transitions_are_counted_once_for_the_incarnation_that_first_acknowledged_them()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 2);
        GrantAll(links, shards: 2, granted: 3);
        for (int fragment = 1; fragment <= 6; fragment++)
        {
            links.Send(Make.Batch(fragment), 1);
        }

        Assert.Empty(links.TakeAcknowledged());
        links.Apply(new ReplayProtocol.Credit(0, 50, Incarnation, Received: 2, Granted: 3, Resend: false));
        links.Apply(new ReplayProtocol.Credit(0, 51, Incarnation, Received: 3, Granted: 3, Resend: true));
        links.Apply(new ReplayProtocol.Credit(1, 52, Incarnation, Received: 1, Granted: 3, Resend: false));
        links.Apply(new ReplayProtocol.Credit(1, 52, Incarnation - 1, Received: 3, Granted: 3, Resend: false));

        // Shard 0 got fragments of 1, 3 and 5 transitions, shard 1 of 2, 4 and 6.
        Assert.Equal([new(0, 50, 4), new(0, 51, 5), new(1, 52, 2)], links.TakeAcknowledged());
        Assert.Empty(links.TakeAcknowledged());
        links.Apply(new ReplayProtocol.Credit(1, 52, Incarnation, Received: 3, Granted: 3, Resend: false));
        Assert.Equal([new(1, 52, 10)], links.TakeAcknowledged());
    }

    [Fact]
    public void Under_a_new_incarnation_everything_begins_anew_and_what_was_acknowledged_still_counts()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 2);
        GrantAll(links, shards: 2, granted: 2);
        links.Send(Make.Batch(3), 1);
        links.Send(Make.Batch(1), 1);
        links.Apply(new ReplayProtocol.Credit(0, 50, Incarnation, Received: 1, Granted: 2, Resend: false));

        links.Renew(Incarnation + 1);

        Assert.False(links.CanSend);
        Assert.Equal(0, links.InFlight);
        Assert.Equal([new(0, 0, Incarnation + 1, 1), new(1, 0, Incarnation + 1, 1)], links.DueProbes());
        Assert.Empty(links.Apply(new ReplayProtocol.Credit(1, 51, Incarnation, Received: 0, Granted: 2, Resend: true)));
        links.Apply(new ReplayProtocol.Credit(1, 51, Incarnation + 1, Received: 0, Granted: 1, Resend: true));
        ReplayProtocol.Insert insert = links.Send(Make.Batch(1), 1);
        Assert.Equal((1, 1L, 1L, Incarnation + 1), (insert.Shard, insert.Sequence, insert.FirstUnacknowledged, insert.Incarnation));
        Assert.Equal([new(0, 50, 3)], links.TakeAcknowledged());
    }

    [Fact]
    public void A_shard_is_silent_once_a_probe_has_gone_unanswered()
    {
        ShardLinks links = new(runner: 0, Incarnation, shards: 3);
        GrantAll(links, shards: 1, granted: 1);
        Assert.Equal([1, 2], links.Closed);
        _ = links.DueProbes().Count();
        Assert.Empty(links.Silent);
        links.Apply(new ReplayProtocol.Credit(2, 1, Incarnation, Received: 0, Granted: 0, Resend: true));
        _ = links.DueProbes().Count();
        Assert.Equal([1], links.Silent);

        links.Apply(new ReplayProtocol.Credit(1, 1, Incarnation, Received: 0, Granted: 0, Resend: true));
        Assert.Empty(links.Silent);
    }

    /// <summary>Whatever the channel drops or repeats, the shard appends every fragment once and in order, and the window holds.</summary>
    [Fact]
    public void Over_a_channel_that_loses_and_repeats_every_fragment_arrives_once_and_in_order() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.ULong, CsCheck.Gen.Int[1, 4]),
        (seed, window) =>
        {
            RandomSource random = new(seed);
            ShardLinks links = new(runner: 0, Incarnation, shards: 1);
            RunnerCredits credits = new(window, transitionsPerFragment: 1, phase: 0);
            Queue<object> toShard = new();
            Queue<ReplayProtocol.Credit> toRunner = new();
            List<int> appended = [];
            int sent = 0;
            for (int turn = 0; turn < 400; turn++)
            {
                bool isHealthy = turn >= 300;
                if (links.CanSend && (isHealthy || random.NextDouble() < 0.6))
                {
                    ReplayProtocol.Insert insert = links.Send(Make.Batch(1, sent++), 1);
                    toShard.Enqueue(insert);
                    Assert.True(links.InFlight <= window);
                }

                if (toShard.TryDequeue(out object? message) && (isHealthy || random.NextDouble() > 0.3))
                {
                    Shard(credits, message, toRunner, appended);
                    if (!isHealthy && random.NextDouble() < 0.2)
                    {
                        Shard(credits, message, toRunner, appended);
                    }
                }

                if (toRunner.TryDequeue(out ReplayProtocol.Credit? credit) && (isHealthy || random.NextDouble() > 0.3))
                {
                    foreach (ReplayProtocol.Insert again in links.Apply(credit))
                    {
                        toShard.Enqueue(again);
                    }
                }

                if (turn % 10 == 0)
                {
                    foreach (ReplayProtocol.CreditProbe probe in links.DueProbes())
                    {
                        toShard.Enqueue(probe);
                    }
                }
            }

            Assert.Equal(Enumerable.Range(0, appended.Count), appended);
            Assert.InRange(appended.Count, sent - window, sent);
            Assert.True(appended.Count > 50);
        },
        iter: 100,
        seed: "0000000000000",
        threads: 1);

    private static void GrantAll(ShardLinks links, int shards, long granted)
    {
        for (int shard = 0; shard < shards; shard++)
        {
            links.Apply(new ReplayProtocol.Credit(shard, 1, Incarnation, Received: 0, granted, Resend: false));
        }
    }

    private static void Shard(RunnerCredits credits, object message, Queue<ReplayProtocol.Credit> toRunner, List<int> appended)
    {
        if (message is ReplayProtocol.Insert insert)
        {
            if (credits.TryReceive(insert, Akka.Actor.ActorRefs.Nobody, appended.Count, long.MaxValue))
            {
                appended.Add((int)insert.Batch.Returns[0]);
            }

            foreach (RunnerCredits.Link link in credits.Grant(appended.Count, long.MaxValue))
            {
                toRunner.Enqueue(new ReplayProtocol.Credit(0, 1, link.Incarnation, link.Received, link.Granted, Resend: false));
            }
        }
        else if (message is ReplayProtocol.CreditProbe probe && credits.Probe(probe, Akka.Actor.ActorRefs.Nobody) is { } asked)
        {
            credits.Grant(appended.Count, long.MaxValue);
            toRunner.Enqueue(new ReplayProtocol.Credit(0, 1, asked.Incarnation, asked.Received, asked.Granted, Resend: true));
        }
    }
}
