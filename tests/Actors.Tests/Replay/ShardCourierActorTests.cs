using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class ShardCourierActorTests : TestKit
{
    private readonly TestProbe _region;
    private readonly TestProbe _successor;
    private readonly Route _route;
    private readonly TestActorRef<ShardCourierActor> _courier;

    public ShardCourierActorTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _successor = CreateTestProbe();
        _route = new Route(_region);
        _courier = ActorOfAsTestActorRef<ShardCourierActor>(ShardCourierActor.CreateProps(_route));
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Finds_the_successor_through_a_region_and_sends_it_the_rest_directly()
    {
        Deliver();
        Assert.Equal(10, _region.ExpectMsg<ReplayProtocol.TransferBegin>().Transitions);
        _courier.Tell(ShardCourierActor.WhenIdle.Instance, TestActor);

        Answer(received: 0);
        Assert.Equal(0, _successor.ExpectMsg<ReplayProtocol.TransferPart>().Batch);
        Assert.False(HasMessages);
        Answer(received: 1);

        ExpectMsg<ShardCourierActor.Idle>();
        Assert.False(_successor.HasMessages);
        Assert.False(_region.HasMessages);
        _courier.Tell(ShardCourierActor.WhenIdle.Instance, TestActor);
        ExpectMsg<ShardCourierActor.Idle>();
    }

    [Fact]
    public void Asks_again_after_a_silence_and_by_another_way_when_the_successor_stays_silent()
    {
        Deliver();
        _region.ExpectMsg<ReplayProtocol.TransferBegin>();
        Look(2);
        _region.ExpectMsg<ReplayProtocol.TransferBegin>();
        Answer(received: 0);
        _successor.ExpectMsg<ReplayProtocol.TransferPart>();

        Look(2);
        _successor.ExpectMsg<ReplayProtocol.TransferBegin>();
        _successor.ExpectMsg<ReplayProtocol.TransferPart>();
        Assert.False(_region.HasMessages);
        int turns = _route.Turns;
        Look(1);
        Assert.False(_successor.HasMessages);
        _region.ExpectMsg<ReplayProtocol.TransferBegin>();
        Assert.True(_route.Turns > turns);
    }

    [Fact]
    public void Gives_up_after_twelve_seconds_without_progress_and_is_idle_then()
    {
        Deliver();
        _courier.Tell(ShardCourierActor.WhenIdle.Instance, TestActor);
        Answer(received: 0);
        for (int second = 0; second < 11; second++)
        {
            Look(1);
            // It answers, and takes nothing.
            Answer(received: 0);
        }

        Assert.False(HasMessages);
        Look(1);
        ExpectMsg<ShardCourierActor.Idle>();
    }

    [Fact]
    public void Where_no_other_node_holds_shards_there_is_nothing_to_wait_for()
    {
        _route.IsOpen = false;
        Deliver();
        _courier.Tell(ShardCourierActor.WhenIdle.Instance, TestActor);
        ExpectMsg<ShardCourierActor.Idle>();
    }

    private void Look(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private void Deliver()
    {
        ReplayBuffer buffer = new(100, new ObservationFormat(ObservationType.Float32, Make.ObservationSize), new ReplayOptions());
        buffer.Append(Make.Batch(10));
        _courier.Tell(new ShardCourierActor.Deliver(1, new ShardMemory(buffer, 5), []));
    }

    private void Answer(int received) => _courier.Tell(new ReplayProtocol.TransferCredit(1, 5, received), _successor);

    private sealed class Route(IActorRef region) : ICourierRoute
    {
        public bool IsOpen { get; set; } = true;

        public int Turns { get; private set; }

        public bool TryTell(IReplayShardMessage message, IActorRef sender)
        {
            if (IsOpen)
            {
                region.Tell(message, sender);
            }

            return IsOpen;
        }

        public void Turn() => Turns++;
    }
}
