namespace DqnAkka.Actors;

/// <summary>
/// Who runs which runner index. The smallest unused indices are given out, so that the ε ladder fills from its foot; a pool keeps
/// what it holds for as long as it lives, and an index that became free is the next one's.
/// </summary>
/// <remarks>
/// A pool is known by a number of its own and by its place, the path of its actor: two pools at one place are two lives of one node.
/// The later one's claim ends the earlier, of whose death nobody else may know yet, and takes over its indices. Should a claim of the
/// dead come late, the living one's next claim puts it right, since indices that are held are honoured first.
/// </remarks>
/// <param name="firstAttempt">
/// The first attempt of an index of which nothing is known: 0, or something that differs each time where an earlier
/// registry's memory is lost.
/// </param>
internal sealed class RunnerLeases(int firstAttempt)
{
    /// <summary>
    /// Attempts from one lease of an index to the next: those between are a pool's own, one for each start of the runner. A pool that needs
    /// more of them runs into its successor's, which repeats random numbers and does no other harm.
    /// </summary>
    public const int AttemptsPerLease = 64;

    /// <summary>Attempts after which they begin anew, a bound of <see cref="SeedStreams.Runner"/>.</summary>
    public const int Attempts = 1 << 16;

    /// <summary>Runners in the whole cluster at most, a bound of <see cref="SeedStreams.Runner"/>.</summary>
    public const int MaxRunners = 1 << 20;

    /// <summary>Runners of one pool at most: its leases go into one frame.</summary>
    public const int MaxRunnersPerPool = 4096;

    private readonly Dictionary<long, Pool> _pools = [];
    private readonly Dictionary<int, long> _owners = [];
    private readonly Dictionary<int, int> _nextAttempts = [];
    private bool _isGranting;

    /// <summary>The pools known, in the order in which they came.</summary>
    public IEnumerable<long> Pools => _pools.OrderBy(entry => entry.Value.Order).Select(entry => entry.Key);

    /// <summary>N of the ladder: one more than the highest index in use.</summary>
    public int Total => _owners.Count == 0 ? 0 : _owners.Keys.Max() + 1;

    /// <summary>Whether a pool is known: it has claimed, and is neither released nor replaced.</summary>
    public bool Knows(long pool) => _pools.ContainsKey(pool);

    /// <summary>The leases of a pool, by index.</summary>
    public IReadOnlyList<RunnerProtocol.RunnerLease> Of(long pool) =>
        [.. _pools[pool].Attempts.Select(lease => new RunnerProtocol.RunnerLease(lease.Key, lease.Value))];

    /// <summary>Takes a pool's claim. What it holds is honoured unless another pool has it; what it lacks is granted once <see cref="Grant"/> was called.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="place">Where it is; its predecessor there is dead.</param>
    /// <param name="count">Runners that it wants in all.</param>
    /// <param name="held">The leases that it says it holds.</param>
    public void Claim(long pool, string place, int count, IReadOnlyList<RunnerProtocol.RunnerLease> held)
    {
        if (!_pools.TryGetValue(pool, out Pool? known))
        {
            known = new Pool(place, _pools.Count == 0 ? 0 : _pools.Values.Max(other => other.Order) + 1);
            Replace(known);
            _pools.Add(pool, known);
        }

        known.Count = Math.Min(count, MaxRunnersPerPool);
        foreach (RunnerProtocol.RunnerLease lease in held)
        {
            if (known.Attempts.Count < known.Count && lease.Index is >= 0 and < MaxRunners && _owners.TryAdd(lease.Index, pool))
            {
                int attempt = lease.Attempt & (Attempts - 1);
                known.Attempts.Add(lease.Index, attempt);
                _nextAttempts.TryAdd(lease.Index, After(attempt));
            }
        }

        if (_isGranting)
        {
            Fill(pool, known);
        }
    }

    /// <summary>From now on pools are granted what they lack, beginning with those that are known.</summary>
    public void Grant()
    {
        _isGranting = true;
        foreach (long pool in Pools)
        {
            Fill(pool, _pools[pool]);
        }
    }

    /// <summary>A pool is gone; its indices are free.</summary>
    public void Release(long pool)
    {
        if (_pools.Remove(pool, out Pool? gone))
        {
            foreach (int index in gone.Attempts.Keys)
            {
                _owners.Remove(index);
            }
        }
    }

    private void Replace(Pool successor)
    {
        foreach ((long number, Pool predecessor) in _pools.Where(entry => entry.Value.Place == successor.Place).ToArray())
        {
            successor.Inherited.AddRange(predecessor.Attempts.Keys);
            Release(number);
        }
    }

    private void Fill(long pool, Pool known)
    {
        // What was a predecessor's at the same place comes first, so that a node keeps its rungs over a restart.
        foreach (int index in known.Inherited)
        {
            TryLease(pool, known, index);
        }

        known.Inherited.Clear();
        for (int index = 0; index < MaxRunners && known.Attempts.Count < known.Count; index++)
        {
            TryLease(pool, known, index);
        }
    }

    private void TryLease(long pool, Pool known, int index)
    {
        if (known.Attempts.Count < known.Count && _owners.TryAdd(index, pool))
        {
            int attempt = _nextAttempts.GetValueOrDefault(index, firstAttempt);
            known.Attempts.Add(index, attempt);
            _nextAttempts[index] = After(attempt);
        }
    }

    private static int After(int attempt) => (attempt + AttemptsPerLease) & (Attempts - 1);

    private sealed class Pool(string place, long order)
    {
        public string Place { get; } = place;

        public long Order { get; } = order;

        public int Count { get; set; }

        /// <summary>The attempt of each index leased.</summary>
        public SortedDictionary<int, int> Attempts { get; } = [];

        /// <summary>Indices of a dead predecessor that nobody has taken so far.</summary>
        public List<int> Inherited { get; } = [];
    }
}
