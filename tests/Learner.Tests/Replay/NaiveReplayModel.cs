namespace DqnAkka.Learner.Tests;

/// <summary>What a replay buffer promises, as a list that is searched and copied.</summary>
internal sealed class NaiveReplayModel(ReplayOptions options, int capacity)
{
    public sealed record Item(long Key, byte[] Observation, byte[] NextObservation, int Action, float Return, float Discount, byte End)
    {
        public double Mass { get; set; }
    }

    public List<Item> Items { get; private set; } = [];

    public int Capacity { get; private set; } = capacity;

    public long NextKey { get; private set; }

    public long Inserts { get; private set; }

    public double LargestPriority { get; private set; } = 1;

    public long StaleEnd { get; private set; }

    public int Stale => Items.Count(item => item.Key < StaleEnd);

    public double MassOf(double priority) => options.Prioritized ? Math.Clamp(Math.Pow(priority, options.Alpha), 1e-100, 1e100) : 1;

    /// <summary>Appends rows one by one.</summary>
    /// <returns>How many more than fit were there at once.</returns>
    public void Append(TransitionBatch batch)
    {
        double largest = LargestPriority;
        for (int row = 0; row < batch.Count; row++)
        {
            double priority = batch.AbsoluteTdErrors.Length == 0 ? largest : batch.AbsoluteTdErrors[row] + options.PriorityEpsilon;
            LargestPriority = options.Prioritized ? Math.Max(LargestPriority, priority) : 1;
            Add(batch, row, MassOf(priority));
        }

        Inserts += batch.Count;
    }

    public void AppendInherited(TransitionBatch batch, double[] masses, IReadOnlyList<int> rows)
    {
        foreach (int row in rows)
        {
            Add(batch, row, masses[row]);
        }

        RaiseToMasses(rows.Select(row => masses[row]));
    }

    public void RaiseToMasses(IEnumerable<double> masses)
    {
        if (options.Prioritized)
        {
            LargestPriority = masses.Aggregate(LargestPriority, (largest, mass) => Math.Max(largest, Math.Pow(mass, 1 / options.Alpha)));
        }
    }

    public void RemoveOldest(int count) => Items.RemoveRange(0, count);

    public int Update(long[] keys, float[] errors)
    {
        int applied = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (options.Prioritized && Items.Find(item => item.Key == keys[i]) is { } found)
            {
                double priority = errors[i] + options.PriorityEpsilon;
                LargestPriority = Math.Max(LargestPriority, priority);
                found.Mass = MassOf(priority);
                applied++;
            }
        }

        return applied;
    }

    public void MarkStale()
    {
        StaleEnd = NextKey;
        Inserts = 0;
    }

    public void Resize(int newCapacity)
    {
        Capacity = newCapacity;
        Items.RemoveRange(0, Math.Max(0, Items.Count - newCapacity));
    }

    private void Add(TransitionBatch batch, int row, double mass)
    {
        if (Items.Count == Capacity)
        {
            Item leaving = options.Removal == RemovalKind.Fifo ? Items[0] : Items.MinBy(item => item.Mass)!;
            Items.Remove(leaving);
        }

        Items.Add(new Item(
            NextKey++,
            batch.Observation(row).ToArray(),
            batch.NextObservation(row).ToArray(),
            batch.Actions[row],
            batch.Returns[row],
            batch.Discounts[row],
            batch.Ends[row])
        { Mass = mass });
    }
}
