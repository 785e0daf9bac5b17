using Akka.Actor;
using CsCheck;
using DqnAkka.Environments;
using DqnAkka.Learner;
using DqnAkka.Tests;

namespace DqnAkka.Actors.Tests;

/// <summary>Both sides of a hand-over, over a channel that loses, repeats and reorders, to successors that begin anew.</summary>
public sealed class ShardTransferTests
{
    private const long Source = 77;
    private static readonly ReplayOptions Options = new() { Prioritized = true, Alpha = 1, PriorityEpsilon = 0.5 };

    // No two transitions of the batches here have an observation in common: as many frames are reserved as that takes.
    private static readonly StreamShape Unshared = new(1, 1, 1);

    private static readonly Gen<(int Capacity, int Inserted, int Own, int Size, ulong Seed, int Loss, int Restarts)> Cases =
        from capacity in Gen.Int[1, 12_000]
        from inserted in Gen.Int[1, 14_000]
        from own in Gen.Int[0, 3_000]
        from size in Gen.Frequency((4, Gen.Const(2)), (1, Gen.Int[1, 40]))
        from seed in Gen.ULong
        from loss in Gen.Int[0, 40]
        from restarts in Gen.Int[0, 2]
        select (capacity, inserted, Math.Min(own, capacity), size, seed, loss, restarts);

    [Fact]
    public void Everything_there_is_room_for_arrives_once_in_order_with_its_mass_whatever_the_channel_does() => Cases.Sample(
        example =>
        {
            ReplayBuffer source = Buffer(example.Capacity, example.Size, 0, example.Inserted);
            ShardTransfer transfer = new(0, Source, source, [new(3, 9, 12)]);
            Channel channel = new(new RandomSource(example.Seed), example.Loss);
            Successor successor = new(example.Capacity, example.Size, example.Own);
            int restarts = example.Restarts;
            channel.Send(transfer.Resend());
            while (!transfer.IsDone)
            {
                if (channel.TakeForward() is { } message)
                {
                    channel.Return(successor.Answer(message), successor.Reference);
                }
                else if (channel.TakeBack() is { } answer)
                {
                    channel.Send(transfer.Apply(answer.Credit, answer.Successor));
                }
                else
                {
                    channel.Send(transfer.Resend());
                }

                if (restarts > 0 && channel.Handled == 40 * restarts)
                {
                    restarts--;
                    successor = new Successor(example.Capacity, example.Size, example.Own);
                }
            }

            // An answer of the first successor may be the last to arrive; then the second has only what it has.
            if (successor.Reference.Equals(transfer.Successor))
            {
                int expected = Math.Clamp(source.HoldsAtMost - example.Own, 0, source.Count);
                ReplayBuffer target = successor.Buffer;
                Assert.Equal(((long)expected, (long)example.Own, 0L), (target.Inherited, target.Inserts, target.Evicted));
                (TransitionBatch sent, double[] sentMasses) = source.ReadOldest(source.Count - expected, expected);
                (TransitionBatch held, double[] heldMasses) = target.ReadOldest(example.Own, expected);
                Assert.Equal(sent.Returns, held.Returns);
                Assert.Equal(Unpacked.Observations(sent), Unpacked.Observations(held));
                Assert.Equal(sentMasses, heldMasses);
            }
        },
        iter: 60,
        seed: "0000000000000");

