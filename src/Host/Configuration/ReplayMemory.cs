using System.Globalization;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Settles <c>replay.memory-limit</c>, and whether the replay shards fit, once the environment has told how long an observation is.</summary>
internal static class ReplayMemory
{
    private const double Kilobyte = 1e3;
    private const double Megabyte = 1e6;
    private const double Gigabyte = 1e9;

    /// <summary>Makes sure that the shards fit that a process holds at least.</summary>
    /// <param name="options">The options; the limit may be left to the process.</param>
    /// <param name="format">The form of an observation.</param>
    /// <param name="shards">How many shards it holds at least.</param>
    /// <param name="availableBytes">What this process may use, which is the limit where none is set.</param>
    /// <returns>The options with a limit.</returns>
    /// <exception cref="UserErrorException">They do not fit; one line with the arithmetic and a remedy.</exception>
    public static TrainingOptions Require(TrainingOptions options, ObservationFormat format, int shards, long availableBytes)
    {
        ReplayOptions replay = options.Replay;
        long limit = replay.MemoryLimit > 0 ? replay.MemoryLimit : availableBytes;
        ReplayMemoryPlan plan = PlanOf(options, format, replay.Capacity)
            ?? throw new UserErrorException(
                $"dqn.replay.capacity = {replay.Capacity} is more transitions of {format} than dqn.replay.shards = {replay.Shards} can number: give more shards or a smaller capacity");
        if ((decimal)plan.TotalBytes * shards > limit)
        {
            string named = replay.MemoryLimit > 0
                ? $"dqn.replay.memory-limit = {Size(limit)} allows"
                : $"the {Size(limit)} that this process may use (dqn.replay.memory-limit = auto)";
            throw new UserErrorException($"{Arithmetic(plan)} = {Size(plan.TotalBytes)} for each shard, times {Shards(shards, replay)} = {Size((double)plan.TotalBytes * shards)}, more than {named}: {Remedy(options, format, shards, limit)}");
        }

        return options with { Replay = replay with { MemoryLimit = limit } };
    }

    private static string Shards(int shards, ReplayOptions replay) =>
        shards == replay.Shards ? $"dqn.replay.shards = {shards}" : $"at least {shards} of dqn.replay.shards = {replay.Shards} here";

    private static string Arithmetic(ReplayMemoryPlan plan)
    {
        double perTransition = (double)(plan.RegionBytes - plan.RowsOffset) / plan.Capacity;
        string parts = plan.IsShared
            ? FormattableString.Invariant($"row {plan.RowBytes}, {(double)plan.Frames / plan.Capacity:0.##} frames of {plan.Format.FrameBytes + ReplayMemoryPlan.FrameNoteBytes}")
            : $"one row with both observations of {plan.Format.Bytes}";
        string priorities = plan.IsPrioritized ? $" + {Size(plan.RowsOffset + plan.IndexBytes)} for priorities" : "";
        return FormattableString.Invariant($"replay memory: {plan.Capacity} transitions × {perTransition:0.#} bytes ({parts}){priorities}");
    }

    /// <summary>The largest capacity that fits, found by halving, since what a transition takes depends a little on it.</summary>
    private static string Remedy(TrainingOptions options, ObservationFormat format, int shards, long limit)
    {
        int most = options.Replay.Shards - 1;
        int tooMany = options.Replay.Capacity;
        while (tooMany - most > 1)
        {
            int capacity = most + ((tooMany - most) / 2);
            bool fits = PlanOf(options, format, capacity) is { } plan && (decimal)plan.TotalBytes * shards <= limit;
            (most, tooMany) = fits ? (capacity, tooMany) : (most, capacity);
        }

        return most < options.Replay.Shards
            ? "raise the limit or use an environment with smaller observations"
            : $"give dqn.replay.capacity = {most} or less, or raise the limit";
    }

    /// <summary>The largest shard's, or null where it could not number its transitions.</summary>
    private static ReplayMemoryPlan? PlanOf(TrainingOptions options, ObservationFormat format, int capacity)
    {
        ReplayOptions replay = options.Replay with { Capacity = capacity };
        try
        {
            return ReplayMemoryPlan.For(
                ReplayShardActor.ShardCapacity(replay, 0), format, replay, new StreamShape(options.Runner.Fragment, options.Runner.Environments, options.Learner.NStep));
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string Size(double bytes)
    {
        (double unit, string name) = bytes >= Gigabyte ? (Gigabyte, "GB") : bytes >= Megabyte ? (Megabyte, "MB") : bytes >= Kilobyte ? (Kilobyte, "kB") : (1, "bytes");
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit:0.##} {name}");
    }
}
