using DqnAkka.Environments;

namespace DqnAkka.Actors;

/// <summary>
/// Where each consumer of random numbers begins in the streams of one run's seed: (seed, offset + index).
/// The offsets lie so far apart that no two consumers meet.
/// </summary>
public static class SeedStreams
{
    private const int RunnerShift = 20;
    private const int AttemptShift = 40;

    /// <summary>Training environments, one block for each start of each runner.</summary>
    public const ulong Environments = 0;

    /// <summary>Exploration, one stream for each start of each runner.</summary>
    public const ulong Exploration = 1UL << 56;

    /// <summary>Sampling of shard i.</summary>
    public const ulong Replay = 2UL << 56;

    /// <summary>The learner: initial parameters and the allotment of batches over shards.</summary>
    public const ulong Learner = 3UL << 56;

    /// <summary>Evaluation episodes during training, one block for each evaluation.</summary>
    public const ulong Evaluation = 4UL << 56;

    /// <summary>Episodes of the final evaluation.</summary>
    public const ulong FinalEvaluation = 5UL << 56;

    /// <summary>Seeds of resumptions, one stream for each.</summary>
    private const ulong Resumptions = 7UL << 56;

    /// <summary>What a deterministic run goes on with after each of its barriers.</summary>
    private const ulong Barriers = 8UL << 56;

    /// <summary>Episodes of the <c>eval</c> command.</summary>
    public const ulong EvaluationCommand = 6UL << 56;

    /// <summary>The seed of everything that a deterministic run begins anew at a barrier: runners, shards and the allotment of batches.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="barrier">The barrier's number, from 0.</param>
    public static ulong AfterBarrier(ulong seed, long barrier) => new RandomSource(seed, Barriers + (ulong)barrier).NextUInt64();

    /// <summary>
    /// The seed of everything that goes on with fresh random numbers when a run is resumed (runners, environments, shards): the run's own from
    /// the start, and another one after each resumption, so that none of them does again what it did at the start.
    /// </summary>
    /// <param name="run">The run.</param>
    public static ulong SeedOf(RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Resumption == 0 ? run.Seed : new RandomSource(run.Seed, Resumptions + (ulong)run.Resumption).NextUInt64();
    }

    /// <summary>The first stream of one start of one runner: 2²⁰ streams, one for each environment copy.</summary>
    /// <param name="first"><see cref="Environments"/> or <see cref="Exploration"/>.</param>
    /// <param name="runner">The runner's index, below 2²⁰.</param>
    /// <param name="attempt">How often it was started before, below 2¹⁶.</param>
    public static ulong Runner(ulong first, int runner, int attempt) =>
        first + ((ulong)runner << RunnerShift) + ((ulong)attempt << AttemptShift);
}