    [Fact]
    public void A_successor_that_began_anew_gets_all_of_it_from_the_beginning()
    {
        ReplayBuffer source = Buffer(20_000, 2, 0, 20_000);
        ShardTransfer transfer = new(0, Source, source, []);
        Successor first = new(20_000, 2, 0);
        Successor second = new(20_000, 2, 0);
        Queue<IReplayShardMessage> underway = new(transfer.Resend());
        for (int i = 0; i < 6; i++)
        {
            Enqueue(underway, transfer.Apply(first.Answer(underway.Dequeue()), first.Reference));
        }

        Assert.InRange(transfer.Unacknowledged, 1, 19_000);
        while (!transfer.IsDone)
        {
            Enqueue(underway, transfer.Apply(second.Answer(underway.Dequeue()), second.Reference));
        }

        Assert.Equal(20_000, second.Buffer.Inherited);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(id => (float)id), second.Buffer.ReadOldest(0, 20_000).Transitions.Returns);
    }

    [Fact]
    public void No_more_than_four_frames_are_underway_and_a_transition_longer_than_a_frame_goes_alone()
    {
        ShardTransfer small = new(0, Source, Buffer(20_000, 2, 0, 20_000), []);
        Assert.IsType<ReplayProtocol.TransferBegin>(Assert.Single(small.Resend()));
        List<IReplayShardMessage> parts = [.. small.Apply(new ReplayProtocol.TransferCredit(0, Source, 0), ActorRefs.Nobody)];
        Assert.Equal([0, 1, 2, 3], parts.Cast<ReplayProtocol.TransferPart>().Select(part => part.Batch));
        Assert.All(parts, part => Assert.InRange(WireCodec.Encode(part).Length, 60_000, WireFormat.MaxFrameBytes));
        Assert.Empty(small.Apply(new ReplayProtocol.TransferCredit(0, Source, 0), ActorRefs.Nobody));
        Assert.Equal(4, Assert.IsType<ReplayProtocol.TransferPart>(Assert.Single(
            small.Apply(new ReplayProtocol.TransferCredit(0, Source, 1), ActorRefs.Nobody))).Batch);

        ShardTransfer large = new(0, Source, Buffer(3, 20_000, 0, 3, Options with { Removal = RemovalKind.LowestPriority }), []);
        Assert.Equal(3, large.Batches);
        parts = [.. large.Apply(new ReplayProtocol.TransferCredit(0, Source, 0), ActorRefs.Nobody)];
        Assert.Equal([(0, 0, 3), (0, 1, 3), (0, 2, 3)], parts.Cast<ReplayProtocol.TransferPart>().Select(part => (part.Batch, part.Index, part.Count)));
    }

    /// <summary>The stream shares less than is reserved for, so that neither shard holds as much as its capacity.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(600)]
    public void Where_frames_run_out_the_oldest_inherited_are_missing_and_none_of_its_own(int own)
    {
        const int Capacity = 1_000;
        const int Size = 35;
        ReplayBuffer source = Buffer(Capacity, Size, 0, 0, shape: StreamShape.Default);
        for (int first = 0; first < 2 * Capacity; first += 8)
        {
            source.Append(Batch(Size, first, 8));
        }

        Assert.InRange(source.HoldsAtMost, Capacity / 2, Capacity * 3 / 4);
        ShardTransfer transfer = new(0, Source, source, []);
        Successor successor = new(Capacity, Size, own, StreamShape.Default);
        Queue<IReplayShardMessage> underway = new(transfer.Resend());
        while (!transfer.IsDone)
        {
            Enqueue(underway, transfer.Apply(successor.Answer(underway.Dequeue()), successor.Reference));
        }

        ReplayBuffer target = successor.Buffer;
        int kept = Math.Min(own, source.HoldsAtMost);
        float[] held = target.ReadOldest(0, target.Count).Transitions.Returns;
        Assert.Equal(Enumerable.Range(100_000 + own - kept, kept).Select(id => (float)id), held[..kept]);
        Assert.InRange(target.Count, source.Count * 97 / 100, source.Count + 8);
        int inherited = target.Count - kept;
        Assert.Equal(Enumerable.Range((2 * Capacity) - inherited, inherited).Select(id => (float)id), held[kept..]);
    }

    [Fact]
    public void Positions_of_many_runners_go_in_frames_of_their_own()
    {
        ReplayProtocol.RunnerPosition[] positions = [.. Enumerable.Range(0, 5_000).Select(runner => new ReplayProtocol.RunnerPosition(runner, 1, runner))];
        ShardTransfer transfer = new(0, Source, Buffer(1, 2, 0, 1), positions);

        List<ReplayProtocol.TransferBegin> begins = [.. transfer.Resend().Cast<ReplayProtocol.TransferBegin>()];

        Assert.Equal(positions, begins.SelectMany(begin => begin.Runners));
        Assert.All(begins, begin => Assert.True(WireCodec.Encode(begin).Length <= WireFormat.MaxFrameBytes));
    }

    /// <summary>The successor goes on inserting while it inherits: what it inserts is never refused room by older transitions.</summary>
    [Fact]
    public void What_is_inserted_meanwhile_takes_the_place_of_the_oldest_inherited()
    {
        ReplayBuffer source = Buffer(10_000, 2, 0, 10_000);
        ShardTransfer transfer = new(0, Source, source, []);
        Successor successor = new(10_000, 2, 100);
        Queue<IReplayShardMessage> underway = new(transfer.Resend());
        while (!transfer.IsDone)
        {
            Enqueue(underway, transfer.Apply(successor.Answer(underway.Dequeue()), successor.Reference));
            if (successor.Buffer.Inherited < 5_000)
            {
                successor.Buffer.Append(Make.Batch(50, 200_000, [.. Enumerable.Repeat(1f, 50)]));
            }
        }

        Assert.Equal((10_000, 0L), (successor.Buffer.Count, successor.Buffer.Evicted));
        Assert.Equal(10_000, successor.Buffer.Inherited + successor.Buffer.Inserts);
        float[] held = successor.Buffer.ReadOldest(0, 10_000).Transitions.Returns;
        Assert.Equal(successor.Buffer.Inserts, held.Count(id => id >= 100_000));
        Assert.Contains(9_999f, held);
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_passed_over_and_the_next_is_taken()
    {
        Successor successor = new(100, 2, 0);
        successor.Answer(new ReplayProtocol.TransferBegin(0, Source, 6, []));
        Assert.Equal(1, successor.Answer(WireParts.Cut(0, Source, 0, TransitionBatch.FromColumns(2, new float[2], [2], [0f], [0f], new float[2], []), [1.0])[0]).Received);
        Assert.Contains("action", successor.Fault, StringComparison.Ordinal);
        Assert.Equal(2, successor.Answer(WireParts.Cut(0, Source, 1, TransitionBatch.FromColumns(1, [0f], [0], [0f], [0f], [0f], []), [1.0])[0]).Received);
        Assert.Contains("observations of 1 × Float32", successor.Fault, StringComparison.Ordinal);
        Assert.Equal(3, successor.Answer(WireParts.Cut(0, Source, 2, Make.Batch(1), [1e-150])[0]).Received);
        Assert.Contains("mass", successor.Fault, StringComparison.Ordinal);
        Assert.Equal(4, successor.Answer(new ReplayProtocol.TransferPart(0, Source, 3, 0, 1, new byte[] { 1, 2, 3 })).Received);
        Assert.NotNull(successor.Fault);
        Assert.Equal(5, successor.Answer(WireParts.Cut(0, Source, 4, Make.Batch(7), [.. Enumerable.Repeat(1.0, 7)])[0]).Received);
        Assert.NotNull(successor.Fault);
        Assert.Equal(0, successor.Buffer.Count);
        Assert.Equal(6, successor.Answer(WireParts.Cut(0, Source, 5, Make.Batch(6), [.. Enumerable.Repeat(1.0, 6)])[0]).Received);
        Assert.Equal(6, successor.Buffer.Count);
    }

    private static ReplayBuffer Buffer(int capacity, int size, int first, int count, ReplayOptions? options = null, StreamShape? shape = null)
    {
        ReplayBuffer buffer = new(capacity, new ObservationFormat(ObservationType.Float32, size), options ?? Options, shape ?? Unshared);
        buffer.Append(Batch(size, first, count));
        return buffer;
    }

    private static TransitionBatch Batch(int size, int first, int count)
    {
        float[] ids = [.. Enumerable.Range(first, count).Select(id => (float)id)];
        float[] observations = new float[count * size];
        for (int i = 0; i < observations.Length; i++)
        {
            observations[i] = first + (i / size) + (i % size * 0.25f);
        }

        float[] discounts = [.. Enumerable.Repeat(0.5f, count)];
        return TransitionBatch.FromColumns(size, observations, new int[count], ids, discounts, observations, ids);
    }

    private static void Enqueue(Queue<IReplayShardMessage> queue, IEnumerable<IReplayShardMessage> messages)
    {
        foreach (IReplayShardMessage message in messages)
        {
            queue.Enqueue(message);
        }
    }

    private sealed class Successor
    {
        private static int _count;
        private readonly Inheritance _inheritance;

        public Successor(int capacity, int size, int own, StreamShape? shape = null)
        {
            Buffer = ShardTransferTests.Buffer(capacity, size, 100_000, own, shape: shape);
            TrainingOptions options = Make.Options();
            _inheritance = new Inheritance(new ShardMemory(Buffer, 1), new ShardChecks(0, new NetworkLayout(size, 2, options.Network), new ReplayOptions { Prioritized = true }));
            Reference = new Named(new RootActorPath(Address.AllSystems) / $"successor-{_count++}");
        }

        public ReplayBuffer Buffer { get; }

        public Named Reference { get; }

        public string? Fault { get; private set; }

        public ReplayProtocol.TransferCredit Answer(IReplayShardMessage message)
        {
            string? fault = null;
            int received = message is ReplayProtocol.TransferPart part ? _inheritance.Add(part, out fault) : _inheritance.Begin((ReplayProtocol.TransferBegin)message);
            Fault = fault;
            return new ReplayProtocol.TransferCredit(0, Source, received);
        }
    }

    private sealed class Named(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path { get; } = path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }

    private sealed class Channel(RandomSource random, int lossPercent)
    {
        private readonly List<IReplayShardMessage> _forward = [];
        private readonly List<(ReplayProtocol.TransferCredit Credit, IActorRef Successor)> _back = [];

        public int Handled { get; private set; }

        public void Send(IEnumerable<IReplayShardMessage> messages)
        {
            foreach (IReplayShardMessage message in messages)
            {
                Put(_forward, message);
            }
        }

        public void Return(ReplayProtocol.TransferCredit credit, IActorRef successor) => Put(_back, (credit, successor));

        public IReplayShardMessage? TakeForward() => _forward.Count > 0 && (_back.Count == 0 || random.NextInt(2) == 0) ? Take(_forward) : null;

        public (ReplayProtocol.TransferCredit Credit, IActorRef Successor)? TakeBack() => _back.Count > 0 ? Take(_back) : null;

        private void Put<T>(List<T> queue, T item)
        {
            int times = random.NextInt(100) < lossPercent ? 0 : random.NextInt(10) == 0 ? 2 : 1;
            queue.AddRange(Enumerable.Repeat(item, times));
        }

        private T Take<T>(List<T> queue)
        {
            Handled++;
            // Mostly in order, as between two actors.
            int index = random.NextInt(4) == 0 ? random.NextInt(queue.Count) : 0;
            T item = queue[index];
            queue.RemoveAt(index);
            return item;
        }
    }
}
