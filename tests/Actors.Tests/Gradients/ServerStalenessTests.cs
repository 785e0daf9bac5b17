using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Three workers of which one is slow.</summary>
[Collection(WholeNodes.Name)]
public sealed class ServerStalenessTests : TestKit
{
    private const int Rounds = 60;
    private const int BatchesPerRound = 4;

    public ServerStalenessTests(ITestOutputHelper output) : base(TestSettings.Local, output: output)
    {
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task Nothing_older_than_the_bound_is_ever_applied_and_every_gradient_is_counted_once(int bound)
    {
        TrainingOptions options = Make.Options() with
        {
            Learner = Make.Options().Learner with { Mode = LearnerMode.ParameterServer, BatchesPerRequest = BatchesPerRound },
            Replay = Make.Options().Replay with { Shards = 1, Capacity = 5000, SamplesPerInsert = 0 },
            ParameterServer = new ParameterServerOptions { Shards = 2, MaxStaleness = bound },
        };
        ServerRig rig = new(this, options, new NetworkLayout(4, 2, options.Network), Rounds);

        rig.StartWorker(0, delayMilliseconds: 2);
        rig.StartWorker(1, delayMilliseconds: 2);
        rig.StartWorker(2, delayMilliseconds: 40);
        // Each round that was given is computed on to its end, and each of its gradients is applied or discarded.
        ProgressProtocol.LearnerReport report = await rig.ReportedAsync(report =>
            report.Distributed is { } all && all.Staleness.Sum() + all.DiscardedStale == Rounds * BatchesPerRound);

        DistributedStatus status = report.Distributed!;
        Dictionary<(int, long), long> bases = rig.Computed.ToDictionary(gradient => (gradient.Worker, gradient.Push), gradient => gradient.BaseVersion);
        Assert.Equal(Rounds * BatchesPerRound, bases.Count);
        long[] staleness =
        [
            .. rig.Applied.SelectMany(update => update.Gradients.Select(share => update.Version - 1 - bases[(share.Worker, share.Push)])),
        ];
        Assert.All(staleness, age => Assert.InRange(age, 0, bound));
        Assert.Equal(Enumerable.Range(1, rig.Applied.Count).Select(version => (long)version), rig.Applied.Select(update => update.Version));
        // What was told is what was done, exactly.
        Assert.Equal(report.Updates, rig.Applied.Count);
        Assert.Equal(Enumerable.Range(0, status.Staleness.Count).Select(age => (long)staleness.Count(own => own == age)), status.Staleness);
        Assert.Equal((0, 0, 0, 0), (status.DiscardedLate, status.DiscardedOutliers, status.DiscardedNotFinite, status.Lost));
        Assert.Equal(rig.Counts.Computed, rig.Counts.Applied + rig.Counts.DiscardedStale);
        // The slow one's gradients are some twenty versions old when they come.
        Assert.True(bound >= 16 || status.DiscardedStale > 0);
        TestContext.Current.TestOutputHelper!.WriteLine($"bound {bound}: applied {staleness.Length}, discarded {status.DiscardedStale}, by staleness {string.Join(" ", status.Staleness)}");
    }
}
