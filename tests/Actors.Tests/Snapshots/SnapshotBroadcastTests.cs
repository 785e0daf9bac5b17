namespace DqnAkka.Actors.Tests;

/// <summary>Who gets which chunk when; the test is the mirrors and the clock. Snapshots have 20 chunks, the window is 3.</summary>
public sealed class SnapshotBroadcastTests : ISnapshotChannel<string>
{
    private const int Window = 3;
    private const int Chunks = 20;
    private readonly SnapshotBroadcast<string> _broadcast;
    private readonly List<IWireMessage> _sentToAll = [];
    private readonly List<(string Mirror, IWireMessage Piece)> _sentToOne = [];
    private readonly List<long> _newerGenerations = [];
    private int _accepted;

    public SnapshotBroadcastTests() => _broadcast = new SnapshotBroadcast<string>(4, Window, this);

    [Fact]
    public void With_no_mirror_known_the_first_window_goes_out_and_then_one_at_each_tick()
    {
        Publish(1);
        Assert.Equal(Window, Broadcast());
        Assert.Equal(0, _accepted);
        for (int windows = 2; windows <= 7; windows++)
        {
            _broadcast.Tick();
            Assert.Equal(Math.Min(windows * Window, Chunks), Broadcast());
        }

        Assert.Equal(1, _accepted);
    }

    [Fact]
    public void A_broadcast_is_a_window_ahead_of_the_slowest_mirror_that_answers()
    {
        Publish(1);
        Answer("fast", 1, 3);
        Answer("slow", 1, 1);
        Assert.Equal(6, Broadcast());
        Answer("fast", 1, 4);
        Assert.Equal(6, Broadcast());
        Answer("slow", 1, 4);
        Assert.Equal(7, Broadcast());
        for (int chunks = 5; chunks <= 17; chunks++)
        {
            Answer("fast", 1, chunks);
            Answer("slow", 1, chunks);
            Assert.Equal(Math.Min(chunks + Window, Chunks), Broadcast());
        }

        Assert.Equal(1, _accepted);
        Assert.Equal(Enumerable.Range(0, Chunks), _sentToAll.OfType<SnapshotProtocol.Chunk>().Select(chunk => chunk.Index));
    }

    [Fact]
    public void What_is_still_unanswered_of_one_snapshot_counts_against_the_window_of_the_next()
    {
        WholeEverywhere(1, "a");
        Publish(2);
        for (int chunks = 1; chunks < Chunks; chunks++)
        {
            Answer("a", 2, chunks);
        }

        Publish(3);
        // One of version 2 is unanswered, so two of version 3 may follow.
        Assert.Equal((2 * Chunks) + 2, Broadcast());
        // Whatever became of that one: an answer to version 3 tells that it is no longer underway.
        Answer("a", 3, 1);
        Assert.Equal((2 * Chunks) + 4, Broadcast());
    }

    [Fact]
    public void A_mirror_that_is_silent_for_a_second_holds_the_others_up_no_longer_and_chunks_go_to_them_alone()
    {
        WholeEverywhere(1, "a", "b");
        Publish(2);
        Answer("a", 2, 3);
        Assert.Equal(Chunks + Window, Broadcast());
        Ticks(MirrorWindow.Patience - 1);
        Answer("a", 2, 3);
        Assert.Equal(Chunks + Window, Broadcast());

        _broadcast.Tick();

        Assert.Equal(Chunks + Window, Broadcast());
        Assert.Equal([("a", 3), ("a", 4), ("a", 5)], Direct());
        for (int chunks = 4; chunks <= 17; chunks++)
        {
            Answer("a", 2, chunks);
        }

        Assert.Equal(2, _accepted);
        Assert.DoesNotContain(_sentToOne, sent => sent.Mirror == "b");
    }

    [Fact]
    public void A_mirror_that_lagged_and_answers_again_takes_part_from_the_next_snapshot_on()
    {
        WholeEverywhere(1, "a", "b");
        Publish(2);
        Answer("a", 2, 3);
        Ticks(MirrorWindow.Patience);
        Answer("b", 2, 3);
        int before = Broadcast();
        for (int chunks = 4; chunks <= Chunks; chunks++)
        {
            Answer("a", 2, chunks);
        }

        Assert.True(Broadcast() > before, "pub/sub was not taken up again");
        Publish(3);
        Answer("a", 3, 3);
        int sent = Broadcast();
        Answer("a", 3, 3);
        Assert.Equal(sent, Broadcast());
        Answer("b", 3, 1);
        Assert.Equal(sent + 1, Broadcast());
    }

