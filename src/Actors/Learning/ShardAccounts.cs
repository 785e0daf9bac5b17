namespace DqnAkka.Actors;

/// <summary>
/// The learner's account over all shards: inserts and steps are cumulative over the whole run, also when a shard restarts empty
/// and begins counting at zero again, and when another learner goes on from a checkpoint.
/// </summary>
/// <param name="shards">Number of shards.</param>
internal sealed class ShardAccounts(int shards)
{
    private readonly Account[] _accounts = [.. Enumerable.Range(0, shards).Select(_ => new Account())];
    private bool _countsHeld = true;

    /// <summary>Number of shards.</summary>
    public int Shards => _accounts.Length;

    /// <summary>Transitions inserted over the run.</summary>
    public long Inserts { get; private set; }

    /// <summary>Agent decisions behind them.</summary>
    public long EnvironmentSteps { get; private set; }

    /// <summary>Transitions held now by the shards that answer.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of their sampling masses.</summary>
    public double Mass { get; private set; }

    /// <summary>Shards that do not answer and count as holding nothing until they do.</summary>
    public IReadOnlyList<int> Silent { get; private set; } = [];

    /// <summary>The largest priority that a shard has reported; it never falls, and shards are told of it.</summary>
    public double LargestPriority { get; private set; }

    /// <summary>Sampling mass of one shard.</summary>
    public double MassOf(int shard) => _accounts[shard].Mass;

    /// <summary>Transitions that one shard holds; 0 where it does not answer.</summary>
    public int CountOf(int shard) => _accounts[shard].Count;

    /// <summary>Transitions that one shard can come to hold, as far as it has said.</summary>
    public int HoldsAtMostOf(int shard) => _accounts[shard].HoldsAtMost;

    /// <summary>What each shard's transitions have of all sampling masses, as last reported; there is some mass.</summary>
    public ShardShare[] Shares()
    {
        ShardShare[] shares = new ShardShare[_accounts.Length];
        for (int shard = 0; shard < shares.Length; shard++)
        {
            shares[shard] = new ShardShare(_accounts[shard].Mass / Mass, _accounts[shard].MinimumMass / Mass);
        }

        return shares;
    }

    /// <summary>Transitions inserted into one shard since its incarnation began.</summary>
    public long InsertsOf(int shard) => _accounts[shard].Inserts;

    /// <summary>The newest incarnation known of one shard; 0 where there is none.</summary>
    public long IncarnationOf(int shard) => _accounts[shard].Incarnation;

    /// <summary>The last report of one shard; null where it has given none.</summary>
    public ReplayProtocol.ShardState? ReportOf(int shard) => _accounts[shard].Report;

    /// <summary>Whether a shard does not answer.</summary>
    public bool IsSilent(int shard) => _accounts[shard].IsSilent;

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="inserts">Transitions inserted over the run.</param>
    /// <param name="environmentSteps">Agent decisions behind them.</param>
    /// <param name="shards">
    /// What of each shard is in these totals. Of the same incarnation the difference is counted, and a newer one began after the
    /// checkpoint and is counted whole. Without any, what the shards hold at their first report is taken as counted.
    /// </param>
    public void Restore(long inserts, long environmentSteps, IReadOnlyList<ShardRecord> shards)
    {
        Inserts = inserts;
        EnvironmentSteps = environmentSteps;
        _countsHeld = shards.Count > 0 || inserts == 0;
        foreach (ShardRecord record in shards)
        {
            Account account = _accounts[record.Shard];
            account.Incarnation = record.Incarnation;
            account.Inserts = record.Inserts;
            account.EnvironmentSteps = record.EnvironmentSteps;
            account.Position = record.Position;
            account.PositionBefore = record.Position;
        }
    }

    /// <summary>What of each shard heard of is in the totals.</summary>
    public IReadOnlyList<ShardRecord> Records() =>
    [
        .. _accounts
            .Select((account, shard) => new ShardRecord(shard, account.Incarnation, account.Inserts, account.EnvironmentSteps, account.Position))
            .Where(record => record.Incarnation > 0),
    ];

