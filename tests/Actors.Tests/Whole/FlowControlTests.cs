using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>Runners against real shards over a channel that the test delays: what is underway is exactly the window, always.</summary>
public sealed class FlowControlTests : TestKit
{
    private const int Runners = 3;
    private const int Shards = 2;
    private const int Window = 3;
    private const int Fragment = 4;
    private readonly TestProbe _region;
    private readonly TestProbe _learner;
    private readonly IActorRef[] _shards;
    private readonly Queue<(ReplayProtocol.Insert Insert, IActorRef Runner)> _underway = new();

    public FlowControlTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        _region = CreateTestProbe();
        _learner = CreateTestProbe();
        TrainingOptions options = Options();
        _shards = [.. Enumerable.Range(0, Shards).Select(shard => ActorOfAsTestActorRef<ReplayShardActor>(ReplayShardActor.CreateProps(shard, Make.Layout(options), options, new ReplayShardLinks(ActorRefs.Nobody, ActorRefs.Nobody))))];
    }

    [Fact]
    public void A_slow_shard_never_has_more_before_it_than_the_runners_windows()
    {
        Grant(long.MaxValue);
        StartRunners();
        for (int turn = 0; turn < 2000; turn++)
        {
            Take();
            Assert.Equal(Runners * Shards * Window, _underway.Count);
            Assert.All(_underway.GroupBy(entry => (entry.Insert.Runner, entry.Insert.Shard)), link => Assert.Equal(Window, link.Count()));
            Deliver();
        }

        Assert.Equal(2000 * Fragment, States(long.MaxValue).Sum(state => state.Inserts));
    }

    [Fact]
    public void A_slow_learner_holds_the_runners_at_its_allowance_and_lets_them_on_with_it()
    {
        const int Allowance = 1001;
        for (int round = 1; round <= 5; round++)
        {
            Grant(round * Allowance);
            if (round == 1)
            {
                StartRunners();
            }

            Take();
            while (_underway.Count > 0)
            {
                Deliver();
                Take();
            }

            // As many whole fragments as the allowance covers, whatever the number of runners.
            Assert.All(States(round * Allowance), state => Assert.Equal(round * Allowance / Fragment * Fragment, state.Inserts));
        }
    }

    private static TrainingOptions Options() => Make.Options() with
    {
        Replay = Make.Options().Replay with { Shards = Shards, Capacity = 500 },
        Runner = Make.Options().Runner with { Count = Runners, MaxInFlight = Window, Fragment = Fragment },
    };

    private void StartRunners()
    {
        TrainingOptions options = Options();
        TestProbe mirror = CreateTestProbe();
        for (int runner = 0; runner < Runners; runner++)
        {
            RunnerLinks links = new(_region, mirror, CreateTestProbe());
            ActorOfAsTestActorRef<EnvironmentRunnerActor>(EnvironmentRunnerActor.CreateProps(new RunnerProtocol.RunnerLease(runner, 0), Runners, Make.Layout(options), options, links))
                .Tell(Make.Snapshot(Make.Layout(options)), mirror);
        }
    }

    private void Take()
    {
        while (_region.HasMessages)
        {
            switch (_region.ReceiveOne(TimeSpan.Zero))
            {
                case ReplayProtocol.Insert insert:
                    _underway.Enqueue((insert, _region.LastSender));
                    break;
                case ReplayProtocol.CreditProbe probe:
                    _shards[probe.Shard].Tell(probe, _region.LastSender);
                    break;
                default:
                    break;
            }
        }
    }

    private void Deliver()
    {
        (ReplayProtocol.Insert insert, IActorRef runner) = _underway.Dequeue();
        _shards[insert.Shard].Tell(insert, runner);
    }

    private void Grant(long allowance)
    {
        for (int shard = 0; shard < Shards; shard++)
        {
            _shards[shard].Tell(new ReplayProtocol.GrantInserts(shard, allowance, ReportNow: false, KnownIncarnation: 0), _learner);
        }
    }

    private List<ReplayProtocol.ShardState> States(long allowance)
    {
        TestProbe probe = CreateTestProbe();
        for (int shard = 0; shard < Shards; shard++)
        {
            _shards[shard].Tell(new ReplayProtocol.GrantInserts(shard, allowance, ReportNow: true, KnownIncarnation: 0), probe);
        }

        return [.. Enumerable.Range(0, Shards).Select(_ => probe.ExpectMsg<ReplayProtocol.ShardState>())];
    }
}
