using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Whether the replay buffer fits, once the environment has told how long an observation is.</summary>
internal static class ReplayMemory
{
    // A priority in the sum tree's leaf and its inner node.
    private const int PriorityBytes = 16;
    private const double Gigabyte = 1e9;

    /// <summary>Makes sure that the buffer fits into this machine and every shard's rows into one array.</summary>
    /// <param name="replay">The buffer.</param>
    /// <param name="observationSize">Components of one observation, D: a transition is a row of 2·D + 3 float32.</param>
    /// <param name="availableBytes">What this process may use.</param>
    /// <exception cref="UserErrorException">It does not fit; one line with the bytes needed and a remedy.</exception>
    public static void Require(ReplayOptions replay, int observationSize, long availableBytes)
    {
        decimal row = (2m * observationSize) + 3;
        decimal transitionBytes = (row * sizeof(float)) + (replay.Prioritized ? PriorityBytes : 0);
        decimal bytes = replay.Capacity * transitionBytes;
        string needs = FormattableString.Invariant($"dqn.replay.capacity = {replay.Capacity} needs {(double)bytes / Gigabyte:0.0##} GB for transitions of {transitionBytes} bytes");
        if (bytes >= availableBytes)
        {
            throw new UserErrorException(FormattableString.Invariant(
                $"{needs}, more than the {availableBytes / Gigabyte:0.0##} GB available: give less than {decimal.Ceiling(availableBytes / transitionBytes)}"));
        }

        int shardCapacity = (int)(((long)replay.Capacity + replay.Shards - 1) / replay.Shards);
        decimal most = decimal.Floor(Array.MaxLength / row);
        if (shardCapacity > most)
        {
            throw new UserErrorException(
                $"{needs}, but each of dqn.replay.shards = {replay.Shards} holds at most {most} of them: {Remedy(replay.Capacity, most)}");
        }
    }

    private static string Remedy(int capacity, decimal most) => most < 1
        ? "use an environment with smaller observations"
        : $"give at least {decimal.Ceiling(capacity / most)} shards or a smaller capacity";
}
