using System.Diagnostics;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Decides when the learner samples and from which shard: within the samples-per-insert limiter, with a bounded number of
/// requests outstanding, each batch allotted over the shards in proportion to their masses, so that sampling over N shards is
/// sampling from one big buffer.
/// </summary>
internal sealed class SamplePlanner : ISampleRequests
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(5);
    private readonly Dictionary<long, SampleRound> _outstanding = [];
    private readonly InsertAllowances _allowances;
    private readonly Func<int, bool> _hasRoom;
    private SamplesPerInsertLimiter _limiter;
    private readonly RandomSource _random;
    private readonly int _batchSize;
    private readonly int _batches;
    private readonly int _prefetch;
    private readonly ReplayOptions _replay;
    private readonly int _minSize;
    private readonly long _maxSteps;

    // A learner that restarts must not take a reply to its predecessor for one to itself.
    private long _lastNumber = Incarnations.Next();

    /// <summary>Starts with nothing sampled and nothing known of the shards.</summary>
    public SamplePlanner(TrainingOptions options, RandomSource random)
    {
        ReplayOptions replay = options.Replay;
        _limiter = new SamplesPerInsertLimiter(replay.SamplesPerInsert, replay.MinSize, replay.SamplesPerInsertTolerance);
        _random = random;
        _batchSize = options.Learner.BatchSize;
        // A round that the tolerance does not cover would leave both sides of the limiter waiting for each other.
        double covered = replay.SamplesPerInsertTolerance * replay.SamplesPerInsert / options.Learner.BatchSize;
        _batches = replay.SamplesPerInsert > 0 ? (int)Math.Clamp(covered, 1, options.Learner.BatchesPerRequest) : options.Learner.BatchesPerRequest;
        _prefetch = options.Learner.Prefetch;
        _replay = replay;
        _minSize = replay.MinSize;
        _maxSteps = options.Stop.Steps > 0 ? options.Stop.Steps : long.MaxValue;
        Accounts = new ShardAccounts(replay.Shards);
        _allowances = new InsertAllowances(
            Accounts, options.Runner.Fragment * options.Runner.Environments, replay.SamplesPerInsert > 0 ? replay.SamplesPerInsertTolerance : double.PositiveInfinity);
        _hasRoom = HasRoom;
    }

    /// <summary>The shards' accounts.</summary>
    public ShardAccounts Accounts { get; }

    /// <summary>Transitions asked for over the run, less those of rounds given up.</summary>
    public long Samples { get; private set; }

    /// <summary>
    /// Transitions trained on over the run: exactly those behind the learner's parameters. Inserts are allowed by this count and samples by
    /// <see cref="Samples"/>, which is ahead of it, so that neither a round given up nor a restart puts the account out.
    /// </summary>
    public long Learned { get; private set; }

    /// <summary>How far the account is off, as a share of the tolerance, −1 to 1: at −1 the learner waits for runners, at 1 they wait for it; NaN without a limit.</summary>
    public double LimiterError => Accounts.Inserts < _minSize ? double.NaN : _limiter.Error(Accounts.Inserts, Learned);

    /// <summary>Where the limiter counts from.</summary>
    public (long Inserts, long Samples) LimiterOrigin => (_limiter.OriginInserts, _limiter.OriginSamples);

    /// <summary>What the shards are promised.</summary>
    public InsertAllowances Allowances => _allowances;

    /// <summary>The buffer's options.</summary>
    public ReplayOptions Replay => _replay;

    /// <summary>Requests outstanding.</summary>
    public int Outstanding => _outstanding.Count;

    /// <summary>Goes on from a checkpoint's counters.</summary>
    public void Restore(long inserts, long environmentSteps, long samples, IReadOnlyList<ShardRecord> shards)
    {
        Accounts.Restore(inserts, environmentSteps, shards);
        Samples = samples;
        Learned = samples;
    }

    /// <summary>Lets the limiter count from other totals than the run's first.</summary>
    public void CountFrom(long inserts, long samples) => _limiter = _limiter.From(inserts, samples);

    /// <summary>The learner has trained on a batch.</summary>
    public void CountLearned(int transitions) => Learned += transitions;

    /// <summary>
    /// Promises the shards what they may insert by now; a run with a limit of steps needs no more inserts than that. What the buffer lacks to
    /// its least size is always allowed: shards that restarted empty would otherwise wait for ever.
    /// </summary>
    public void ShareAllowances() => _allowances.Share(
        new InsertBudget(_limiter.AllowedInserts(Learned), MaxInserts, LeastSize - Accounts.Count, _hasRoom));

    /// <summary>Plans one round if the limiter and the prefetch allow it.</summary>
    /// <returns>The round, now outstanding, or null.</returns>
    public SampleRound? TryPlan()
    {
        int count = _batchSize * _batches;
        // A buffer that shrank (a shard restarted) fills up before it is sampled again, whatever the totals say.
        bool mayPlan = _outstanding.Count < _prefetch && Accounts.Mass > 0 && Accounts.Count >= Math.Min(LeastSize, Accounts.Inserts)
            && _limiter.CanSample(Accounts.Inserts, Samples, count);
        if (!mayPlan)
        {
            return null;
        }

        ShardShare[] shares = Accounts.Shares();
        int[]?[] counts = Allotment.Of([.. shares.Select(share => share.Probability)], _batchSize, _batches, _random);
        SampleRound round = new(++_lastNumber, counts, shares, Stopwatch.GetTimestamp() + (long)(ReplyTimeout.TotalSeconds * Stopwatch.Frequency))
        {
            TotalCount = Accounts.Count,
        };
        _outstanding.Add(round.Number, round);
        Samples += count;
        return round;
    }

    /// <summary>Takes a shard's reply.</summary>
    /// <returns>The round that it completes, no longer outstanding, or null.</returns>
    public SampleRound? Complete(ReplayProtocol.SampleReply reply)
    {
        if (_outstanding.TryGetValue(reply.Request, out SampleRound? round) && round.Add(reply))
        {
            _outstanding.Remove(reply.Request);
            return round;
        }

        return null;
    }

    /// <summary>Numbers of the outstanding rounds whose deadline has passed.</summary>
    public IReadOnlyList<long> LateRounds()
    {
        long now = Stopwatch.GetTimestamp();
        return [.. _outstanding.Values.Where(round => round.Deadline < now).Select(round => round.Number)];
    }

    /// <inheritdoc />
    public bool IsAwaited(long number) => _outstanding.ContainsKey(number);

    /// <inheritdoc />
    public string? FaultOfCount(ReplayProtocol.SampleReply reply) =>
        _outstanding.TryGetValue(reply.Request, out SampleRound? round) && round.Asked(reply.State.Shard) != reply.Samples.Keys.Length
            ? $"replay shard {reply.State.Shard} gave {reply.Samples.Keys.Length} transitions where {round.Asked(reply.State.Shard)} were asked for"
            : null;

    /// <summary>Gives up those of some late rounds that are still outstanding; the shards that did not answer them count as silent.</summary>
    /// <returns>How many requests were given up, and which shards did not answer.</returns>
    public (int Requests, IReadOnlyList<int> Shards) GiveUp(IReadOnlyList<long> late)
    {
        int[] silent =
        [
            .. Enumerable.Range(0, Accounts.Shards).Where(
                shard => late.Any(number => _outstanding.TryGetValue(number, out SampleRound? round) && round.Awaits(shard))),
        ];
        return (MarkSilent(silent), silent);
    }

    /// <summary>Counts some shards as silent, and gives up what waits for them: it would only be late one after another.</summary>
    /// <returns>How many requests were given up.</returns>
    public int MarkSilent(IReadOnlyList<int> shards)
    {
        Accounts.MarkSilent(shards);
        return shards.Sum(GiveUpOn);
    }

    /// <summary>Gives up what waits for a shard that cannot answer, and takes the samples out of the account.</summary>
    /// <returns>How many requests were given up.</returns>
    public int GiveUpOn(int shard)
    {
        long[] numbers = [.. _outstanding.Values.Where(round => round.Awaits(shard)).Select(round => round.Number)];
        int count = numbers.Count(_outstanding.Remove);
        Samples -= (long)count * _batchSize * _batches;
        return count;
    }

    /// <summary>What the learner waits for when nothing moves, in words that complete "waits for …".</summary>
    public string DescribeWaiting()
    {
        if (Accounts.Silent.Count == Accounts.Shards)
        {
            return "the replay shards, none of which answers (is a node with the role replay up?)";
        }

        string silent = Accounts.Silent.Count == 0 ? "" : $"; no answer comes from {ShardNames.Of(Accounts.Silent)}";
        return Accounts.Inserts < _minSize
                ? $"transitions from the runners: the replay buffer has {Accounts.Inserts} of the {_minSize} that dqn.replay.min-size asks for{silent}"
            : Accounts.Count < LeastSize
                ? $"transitions from the runners: the replay buffer holds {Accounts.Count} of the {LeastSize} that dqn.replay.min-size asks for{silent}"
            : _outstanding.Count > 0
                ? $"{ShardNames.Of([.. Enumerable.Range(0, Accounts.Shards).Where(IsAwaitedOf)])} to answer sample requests{silent}"
            : $"transitions from the runners, since dqn.replay.samples-per-insert allows no more samples of those that came{silent}";
    }

    // Shards that do not answer cannot help to fill the buffer, and those that do may not hold as much as is asked of all together.
    private long LeastSize
    {
        get
        {
            long capacity = 0;
            for (int shard = 0; shard < Accounts.Shards; shard++)
            {
                capacity += Accounts.IsSilent(shard) ? 0 : CapacityOf(shard);
            }

            return Math.Min(_minSize, capacity);
        }
    }

    /// <summary>Inserts at which a run with a limit of steps has its steps; with n-step returns the two counts run a little apart.</summary>
    private long MaxInserts => _maxSteps == long.MaxValue
        ? long.MaxValue
        : Accounts.Inserts + Math.Max(0, _maxSteps - Accounts.EnvironmentSteps);

    // In a full shard every insert replaces another, and the buffer would lack the same ever after.
    private bool HasRoom(int shard) => !Accounts.IsSilent(shard) && Accounts.CountOf(shard) < CapacityOf(shard);

    private int CapacityOf(int shard) => Math.Min(ReplayShardActor.ShardCapacity(_replay, shard), Accounts.HoldsAtMostOf(shard));

    private bool IsAwaitedOf(int shard) => _outstanding.Values.Any(round => round.Awaits(shard));
}