    [Fact]
    public void A_mirror_that_pub_sub_does_not_reach_is_waited_for_only_shortly()
    {
        WholeEverywhere(1, "a");
        _broadcast.Request("new");
        Answer("new", 1, Chunks, isWhole: true);
        Publish(2);
        for (int chunks = 1; chunks <= Window; chunks++)
        {
            Answer("a", 2, chunks);
        }

        Assert.Equal(Chunks + Window, Broadcast());
        Ticks(MirrorWindow.ShortPatience);
        Assert.Equal(Chunks + (2 * Window), Broadcast());
    }

    [Fact]
    public void A_mirror_that_is_gone_is_not_waited_for()
    {
        WholeEverywhere(1, "a", "b");
        Publish(2);
        Answer("a", 2, 3);
        Assert.Equal(Chunks + Window, Broadcast());

        _broadcast.Remove("b");
        Assert.Equal(Chunks + (2 * Window), Broadcast());
    }

    [Fact]
    public void Whoever_asks_gets_the_newest_snapshot_alone_under_a_window_of_its_own()
    {
        WholeEverywhere(1, "a");
        _broadcast.Request("late");
        Assert.IsType<SnapshotProtocol.Manifest>(_sentToOne[0].Piece);
        Assert.Equal(Window, Direct().Length);
        for (int chunks = 1; chunks < Chunks; chunks++)
        {
            Answer("late", 1, chunks);
            Assert.Equal(Math.Min(Window + chunks, Chunks), Direct().Length);
        }

        Answer("late", 1, Chunks, isWhole: true);
        Assert.Equal(Enumerable.Range(0, Chunks).Select(index => ("late", index)), Direct());
    }

    [Fact]
    public void A_request_repeated_while_it_is_served_begins_nothing_anew_and_one_after_silence_does()
    {
        WholeEverywhere(1, "a");
        _broadcast.Request("late");
        Answer("late", 1, 1);
        _broadcast.Request("late");
        _broadcast.Request("late");
        Assert.Equal([0, 1, 2, 3], Direct().Select(sent => sent.Index));

        Ticks(MirrorWindow.Patience);
        _broadcast.Request("late");
        Assert.Equal([0, 1, 2, 3, 0, 1, 2], Direct().Select(sent => sent.Index));
    }

    [Fact]
    public void A_mirror_that_has_its_answers_and_still_lacks_a_chunk_is_sent_them_again_when_it_asks()
    {
        WholeEverywhere(1, "a");
        _broadcast.Request("late");
        for (int chunk = 1; chunk <= Chunks; chunk++)
        {
            Answer("late", 1, chunk - 1);
        }

        Assert.Equal(Chunks, Direct().Length);
        _broadcast.Request("late");
        Assert.Equal(Chunks + Window, Direct().Length);
    }

    [Fact]
    public void Who_asks_while_a_broadcast_is_under_way_does_not_hold_it_up_and_is_served_although_it_is_not_reached()
    {
        WholeEverywhere(1, "a");
        Publish(2);
        _broadcast.Request("late");
        Assert.Equal([("late", (IWireMessage)Describe(2))], _sentToOne);
        Answer("a", 2, Window);
        Assert.Equal(Chunks + (2 * Window), Broadcast());

        _broadcast.Tick();
        Assert.Equal([("late", 0), ("late", 1), ("late", 2)], Direct());
    }

    [Fact]
    public void Who_asks_before_there_is_a_snapshot_gets_the_first_one()
    {
        _broadcast.Request("early");
        Publish(1);
        Assert.Equal(Window, Broadcast());
        _broadcast.Tick();
        Assert.Equal([("early", 0), ("early", 1), ("early", 2)], Direct());
    }

