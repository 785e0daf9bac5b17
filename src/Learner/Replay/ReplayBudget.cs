namespace DqnAkka.Learner;

/// <summary>What the replay shards of one process take of the memory that they may take together. Thread-safe.</summary>
/// <param name="limit">The most bytes; 0 does not limit them.</param>
public sealed class ReplayBudget(long limit)
{
    private const double Megabyte = 1e6;
    private const double Gigabyte = 1e9;
    private readonly Lock _lock = new();
    private long _taken;
    private int _shards;

    /// <summary>Takes a shard's memory before it is reserved.</summary>
    /// <param name="shard">The shard's index, for the message.</param>
    /// <param name="bytes">How much.</param>
    /// <returns>To be disposed of when the memory is given back.</returns>
    /// <exception cref="ReplayMemoryException">There is not as much left; nothing is taken.</exception>
    public IDisposable Take(int shard, long bytes)
    {
        lock (_lock)
        {
            if (limit > 0 && bytes > limit - _taken)
            {
                throw new ReplayMemoryException(FormattableString.Invariant(
                    $"replay shard {shard} needs {Size(bytes)} beside the {_shards} here that take {Size(_taken)}, more than the {Size(limit)} that dqn.replay.memory-limit gives the shards of one process: raise the limit, start more nodes with the role replay, or lower dqn.replay.capacity"));
            }

            _taken += bytes;
            _shards++;
            return new Lease(this, bytes);
        }
    }

    private static string Size(long bytes) =>
        bytes >= Gigabyte ? FormattableString.Invariant($"{bytes / Gigabyte:0.0##} GB") : FormattableString.Invariant($"{bytes / Megabyte:0.###} MB");

    private void Return(long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            _shards--;
        }
    }

    private sealed class Lease(ReplayBudget budget, long bytes) : IDisposable
    {
        private int _isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            {
                budget.Return(bytes);
            }
        }
    }
}
