namespace DqnAkka.Actors;

/// <summary>
/// The learner's account over all shards: inserts and steps are cumulative over the whole run, also when a shard restarts empty
/// and begins counting at zero again.
/// </summary>
/// <param name="shards">Number of shards.</param>
internal sealed class ShardAccounts(int shards)
{
    private readonly Account[] _accounts = [.. Enumerable.Range(0, shards).Select(_ => new Account())];

    /// <summary>Number of shards.</summary>
    public int Shards => _accounts.Length;

    /// <summary>Transitions inserted over the run.</summary>
    public long Inserts { get; private set; }

    /// <summary>Agent decisions behind them.</summary>
    public long EnvironmentSteps { get; private set; }

    /// <summary>Transitions held now.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of all sampling masses.</summary>
    public double Mass { get; private set; }

    /// <summary>Sampling mass of one shard.</summary>
    public double MassOf(int shard) => _accounts[shard].State?.Mass ?? 0;

    /// <summary>Incarnation of one shard; 0 before its first report.</summary>
    public long IncarnationOf(int shard) => _accounts[shard].State?.Incarnation ?? 0;

    /// <summary>Starts the totals from a checkpoint's counters.</summary>
    public void Restore(long inserts, long environmentSteps)
    {
        Inserts = inserts;
        EnvironmentSteps = environmentSteps;
    }

    /// <summary>
    /// Takes a shard's report; one that is older than the last is ignored. The first report ever of a shard that already holds
    /// transitions counts only what comes after it where <paramref name="countHeld"/> is false (a learner that resumes).
    /// </summary>
    public void Apply(ReplayProtocol.ShardState state, bool countHeld)
    {
        Account account = _accounts[state.Shard];
        ReplayProtocol.ShardState? last = account.State;
        if (last is not null && (state.Incarnation < last.Incarnation || (state.Incarnation == last.Incarnation && state.Inserts < last.Inserts)))
        {
            return;
        }

        bool isSame = last is not null && last.Incarnation == state.Incarnation;
        if (isSame || last is not null || countHeld)
        {
            Inserts += state.Inserts - (isSame ? last!.Inserts : 0);
            EnvironmentSteps += state.EnvironmentSteps - (isSame ? last!.EnvironmentSteps : 0);
        }

        account.State = state;
        // Summed afresh: adding differences of float64 masses for ever would drift.
        Count = 0;
        Mass = 0;
        foreach (Account each in _accounts)
        {
            Count += each.State?.Count ?? 0;
            Mass += each.State?.Mass ?? 0;
        }
    }

    /// <summary>
    /// The allowance of one shard, in inserts since its incarnation began: its equal part of what is still allowed over all.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="allowed">Cumulative inserts allowed over the run.</param>
    public long Allowance(int shard, long allowed)
    {
        long remaining = Math.Max(0, allowed - Inserts);
        long part = (remaining / Shards) + (remaining % Shards > shard ? 1 : 0);
        long inserted = _accounts[shard].State?.Inserts ?? 0;
        return part > long.MaxValue - inserted ? long.MaxValue : inserted + part;
    }

    private sealed class Account
    {
        public ReplayProtocol.ShardState? State { get; set; }
    }
}
