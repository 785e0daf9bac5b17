namespace DqnAkka.Actors;

/// <summary>
/// What the learner has promised each shard: up to how many inserts it may grant runners credit. All promises together, with what was
/// inserted, never exceed what the limiter allows, however late messages are and whoever dies.
/// </summary>
/// <remarks>
/// A promise stands until the shard confirms a smaller one, or is known to have begun anew: a shard may act on an allowance that has long
/// been replaced. Shards in want of a fragment are served whole, in turn; what is left over is spread evenly, in whole fragments, so that
/// shards can go on without asking. Where the next in turn cannot be served, promises that nobody uses are taken back for it.
/// </remarks>
internal sealed class InsertAllowances
{
    private readonly ShardAccounts _accounts;
    private readonly double _tolerance;
    private readonly Promise[] _promises;

    // Of two learners the later has the larger numbers, so that a confirmation meant for the earlier is not taken for one's own.
    private readonly long _first = Incarnations.Next();
    private long _number;
    private int _turn;

    /// <summary>Starts with nothing promised, and nothing known of what the shards were promised before.</summary>
    /// <param name="accounts">What the shards report.</param>
    /// <param name="fragment">Transitions of a fragment, for a shard that has not said how many its runners send.</param>
    /// <param name="tolerance">The limiter's tolerance in inserts: a larger fragment fits only where it is let past the limit.</param>
    public InsertAllowances(ShardAccounts accounts, int fragment, double tolerance)
    {
        _accounts = accounts;
        _tolerance = tolerance;
        _number = _first;
        _promises = [.. Enumerable.Range(0, accounts.Shards).Select(_ => new Promise(_first) { Unit = Math.Max(1, fragment) })];
    }

    /// <summary>The allowance of a shard in inserts since its incarnation began, its number, and whether it takes something back; from now on it counts as sent.</summary>
    public (long Inserts, long Number, bool IsLowered) Take(int shard)
    {
        Promise promise = _promises[shard];
        promise.IsChanged = false;
        return (promise.Value, promise.Number, promise.LoweredAt > 0);
    }

    /// <summary>Shards whose allowance has changed since it was last taken.</summary>
    public IEnumerable<int> Changed => Enumerable.Range(0, _promises.Length).Where(shard => _promises[shard].IsChanged);

    /// <summary>Promises what may be promised by now.</summary>
    /// <param name="budget">What may be inserted.</param>
    public void Share(InsertBudget budget)
    {
        Balance balance = new(budget, _accounts.Inserts);
        bool allKnown = true;
        for (int shard = 0; shard < _promises.Length; shard++)
        {
            Promise promise = _promises[shard];
            Read(shard, promise);
            bool isSilent = _accounts.IsSilent(shard);
            allKnown &= isSilent || promise.IsKnown;
            balance.Count(promise, _accounts.InsertsOf(shard), isSilent, budget.HasRoom(shard));
        }

        // Who has not been heard of may have inserted, or been granted by this learner's predecessor, what the others would be promised.
        if (allKnown)
        {
            Refill(budget, balance);
            if (ServeInTurn(balance))
            {
                Spread(balance);
            }
        }
    }

    private void Read(int shard, Promise promise)
    {
        if (_accounts.ReportOf(shard) is not { } report)
        {
            return;
        }

        if (report.Incarnation != promise.Incarnation)
        {
            // What an earlier incarnation was promised is void: the present one takes no fragment that it has not granted itself. One that
            // has no allowance in force cannot come by one unknown to this learner.
            promise.Begin(report.Incarnation, promise.Incarnation == 0 ? _first : NextNumber(), isKnown: report.AllowanceNumber == 0);
        }

        promise.Granted = Math.Max(report.Granted, report.Inserts);
        promise.Wanted = report.Wanted;
        promise.Unit = report.Wanted > 0 ? report.Wanted : promise.Unit;
        if (promise.LoweredAt > 0 && report.AllowanceNumber >= promise.LoweredAt && report.AllowanceNumber <= _number)
        {
            promise.Confirm();
        }
    }

    /// <summary>A buffer that shrank is filled up whatever the limiter says, to the end of a whole fragment, by shards that have room.</summary>
    private void Refill(InsertBudget budget, Balance balance)
    {
        foreach (int shard in InTurn())
        {
            if (IsInWant(shard) && budget.HasRoom(shard) && balance.Lacking + _promises[shard].Unused > 0)
            {
                Serve(shard, balance);
            }
        }
    }

    /// <returns>Whether nobody is left in want.</returns>
    private bool ServeInTurn(Balance balance)
    {
        foreach (int shard in InTurn())
        {
            if (!IsInWant(shard))
            {
                continue;
            }

            // The run's last fragment may be longer than what is left of its steps.
            Promise promise = _promises[shard];
            if (balance.Steps + promise.Unused <= 0 || (promise.Need > balance.Free && !MayOverdraw(promise, balance)))
            {
                TakeBack(shard);
                return false;
            }

            Serve(shard, balance);
        }

        return true;
    }

    /// <summary>
    /// Whether a fragment is let past the limit since nothing else could ever go on: all that was promised has been inserted, or is in the
    /// hands of shards that do not answer, and either these hold what the fragment needs, or it is larger than the whole tolerance.
    /// </summary>
    private bool MayOverdraw(Promise promise, Balance balance)
    {
        long remaining = balance.Free + balance.HeldBySilent;
        return balance.HeldByAnswering == promise.Unused
            && remaining + promise.Unused > 0
            && (remaining >= promise.Need || promise.Wanted > _tolerance);
    }

