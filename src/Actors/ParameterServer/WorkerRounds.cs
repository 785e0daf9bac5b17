namespace DqnAkka.Actors;

/// <summary>
/// Which worker has which transitions: rounds are handed out in the order in which workers ask, and what a worker does not train on leaves the
/// limiter's account again. Times are in ticks of whoever asks for <see cref="Late"/>.
/// </summary>
/// <param name="planner">Plans the rounds, and keeps the account.</param>
internal sealed class WorkerRounds(SamplePlanner planner)
{
    private readonly List<int> _waiting = [];
    private readonly Dictionary<int, List<Round>> _rounds = [];

    /// <summary>Whether a worker waits for a round.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Rounds that workers have, and have not trained on to the end.</summary>
    public int Count => _rounds.Values.Sum(rounds => rounds.Count);

    /// <summary>A worker asks for a round.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="isRepeatDue">Whether a round that was handed to it and is not sampled may be lost: it is given up.</param>
    public void Request(int worker, Func<long, bool> isRepeatDue)
    {
        List<Round> rounds = RoundsOf(worker);
        if (rounds.Find(round => !round.IsSampled) is { } open)
        {
            if (!isRepeatDue(open.HandedAt))
            {
                return;
            }

            GiveUp(rounds, open);
        }

        // It asks before its present round ends: older ones it has dropped.
        while (rounds.Count > 1)
        {
            GiveUp(rounds, rounds[0]);
        }

        if (!_waiting.Contains(worker))
        {
            _waiting.Add(worker);
        }
    }

    /// <summary>Plans a round for the next worker that waits, as far as the limiter allows it.</summary>
    /// <param name="now">The time in ticks.</param>
    /// <param name="worker">Whose it is.</param>
    /// <returns>The round, or null.</returns>
    public SampleRound? TryHand(long now, out int worker)
    {
        worker = 0;
        if (_waiting.Count == 0 || planner.TryPlan() is not { } round)
        {
            return null;
        }

        worker = _waiting[0];
        _waiting.RemoveAt(0);
        int rows = 0;
        for (int shard = 0; shard < round.Counts.Count; shard++)
        {
            rows += round.Asked(shard);
        }

        RoundsOf(worker).Add(new Round(round.Number, rows, now));
        return round;
    }

    /// <summary>A worker has its transitions.</summary>
    public void Sampled(int worker, long number)
    {
        if (RoundsOf(worker).Find(round => round.Number == number) is { } round)
        {
            round.IsSampled = true;
            planner.Release(number);
        }
    }

    /// <summary>A worker gives a round up.</summary>
    public void Fail(int worker, long number)
    {
        List<Round> rounds = RoundsOf(worker);
        if (rounds.Find(round => round.Number == number) is { } failed)
        {
            GiveUp(rounds, failed);
        }
    }

    /// <summary>A worker has computed the gradient of a batch.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="rows">Transitions in the batch.</param>
    public void Computed(int worker, int rows)
    {
        List<Round> rounds = RoundsOf(worker);
        while (rows > 0 && rounds.Count > 0)
        {
            Round oldest = rounds[0];
            int taken = Math.Min(rows, oldest.Rows);
            oldest.Rows -= taken;
            rows -= taken;
            planner.CountLearned(taken);
            if (oldest.Rows == 0)
            {
                planner.Release(oldest.Number);
                rounds.RemoveAt(0);
            }
        }
    }

    /// <summary>A worker is gone.</summary>
    public void Drop(int worker)
    {
        _waiting.Remove(worker);
        if (_rounds.Remove(worker, out List<Round>? rounds))
        {
            foreach (Round round in rounds.ToArray())
            {
                GiveUp(rounds, round);
            }
        }
    }

    /// <summary>Workers that were handed a round before some time, and have not said that they have its transitions.</summary>
    public IReadOnlyList<int> Late(long before) =>
        [.. _rounds.Where(entry => entry.Value.Exists(round => !round.IsSampled && round.HandedAt < before)).Select(entry => entry.Key)];

    private void GiveUp(List<Round> rounds, Round round)
    {
        rounds.Remove(round);
        planner.Release(round.Number);
        planner.Return(round.Rows);
    }

    private List<Round> RoundsOf(int worker)
    {
        if (!_rounds.TryGetValue(worker, out List<Round>? rounds))
        {
            rounds = [];
            _rounds.Add(worker, rounds);
        }

        return rounds;
    }

    private sealed class Round(long number, int rows, long handedAt)
    {
        public long Number => number;

        public int Rows { get; set; } = rows;

        public long HandedAt => handedAt;

        public bool IsSampled { get; set; }
    }
}
