using Akka.TestKit.Xunit;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>A parameter server with one worker and no staleness is a single learner.</summary>
[Collection(WholeNodes.Name)]
public sealed class ServerEqualityTests : TestKit
{
    private const int Updates = 200;
    private const int BatchesPerRound = 4;

    public ServerEqualityTests(ITestOutputHelper output) : base(TestSettings.Local, output: output)
    {
    }

    [Theory]
    [InlineData(1, ComputeBackend.Simd, OptimizerKind.Adam, 0f)]
    [InlineData(3, ComputeBackend.Simd, OptimizerKind.Adam, 0f)]
    [InlineData(3, ComputeBackend.Simd, OptimizerKind.RmsProp, 0f)]
    [InlineData(2, ComputeBackend.Simd, OptimizerKind.AdaGrad, 0.05f)]
    [InlineData(3, ComputeBackend.Torch, OptimizerKind.Adam, 0f)]
    public async Task One_worker_without_staleness_follows_a_single_learner_on_the_same_batches(int ranges, ComputeBackend backend, OptimizerKind optimizer, float tau)
    {
        TrainingOptions options = Options(ranges, backend, optimizer, tau);
        NetworkLayout layout = new(4, 2, options.Network);
        ServerRig rig = new(this, options, layout, Updates / BatchesPerRound);

        rig.StartWorker(0);
        ProgressProtocol.LearnerReport report = await rig.ReportedAsync(report => report.Updates == Updates);
        TrainerState state = await rig.FinishAsync();

        (TrainerState expected, List<ReplayProtocol.UpdatePriorities> priorities, int clipped) = Single(options, layout, rig);
        Assert.Equal((Updates, Updates), (state.Updates, expected.Updates));
        Assert.InRange(clipped, 20, Updates);
        Assert.InRange(Difference(expected.Online, state.Online), 0, 1e-5);
        Assert.InRange(Difference(expected.Target, state.Target), 0, 1e-5);
        Assert.InRange(Difference(expected.SecondMoments, state.SecondMoments), 0, 1e-4);
        Assert.Equal([Updates], report.Distributed!.Staleness);
        // Every round's priorities came back, in the order of the batches.
        ReplayProtocol.UpdatePriorities[] returned = [.. rig.Priorities];
        Assert.Equal(priorities.Select(update => update.Keys), returned.Select(update => update.Keys));
        Assert.All(priorities.Zip(returned), pair => Assert.InRange(Difference(pair.First.AbsoluteTdErrors, pair.Second.AbsoluteTdErrors), 0, 1e-5));
        TestContext.Current.TestOutputHelper!.WriteLine($"{ranges} {backend} {optimizer}: online {Difference(expected.Online, state.Online):g3}, target {Difference(expected.Target, state.Target):g3}, clipped {clipped}");
    }

    private static TrainingOptions Options(int ranges, ComputeBackend backend, OptimizerKind optimizer, float tau) => Make.Options() with
    {
        Network = new NetworkOptions { Hidden = [32, 32] },
        Learner = Make.Options().Learner with
        {
            Mode = LearnerMode.ParameterServer,
            BatchSize = 16,
            BatchesPerRequest = BatchesPerRound,
            Backend = backend,
            Device = "cpu",
            Optimizer = optimizer,
            PolyakTau = tau,
            LearningRate = 1e-3,
            LearningRateFinal = 1e-4,
            LearningRateDecayUpdates = 150,
            MaxGradientNorm = 0.1f,
        },
        Replay = Make.Options().Replay with { Shards = 1, Capacity = 5000, Prioritized = true, Beta = 0.6, BetaFinal = 0.6, SamplesPerInsert = 0 },
        Snapshot = new SnapshotOptions { TargetPeriod = 15, Period = 0 },
        ParameterServer = new ParameterServerOptions { Shards = ranges, MaxStaleness = 0 },
    };

    /// <summary>What a single learner makes of the batches that the worker was given.</summary>
    private static (TrainerState State, List<ReplayProtocol.UpdatePriorities> Priorities, int Clipped) Single(TrainingOptions options, NetworkLayout layout, ServerRig rig)
    {
        DeviceChoice device = DeviceChoice.Choose(layout, options.Learner);
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(options.Run.Seed, SeedStreams.Learner), parameters);
        using LearningProcess process = new(options, TrainerFactory.Create(layout, options.Learner, device, parameters), device);
        List<ReplayProtocol.UpdatePriorities> priorities = [];
        foreach ((ReplayProtocol.SampleReply reply, int[] counts) in rig.Given.Zip(rig.Asked))
        {
            ShardShare whole = new(1, reply.State.MinimumMass / reply.State.Mass);
            SampleRound round = new(reply.Request, [counts], [whole], long.MaxValue) { TotalCount = reply.State.Count };
            round.Add(reply);
            float[] errors = new float[counts.Sum()];
            int rows = 0;
            for (int index = 0; index < round.Batches; index++)
            {
                rows += process.Learn(round, index, errors.AsMemory(rows));
            }

            priorities.AddRange(round.Priorities(errors));
        }

        return (process.Capture(), priorities, rig.Computed.Count(gradient => gradient.Norm > options.Learner.MaxGradientNorm));
    }

    private static double Difference(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (a, b) => ((double)a - b) * ((double)a - b)).Sum()) / Math.Max(1e-12, Math.Sqrt(expected.Sum(a => (double)a * a)));
}