    private void Serve(int shard, Balance balance)
    {
        long need = _promises[shard].Need;
        _promises[shard].Raise(need, NextNumber());
        balance.Spend(need);
        _turn = (shard + 1) % _promises.Length;
    }

    private void TakeBack(int inTurn)
    {
        for (int shard = 0; shard < _promises.Length; shard++)
        {
            Promise promise = _promises[shard];
            if (shard != inTurn && promise.HasIdle && promise.LoweredAt == 0 && !_accounts.IsSilent(shard))
            {
                promise.Lower(NextNumber());
            }
        }
    }

    private void Spread(Balance balance)
    {
        long spare = Math.Min(balance.Free, balance.Steps);
        int open = 0;
        long total = spare;
        for (int shard = 0; shard < _promises.Length; shard++)
        {
            if (IsOpen(shard))
            {
                open++;
                total += _promises[shard].Unused;
            }
        }

        foreach (int shard in InTurn().Where(IsOpen))
        {
            Promise promise = _promises[shard];
            long part = Math.Min((total / open) - promise.Unused, spare) / promise.Unit * promise.Unit;
            if (part > 0)
            {
                promise.Raise(part, NextNumber());
                spare -= part;
            }
        }
    }

    /// <summary>All shards, from the one on whose turn it is now.</summary>
    private IEnumerable<int> InTurn()
    {
        for (int i = 0, start = _turn; i < _promises.Length; i++)
        {
            yield return (start + i) % _promises.Length;
        }
    }

    private bool IsOpen(int shard) => _promises[shard].IsKnown && _promises[shard].LoweredAt == 0 && !_accounts.IsSilent(shard);

    private bool IsInWant(int shard) => IsOpen(shard) && _promises[shard].Need > 0;

    private long NextNumber() => ++_number;

    /// <summary>What is left to promise.</summary>
    private sealed class Balance(InsertBudget budget, long inserts)
    {
        // No limit is a limit that nobody comes to, and to which a shard's own count can be added.
        private const long Unreachable = long.MaxValue / 4;

        public long Free { get; private set; } = Math.Min(budget.Allowed, Unreachable) - inserts;

        public long Steps { get; private set; } = Math.Min(budget.Most, Unreachable) - inserts;

        public long Lacking { get; private set; } = Math.Min(budget.Lacking, budget.Most - inserts);

        public long HeldByAnswering { get; private set; }

        public long HeldBySilent { get; private set; }

        public void Count(Promise promise, long inserted, bool isSilent, bool hasRoom)
        {
            long held = Math.Max(0, promise.Promised - inserted);
            Free -= held;
            Steps -= held;
            Lacking -= hasRoom ? held : 0;
            HeldByAnswering += isSilent ? 0 : held;
            HeldBySilent += isSilent ? held : 0;
        }

        public void Spend(long inserts)
        {
            Free -= inserts;
            Steps -= inserts;
            Lacking -= inserts;
            HeldByAnswering += inserts;
        }
    }

    /// <summary>One shard's promise.</summary>
    private sealed class Promise(long first)
    {
        public long Incarnation { get; private set; }

        /// <summary>Whether the shard is known to act on no allowance but this learner's.</summary>
        public bool IsKnown { get; private set; }

        /// <summary>The largest allowance that the shard may still act on.</summary>
        public long Ceiling { get; private set; }

        /// <summary>The most inserts that the shard may come to by anything that it was promised.</summary>
        public long Promised => Math.Max(Ceiling, Granted);

        /// <summary>The allowance that was last sent, or is to be.</summary>
        public long Value { get; private set; }

        public long Number { get; private set; } = first;

        /// <summary>Number of the allowance that takes something back, or is the first, and is not confirmed; 0 where there is none.</summary>
        public long LoweredAt { get; private set; } = first;

        public bool IsChanged { get; set; }

        /// <summary>Inserts that the shard comes to when all that it has granted is received.</summary>
        public long Granted { get; set; }

        public int Wanted { get; set; }

        public int Unit { get; set; }

        public long Unused => Promised - Granted;

        /// <summary>What is missing for the fragment that the shard's next runner waits for.</summary>
        public long Need => Wanted == 0 ? 0 : Wanted - Unused;

        /// <summary>Whether the shard holds what it has no use for now: nobody waits, or it is not enough for who does.</summary>
        public bool HasIdle => Unused > 0 && (Wanted == 0 || Unused < Wanted);

        public void Begin(long incarnation, long number, bool isKnown)
        {
            Incarnation = incarnation;
            IsKnown = isKnown;
            Ceiling = 0;
            Value = 0;
            Granted = 0;
            Number = number;
            LoweredAt = isKnown ? 0 : number;
            // The first allowance may have been meant for another incarnation.
            IsChanged = !isKnown;
        }

        public void Raise(long inserts, long number)
        {
            Value = Promised + inserts;
            Ceiling = Value;
            Number = number;
            IsChanged = true;
        }

        public void Lower(long number)
        {
            Value = Granted;
            Number = number;
            LoweredAt = number;
            IsChanged = true;
        }

        public void Confirm()
        {
            IsKnown = true;
            LoweredAt = 0;
            IsChanged = false;
            Ceiling = Value;
        }
    }
}

/// <summary>What may be inserted over the run.</summary>
/// <param name="Allowed">Inserts that the limiter allows.</param>
/// <param name="Most">Inserts at which the run ends.</param>
/// <param name="Lacking">Transitions that the buffer lacks to its least size, whatever the limiter allows.</param>
/// <param name="HasRoom">Whether an insert into a shard replaces nothing, so that the buffer grows by it.</param>
internal readonly record struct InsertBudget(long Allowed, long Most, long Lacking, Func<int, bool> HasRoom);
