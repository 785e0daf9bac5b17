using System.Diagnostics;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Decides when the learner samples and from which shard: within the samples-per-insert limiter, with a bounded number of
/// requests outstanding, each transition's shard drawn in proportion to the shards' masses, so that sampling over N shards is
/// sampling from one big buffer.
/// </summary>
internal sealed class SamplePlanner
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(5);
    private readonly Dictionary<long, SampleRound> _outstanding = [];
    private readonly SamplesPerInsertLimiter _limiter;
    private readonly RandomSource _random;
    private readonly int _batchSize;
    private readonly int _batches;
    private readonly int _prefetch;
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
        _minSize = replay.MinSize;
        _maxSteps = options.Stop.Steps > 0 ? options.Stop.Steps : long.MaxValue;
        Accounts = new ShardAccounts(replay.Shards);
    }

    /// <summary>The shards' accounts.</summary>
    public ShardAccounts Accounts { get; }

    /// <summary>Transitions asked for over the run, less those of rounds given up.</summary>
    public long Samples { get; private set; }

    /// <summary>Requests outstanding.</summary>
    public int Outstanding => _outstanding.Count;

    /// <summary>Goes on from a checkpoint's counters.</summary>
    public void Restore(long inserts, long environmentSteps, long samples)
    {
        Accounts.Restore(inserts, environmentSteps);
        Samples = samples;
    }

    /// <summary>Inserts that a shard may take, since its incarnation began; a run with a limit of steps needs no more inserts than that.</summary>
    /// <remarks>What the buffer lacks to its least size is always allowed: shards that restarted empty would otherwise wait for ever.</remarks>
    public long Allowance(int shard)
    {
        long refill = Accounts.Inserts + Math.Max(0, _minSize - Accounts.Count);
        return Accounts.Allowance(shard, Math.Min(_maxSteps, Math.Max(refill, _limiter.AllowedInserts(Samples))));
    }

    /// <summary>Plans one round if the limiter and the prefetch allow it.</summary>
    /// <returns>The round, now outstanding, or null.</returns>
    public SampleRound? TryPlan()
    {
        int count = _batchSize * _batches;
        // A buffer that shrank (a shard restarted) fills up before it is sampled again, whatever the totals say.
        bool mayPlan = _outstanding.Count < _prefetch && Accounts.Mass > 0 && Accounts.Count >= Math.Min(_minSize, Accounts.Inserts)
            && _limiter.CanSample(Accounts.Inserts, Samples, count);
        if (!mayPlan)
        {
            return null;
        }

        (int[]?[] counts, double[] shares) = Allot();
        SampleRound round = new(++_lastNumber, counts, shares, Stopwatch.GetTimestamp() + (long)(ReplyTimeout.TotalSeconds * Stopwatch.Frequency));
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

    /// <summary>Gives up those of some rounds that are still outstanding, and takes their samples out of the account.</summary>
    /// <returns>How many.</returns>
    public int GiveUp(IEnumerable<long> numbers)
    {
        int count = numbers.Count(_outstanding.Remove);
        Samples -= (long)count * _batchSize * _batches;
        return count;
    }

    /// <summary>What the learner waits for when nothing moves: one line.</summary>
    public string DescribeWaiting()
    {
        if (Accounts.Inserts < _minSize)
        {
            return $"the replay buffer has {Accounts.Inserts} of the {_minSize} transitions that dqn.replay.min-size asks for, and no runner sends more";
        }

        return _outstanding.Count > 0
            ? $"{_outstanding.Count} sample requests are not answered by the replay shards"
            : "the samples-per-insert limiter waits for transitions, and no runner sends more";
    }

    private (int[]?[] Counts, double[] Shares) Allot()
    {
        int shards = Accounts.Shards;
        int[]?[] counts = new int[]?[shards];
        Span<double> bounds = stackalloc double[shards];
        int last = 0;
        double total = 0;
        for (int shard = 0; shard < shards; shard++)
        {
            total += Accounts.MassOf(shard);
            bounds[shard] = total;
            last = Accounts.MassOf(shard) > 0 ? shard : last;
        }

        double[] shares = new double[shards];
        for (int shard = 0; shard < shards; shard++)
        {
            shares[shard] = Accounts.MassOf(shard) / total;
        }

        for (int batch = 0; batch < _batches; batch++)
        {
            for (int i = 0; i < _batchSize; i++)
            {
                double target = _random.NextDouble() * total;
                int shard = 0;
                // Rounding can put the target on the total itself: then the last shard that holds anything is meant.
                while (shard < last && target >= bounds[shard])
                {
                    shard++;
                }

                (counts[shard] ??= new int[_batches])[batch]++;
            }
        }

        return (counts, shares);
    }
}
