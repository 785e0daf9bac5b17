using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Small valid options and messages.</summary>
internal static class Make
{
    public const int ObservationSize = 2;

    public static TrainingOptions Options() => new()
    {
        Environment = ScriptedEnvironment.Specification(),
        Network = new NetworkOptions { Hidden = [8] },
        Learner = new LearnerOptions { BatchSize = 4, BatchesPerRequest = 2, Prefetch = 2, NStep = 1, Backend = ComputeBackend.Simd },
        Replay = new ReplayOptions { Capacity = 1000, Shards = 2, MinSize = 10, SamplesPerInsert = 2, SamplesPerInsertTolerance = 20 },
        Runner = new RunnerOptions { Count = 2, Environments = 1, Fragment = 4, MaxInFlight = 2, MaxRestarts = 2 },
        Snapshot = new SnapshotOptions { TargetPeriod = 1000, Period = 0 },
        Stop = new StopOptions { Steps = 0 },
    };

    public static NetworkLayout Layout(TrainingOptions options) => new(ObservationSize, 2, options.Network);

    public static PolicySnapshot Snapshot(NetworkLayout layout, long version = 1, long generation = 1, long steps = 0, long updates = 0) =>
        new(generation, version, updates, steps, new float[layout.Length]);

    /// <summary>Transitions whose action is 0 and whose other numbers all say which one it is.</summary>
    public static TransitionBatch Batch(int count, int first = 0, float[]? absoluteTdErrors = null, float returns = float.NegativeInfinity)
    {
        float[] ids = [.. Enumerable.Range(first, count).Select(id => (float)id)];
        float[] doubled = [.. ids.SelectMany(id => new[] { id, id })];
        return TransitionBatch.FromColumns(
            ObservationSize,
            doubled,
            new int[count],
            float.IsNegativeInfinity(returns) ? ids : [.. ids.Select(_ => returns)],
            [.. ids.Select(_ => 0.5f)],
            [.. doubled],
            absoluteTdErrors ?? []);
    }

    public static SampledTransitions Sampled(int count, int first = 0, float returns = float.NegativeInfinity) => Sampled(
        Batch(count, first, returns: returns),
        [.. Enumerable.Range(first, count).Select(id => (long)id)],
        [.. Enumerable.Range(first, count).Select(id => 1.0 + id)]);

    /// <summary>What a shard would answer that drew these transitions.</summary>
    public static SampledTransitions Sampled(TransitionBatch batch, long[] keys, double[] masses) => new(
        batch.Format,
        [.. Enumerable.Range(0, batch.Count).SelectMany(row => batch.Observation(row).ToArray())],
        [.. Enumerable.Range(0, batch.Count).SelectMany(row => batch.NextObservation(row).ToArray())],
        batch.Actions,
        batch.Returns,
        batch.Discounts,
        keys,
        masses);

    public static ReplayProtocol.ShardState State(int shard, long inserts, int? count = null, double? mass = null, long incarnation = 1) =>
        new(shard, incarnation, inserts, inserts, count ?? (int)inserts, mass ?? count ?? inserts) { MinimumMass = 1, LargestPriority = 1 };
}