    [Fact]
    public void Every_broadcast_that_began_is_ended_and_of_those_that_wait_the_newest_alone_follows()
    {
        Publish(1);
        for (int version = 2; version <= 9; version++)
        {
            Publish(version);
        }

        Answer("a", 1, 1);
        for (int chunks = 2; chunks <= Chunks; chunks++)
        {
            Answer("a", 1, chunks, isWhole: chunks == Chunks);
        }

        Assert.Equal([1, 9], _sentToAll.OfType<SnapshotProtocol.Manifest>().Select(manifest => manifest.Version));
        Assert.Equal(0, _accepted);
        for (int chunks = 1; chunks <= Chunks; chunks++)
        {
            Answer("a", 9, chunks, isWhole: chunks == Chunks);
        }

        Assert.Equal(1, _accepted);
    }

    [Fact]
    public void A_newer_generation_ends_the_broadcast_of_an_older_one_at_once()
    {
        WholeEverywhere(1, "a", "b");
        Publish(2);
        Publish(1, generation: 2);

        Assert.Equal((2, 1), (((SnapshotProtocol.Chunk)_sentToAll[^1]).Generation, ((SnapshotProtocol.Chunk)_sentToAll[^1]).Version));
        Answer("a", 2, 9);
        Assert.Equal(Window, _sentToAll.OfType<SnapshotProtocol.Chunk>().Count(chunk => chunk.Generation == 2));
    }

    [Fact]
    public void An_older_generation_is_refused_with_word_of_the_newer_one_and_leaves_the_learner_free()
    {
        WholeEverywhere(1, "a");
        Publish(5, generation: 0);

        Assert.Equal([1L], _newerGenerations);
        Assert.Equal(2, _accepted);
        Assert.DoesNotContain(_sentToAll.OfType<SnapshotProtocol.Manifest>(), manifest => manifest.Generation == 0);
    }

    [Fact]
    public void A_mirror_that_holds_a_newer_generation_is_made_known_to_the_learner_which_may_publish_at_once()
    {
        Publish(1);
        _broadcast.Receive("a", new SnapshotProtocol.Received(7, 3, Chunks, IsWhole: true));
        Assert.Equal([7L], _newerGenerations);
        Assert.Equal(1, _accepted);

        Publish(1, generation: 8);
        Assert.Equal(8, ((SnapshotProtocol.Chunk)_sentToAll[^1]).Generation);
    }

    [Fact]
    public void Numbers_of_a_mirror_that_cannot_be_do_no_harm()
    {
        WholeEverywhere(1, "a");
        Publish(2);
        Answer("b", 2, int.MaxValue);
        Answer("b", 2, -5);
        Answer("b", 77, 3, isWhole: true);
        Answer("a", 2, 1);

        Assert.Equal(Chunks + Window + 1, Broadcast());
    }

    void ISnapshotChannel<string>.Broadcast(IWireMessage piece) => _sentToAll.Add(piece);

    void ISnapshotChannel<string>.Send(string mirror, IWireMessage piece) => _sentToOne.Add((mirror, piece));

    void ISnapshotChannel<string>.Accept() => _accepted++;

    void ISnapshotChannel<string>.TellNewerGeneration(long generation) => _newerGenerations.Add(generation);

    private static SnapshotProtocol.Manifest Describe(long version) => SnapshotWire.Describe(SnapshotPieces.Snapshot(1, version, Chunks), 4);

    private void Publish(long version, long generation = 1) => _broadcast.Publish(SnapshotPieces.Snapshot(generation, version, Chunks));

    private void Answer(string mirror, long version, int chunks, bool isWhole = false) =>
        _broadcast.Receive(mirror, new SnapshotProtocol.Received(1, version, chunks, isWhole));

    private void WholeEverywhere(long version, params string[] mirrors)
    {
        Publish(version);
        for (int chunks = 1; chunks <= Chunks; chunks++)
        {
            foreach (string mirror in mirrors)
            {
                Answer(mirror, version, chunks, isWhole: chunks == Chunks);
            }
        }
    }

    private void Ticks(long count)
    {
        for (long tick = 0; tick < count; tick++)
        {
            _broadcast.Tick();
        }
    }

    private int Broadcast() => _sentToAll.OfType<SnapshotProtocol.Chunk>().Count();

    private (string Mirror, int Index)[] Direct() =>
        [.. _sentToOne.Where(sent => sent.Piece is SnapshotProtocol.Chunk).Select(sent => (sent.Mirror, ((SnapshotProtocol.Chunk)sent.Piece).Index))];
}
