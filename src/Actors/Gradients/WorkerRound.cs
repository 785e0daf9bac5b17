using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>One round of batches that a gradient worker was given to sample: the requests, the replies as they arrive, and |δ| of what was computed on.</summary>
internal sealed class WorkerRound
{
    private readonly GradientProtocol.Work _work;
    private readonly SampleRound _round;
    private readonly ReplayProtocol.ShardState?[] _states;
    private readonly float[] _absoluteTdErrors;
    private int _next;
    private int _rows;

    /// <summary>Plans nothing itself: what comes from where is the server's to say.</summary>
    /// <param name="work">What is to be sampled, without a <see cref="Fault"/>.</param>
    /// <param name="shards">Number of replay shards.</param>
    public WorkerRound(GradientProtocol.Work work, int shards)
    {
        int[]?[] counts = new int[]?[shards];
        ShardShare[] shares = new ShardShare[shards];
        foreach (GradientProtocol.ShardPart part in work.Shards)
        {
            counts[part.Shard] = part.Counts.Length == 0 ? null : part.Counts;
            shares[part.Shard] = new ShardShare(part.Probability, part.Smallest);
        }

        _work = work;
        _round = new SampleRound(work.Round, counts, shares, deadline: long.MaxValue) { TotalCount = work.TotalCount };
        _states = new ReplayProtocol.ShardState?[shards];
        _absoluteTdErrors = new float[work.Shards.Sum(part => part.Counts.Sum())];
        // What is never computed on keeps the priority that it has.
        Array.Fill(_absoluteTdErrors, float.NaN);
    }

    /// <summary>Number of the round.</summary>
    public long Number => _work.Round;

    /// <summary>The epoch that it was given in.</summary>
    public long Epoch => _work.Epoch;

    /// <summary>Whether every shard has answered.</summary>
    public bool IsSampled { get; private set; }

    /// <summary>Whether a gradient was computed on every batch.</summary>
    public bool IsUsedUp => _next == _round.Batches;

    /// <summary>Seconds since it was asked for.</summary>
    public int Age { get; set; }

    /// <summary>The accounts of the shards that have answered.</summary>
    public IReadOnlyList<ReplayProtocol.ShardState> States => [.. _states.OfType<ReplayProtocol.ShardState>()];

    /// <summary>The shards that were asked and have not answered.</summary>
    public IReadOnlyList<int> Silent => [.. Enumerable.Range(0, _states.Length).Where(_round.Awaits)];

    /// <summary>What is wrong with work: one line, or null.</summary>
    /// <param name="work">The work.</param>
    /// <param name="shards">Number of replay shards.</param>
    /// <param name="batchSize">The largest batch.</param>
    public static string? Fault(GradientProtocol.Work work, int shards, int batchSize)
    {
        GradientProtocol.ShardPart[] asked = [.. work.Shards.Where(part => part.Counts.Length > 0)];
        if (asked.Length == 0 || Array.Exists(asked, part => part.Counts.Length != asked[0].Counts.Length))
        {
            return $"round {work.Round} asks its shards for different numbers of batches, or for none";
        }

        if (work.Shards.Any(part => part.Shard >= shards) || work.Shards.DistinctBy(part => part.Shard).Count() != work.Shards.Count)
        {
            return $"round {work.Round} names a replay shard twice, or one beyond {shards - 1}: all nodes must use the same dqn.replay.shards";
        }

        bool isPossible = Enumerable.Range(0, asked[0].Counts.Length).Select(batch => asked.Sum(part => (long)part.Counts[batch])).All(rows => rows >= 1 && rows <= batchSize);
        return isPossible && work.TotalCount > 0
            ? null
            : $"round {work.Round} has a batch that is empty or of more than {batchSize} transitions: all nodes must use the same dqn.learner.batch-size";
    }

    /// <summary>What the shards are asked.</summary>
    public IEnumerable<ReplayProtocol.SampleRequest> Requests() =>
        from part in _work.Shards
        where part.Counts.Length > 0
        select new ReplayProtocol.SampleRequest(part.Shard, Number, part.Counts, part.InsertAllowance, part.KnownIncarnation)
        {
            AllowanceNumber = part.AllowanceNumber,
            LargestPriority = _work.LargestPriority,
        };

    /// <summary>Transitions asked of one shard, over all batches.</summary>
    /// <param name="shard">The shard.</param>
    public int Asked(int shard) => _round.Asked(shard);

    /// <summary>Whether a shard was asked and has not answered.</summary>
    /// <param name="shard">The shard.</param>
    public bool Awaits(int shard) => _round.Awaits(shard);

    /// <summary>Takes one shard's reply.</summary>
    /// <param name="reply">The reply, without a fault.</param>
    /// <returns>Whether the round is complete with it.</returns>
    public bool Add(ReplayProtocol.SampleReply reply)
    {
        if (!_round.Awaits(reply.State.Shard))
        {
            return false;
        }

        _states[reply.State.Shard] = reply.State;
        return IsSampled = _round.Add(reply);
    }

    /// <summary>The next batch, with its importance weights.</summary>
    /// <param name="filling">Fills it.</param>
    /// <param name="absoluteTdErrors">Where |δ| of its rows belongs.</param>
    public TrainingBatch Next(BatchFilling filling, out Span<float> absoluteTdErrors)
    {
        TrainingBatch batch = filling.Fill(_round, _next++, _work.Beta);
        absoluteTdErrors = _absoluteTdErrors.AsSpan(_rows, batch.Count);
        _rows += batch.Count;
        return batch;
    }

    /// <summary>The new priorities for each shard, in messages that each fit a frame.</summary>
    public IEnumerable<ReplayProtocol.UpdatePriorities> Priorities() => _round.Priorities(_absoluteTdErrors).SelectMany(WireParts.Split);
}
