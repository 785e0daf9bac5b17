using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;

using DqnAkka.Tests;

namespace DqnAkka.Actors.Tests;

public sealed class FragmentPostTests : TestKit
{
    private readonly TestProbe _region;
    private readonly FragmentPost _post;

    public FragmentPostTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _post = new FragmentPost(_region, shards: 2);
    }

    [Fact]
    public void A_shard_in_this_process_gets_the_fragment_itself_however_long_it_is()
    {
        ReplayProtocol.Insert insert = Insert(shard: 0, transitions: 100_000);
        _post.Locate(0, _region);
        _post.Locate(1, new ElsewhereRef());

        _post.Send(insert);

        Assert.Same(insert, _region.ExpectMsg<ReplayProtocol.Insert>());
        Assert.False(_region.HasMessages);
    }

    [Fact]
    public void A_shard_elsewhere_gets_a_long_fragment_in_pieces_that_each_fit_a_frame_and_make_it_whole_again()
    {
        ReplayProtocol.Insert insert = Insert(shard: 1, transitions: 10_000);
        _post.Locate(1, new ElsewhereRef());

        _post.Send(insert);

        List<ReplayProtocol.InsertPart> parts = [];
        while (_region.HasMessages)
        {
            parts.Add(_region.ExpectMsg<ReplayProtocol.InsertPart>());
        }

        Assert.Equal(Enumerable.Range(0, parts.Count), parts.Select(part => part.Index));
        Assert.All(parts, part => Assert.Equal((1, insert.Runner, insert.Sequence, parts.Count), (part.Shard, part.Runner, part.Sequence, part.Count)));
        Assert.All(parts, part => Assert.True(WireCodec.Encode(part).Length <= WireFormat.MaxFrameBytes));
        ReplayProtocol.Insert joined = WireParts.JoinInsert([.. parts.Select(part => part.Bytes)])!;
        Assert.Equal(Unpacked.Observations(insert.Batch), Unpacked.Observations(joined.Batch));
    }

    [Fact]
    public void A_shard_elsewhere_gets_a_short_fragment_as_it_is_and_one_that_came_back_any()
    {
        ReplayProtocol.Insert insert = Insert(shard: 1, transitions: 10);
        _post.Locate(1, new ElsewhereRef());
        _post.Send(insert);
        Assert.Same(insert, _region.ExpectMsg<ReplayProtocol.Insert>());

        ReplayProtocol.Insert large = Insert(shard: 1, transitions: 10_000);
        _post.Locate(1, _region);
        _post.Send(large);
        Assert.Same(large, _region.ExpectMsg<ReplayProtocol.Insert>());
    }

    private static ReplayProtocol.Insert Insert(int shard, int transitions) => new(shard, 4, 7, 9, transitions, Make.Batch(transitions), 9);

    private sealed class ElsewhereRef : MinimalActorRef
    {
        public override ActorPath Path { get; } = ActorPath.Parse("akka.tcp://dqn@10.0.0.7:4053/system/sharding/replay/1/1");

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
