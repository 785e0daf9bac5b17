using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// A shard's side of a hand-over: takes in what the shard held under earlier incarnations on other nodes. Pieces may be repeated, lost
/// and reordered; each batch is taken once and in order.
/// </summary>
/// <remarks>
/// What is inherited is older than what came here meanwhile, and never replaces it: of more than there is room for, the oldest are left
/// out. What comes later replaces in the order of arrival. Twice held is only what a runner sends again because its acknowledgement was
/// lost, where that comes before the beginning of the hand-over; and what a shard had inherited in part when it moved on itself.
/// </remarks>
/// <param name="memory">Where transitions go.</param>
/// <param name="checks">What they must fit.</param>
internal sealed class Inheritance(ShardMemory memory, ShardChecks checks)
{
    private const int MaxSources = 16;
    private const int MaxBatchesAhead = 8;
    private const long MaxBytesUnderway = 64L << 20;

    // Also those that the shard had begun with before it was started again.
    private readonly Dictionary<long, Source> _sources = memory.Transfers.ToDictionary(
        position => position.Source,
        position => new Source { Received = position.Received, Remaining = position.Remaining, HoldsAtMost = position.HoldsAtMost });

    private readonly PartAssembly<(long Source, int Batch)> _parts = new(MaxBytesUnderway, MaxSources * MaxBatchesAhead);
    private long BytesAhead => _sources.Values.Sum(source => source.Ahead.Values.Sum(batch => (long)batch.Length));

    /// <summary>The first message of a hand-over; a repetition changes nothing.</summary>
    /// <returns>Batches received so far.</returns>
    public int Begin(ReplayProtocol.TransferBegin begin)
    {
        if (!_sources.TryGetValue(begin.Source, out Source? source))
        {
            if (_sources.Count == MaxSources)
            {
                long oldest = _sources.Keys.Min();
                _sources.Remove(oldest);
                _parts.DropWhere(key => key.Source == oldest);
            }

            source = new Source { Remaining = begin.Transitions, HoldsAtMost = begin.HoldsAtMost };
            _sources.Add(begin.Source, source);
        }

        return source.Received;
    }

    /// <summary>Takes a piece of a batch.</summary>
    /// <param name="part">The piece.</param>
    /// <param name="fault">What is wrong with the batch that it completes, which is then passed over: words that complete "has …", or null.</param>
    /// <returns>Batches received so far; 0 for a hand-over whose beginning did not come here.</returns>
    public int Add(ReplayProtocol.TransferPart part, out string? fault)
    {
        fault = null;
        if (!_sources.TryGetValue(part.Source, out Source? source))
        {
            return 0;
        }

        bool isExpected = part.Batch >= source.Received && part.Batch < source.Received + MaxBatchesAhead && !source.Ahead.ContainsKey(part.Batch);
        // What comes ahead of its turn comes again where there is no room to keep it.
        isExpected &= part.Batch == source.Received || BytesAhead < MaxBytesUnderway;
        if (isExpected && _parts.Add((part.Source, part.Batch), part.Index, part.Count, part.Bytes) is { } whole)
        {
            source.Ahead.Add(part.Batch, whole);
            while (source.Ahead.Remove(source.Received, out byte[]? next))
            {
                fault = Take(part.Source, source, next) ?? fault;
                source.Received++;
            }
        }

        return source.Received;
    }

    private string? Take(long number, Source source, byte[] whole)
    {
        if (WireParts.JoinTransfer(whole) is not { } batch)
        {
            return "bytes that are none";
        }

        int count = batch.Transitions.Count;
        string? fault = checks.Fault(batch.Transitions)
            ?? (count > source.Remaining ? $"{count} transitions where {source.Remaining} were left" : null)
            ?? (!batch.Masses.All(ReplayBuffer.IsMass) ? "a sampling mass that is none" : null);
        if (fault is not null)
        {
            return fault;
        }

        // Room that own inserts took since the hand-over began is missing for the oldest of what comes. What is stale makes room.
        ReplayBuffer buffer = memory.Buffer;
        int room = Math.Min(buffer.Capacity, source.HoldsAtMost) - buffer.Count + buffer.Stale;
        int skip = (int)Math.Clamp((long)source.Remaining - room, 0, count);
        source.Remaining -= count;
        memory.AppendInherited(
            batch.Transitions, batch.Masses, skip, new TransferPosition(number, source.Received + 1, source.Remaining, source.HoldsAtMost));
        return null;
    }

    private sealed class Source
    {
        /// <summary>Transitions that have not come yet.</summary>
        public int Remaining { get; set; }

        /// <summary>Transitions that the stream let the shard hold there.</summary>
        public required int HoldsAtMost { get; init; }

        /// <summary>Batches received whole and in order.</summary>
        public int Received { get; set; }

        /// <summary>Batches that are whole and wait for an earlier one.</summary>
        public Dictionary<int, byte[]> Ahead { get; } = [];
    }
}