    /// <summary>Takes a shard's report; one that is older than the last is ignored.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Apply(ReplayProtocol.ShardState state)
    {
        Account account = _accounts[state.Shard];
        bool isSame = account.Incarnation == state.Incarnation;
        if (state.Incarnation < account.Incarnation || (isSame && state.Inserts < account.Inserts))
        {
            return false;
        }

        if (account.Incarnation > 0 || _countsHeld)
        {
            Inserts += state.Inserts - (isSame ? account.Inserts : 0);
            EnvironmentSteps += state.EnvironmentSteps - (isSame ? account.EnvironmentSteps : 0);
        }

        account.Incarnation = state.Incarnation;
        account.Inserts = state.Inserts;
        account.EnvironmentSteps = state.EnvironmentSteps;
        account.Position = state.Position;
        account.Count = state.Count;
        account.Mass = state.Mass;
        account.MinimumMass = state.MinimumMass;
        account.HoldsAtMost = state.HoldsAtMost;
        LargestPriority = Math.Max(LargestPriority, state.LargestPriority);
        account.SecondsUnheard = 0;
        account.Report = state;
        if (account.IsSilent)
        {
            account.IsSilent = false;
            ListSilent();
        }

        AddUp();
        return true;
    }

    /// <summary>
    /// The shard's position in the checkpoint that the learner went on from, where it is behind that at its first report: it does not hold
    /// all that the checkpoint rests on. Told once.
    /// </summary>
    /// <param name="shard">A shard that has reported.</param>
    public long? TakePositionAhead(int shard)
    {
        Account account = _accounts[shard];
        long before = account.PositionBefore;
        account.PositionBefore = 0;
        return account.Position < before ? before : null;
    }

    /// <summary>As <see cref="TakePositionAhead"/>, in words for the user; null where nothing is lost.</summary>
    /// <param name="state">The shard's report.</param>
    public string? TakeLoss(ReplayProtocol.ShardState state) => TakePositionAhead(state.Shard) is { } position
        ? $"replay shard {state.Shard} was at position {position} when the checkpoint was written and is at {state.Position} now, with {state.Count} transitions: it has moved, or its file is lost or older"
        : null;

    /// <summary>A second has passed in which every shard was asked for its account.</summary>
    public void CountSecond()
    {
        foreach (Account account in _accounts)
        {
            account.SecondsUnheard++;
        }
    }

    /// <summary>Shards that were not heard of for so long, and do not count as silent yet.</summary>
    public IReadOnlyList<int> Unheard(int seconds) =>
        [.. Enumerable.Range(0, Shards).Where(shard => !_accounts[shard].IsSilent && _accounts[shard].SecondsUnheard >= seconds)];

    /// <summary>Some shards count as holding nothing, and are promised no more inserts, until they report again.</summary>
    public void MarkSilent(IEnumerable<int> shards)
    {
        foreach (int shard in shards)
        {
            Account account = _accounts[shard];
            account.IsSilent = true;
            account.Count = 0;
            account.Mass = 0;
            account.MinimumMass = 0;
        }

        ListSilent();
        AddUp();
    }

    private void ListSilent() => Silent = [.. Enumerable.Range(0, Shards).Where(IsSilent)];

    private void AddUp()
    {
        // Summed afresh: adding differences of float64 masses for ever would drift.
        Count = 0;
        Mass = 0;
        foreach (Account account in _accounts)
        {
            Count += account.Count;
            Mass += account.Mass;
        }
    }

    private sealed class Account
    {
        public long Incarnation { get; set; }

        public long Inserts { get; set; }

        public long EnvironmentSteps { get; set; }

        public long Position { get; set; }

        /// <summary>The position in the checkpoint, until the first report.</summary>
        public long PositionBefore { get; set; }

        public int Count { get; set; }

        public double Mass { get; set; }

        public double MinimumMass { get; set; }

        public int HoldsAtMost { get; set; } = int.MaxValue;

        public int SecondsUnheard { get; set; }

        public bool IsSilent { get; set; }

        public ReplayProtocol.ShardState? Report { get; set; }
    }
}

/// <summary>What one shard's transitions have of all sampling masses.</summary>
/// <param name="Probability">The probability that a draw is of this shard.</param>
/// <param name="Smallest">The smallest probability that one of its transitions has; 0 where it holds nothing.</param>
internal readonly record struct ShardShare(double Probability, double Smallest);

/// <summary>What of one shard is in the totals of a checkpoint.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Inserts">Transitions inserted since that began.</param>
/// <param name="EnvironmentSteps">Agent decisions behind them.</param>
/// <param name="Position">What had arrived at the shard, inserted or inherited.</param>
internal readonly record struct ShardRecord(int Shard, long Incarnation, long Inserts, long EnvironmentSteps, long Position = 0);
