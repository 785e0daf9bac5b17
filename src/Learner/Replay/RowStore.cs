using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// A row for each slot with everything in it, both observations too: a <see cref="TransitionRow"/>, s, s′. A random read costs as few
/// cache lines as there can be.
/// </summary>
internal sealed unsafe class RowStore : ITransitionStore
{
    private const int CacheLine = 64;

    // Rows that are on their way from memory while one is copied.
    private const int RowsAhead = 16;

    private readonly ObservationFormat _format;
    private readonly MemoryRegion _region;
    private readonly byte* _rows;
    private readonly long _stride;
    private readonly int _capacity;
    private readonly nint _length;
    private readonly bool _hasChecksums;

    /// <summary>Takes over rows as they are; zero bytes are rows never written.</summary>
    /// <param name="plan">How the region is divided.</param>
    /// <param name="region">Where the rows lie.</param>
    /// <param name="start">Where the plan's part of the region begins.</param>
    /// <param name="hasChecksums">Whether rows get checksums.</param>
    public RowStore(ReplayMemoryPlan plan, MemoryRegion region, byte* start, bool hasChecksums)
    {
        _format = plan.Format;
        _region = region;
        _rows = start + plan.RowsOffset;
        _stride = plan.RowBytes;
        _capacity = plan.Capacity;
        // What fills a row up is never written, and so zero.
        nint bytes = TransitionRow.Bytes + (2 * _format.Bytes);
        _length = bytes <= CacheLine / 2 ? CacheLine / 2 : Math.Max(CacheLine, bytes);
        _hasChecksums = hasChecksums;
    }

    public int NextFrame { get; set; }

    /// <summary>Bytes from one row to the next: whole cache lines where that is little more, so that rows lie in as few as they can.</summary>
    /// <param name="format">The form of an observation.</param>
    public static int StrideOf(ObservationFormat format)
    {
        int bytes = checked(TransitionRow.Bytes + (2 * format.Bytes));
        int words = (bytes + sizeof(ulong) - 1) / sizeof(ulong) * sizeof(ulong);
        int lines = (bytes + CacheLine - 1) / CacheLine * CacheLine;
        return lines - words <= words / 4 ? lines : words <= CacheLine / 2 ? CacheLine / 2 : words < CacheLine ? CacheLine : words;
    }

    public BatchPart PartOf(TransitionBatch batch, int firstRow) => new(batch, firstRow, batch.Count - firstRow);

    public bool TryPlace(BatchPart part, long firstKey, int oldestSlot) => true;

    public int CountLeavingTogether(ReadOnlySpan<int> slots) => 1;

    public void Write(int firstSlot, BatchPart part, long firstKey)
    {
        byte* target = RowAt(firstSlot);
        fixed (byte* frames = part.Batch.Frames)
        fixed (int* windows = part.Batch.Windows)
        {
            int done = _hasChecksums ? WriteSealed(target, part, firstKey, frames) : 0;
            target += done * _stride;
            BatchPart rest = part.Slice(done, part.Count - done);
            WriteRows(target, rest, firstKey + done, frames, windows);
            if (_hasChecksums)
            {
                Checksums.Seal(target, (nint)_stride, _length, rest.Count);
            }
        }

        GC.KeepAlive(_region);
    }

    public void Read(ReadOnlySpan<int> slots, SampledTransitions target)
    {
        nint bytes = _format.Bytes;
        fixed (byte* observations = target.Observations, nextObservations = target.NextObservations)
        {
            for (int i = 0; i < Math.Min(RowsAhead, slots.Length); i++)
            {
                Bytes.Prefetch(RowAt(slots[i]), (nint)_stride);
            }

            for (int i = 0; i < slots.Length; i++)
            {
                if (i + RowsAhead < slots.Length)
                {
                    Bytes.Prefetch(RowAt(slots[i + RowsAhead]), (nint)_stride);
                }

                byte* source = RowAt(slots[i]);
                TransitionRow* row = (TransitionRow*)source;
                target.Keys[i] = row->Key;
                target.Actions[i] = row->Action;
                target.Returns[i] = row->Return;
                target.Discounts[i] = row->Discount;
                Bytes.Copy(source + TransitionRow.Bytes, observations + (i * bytes), bytes);
                Bytes.Copy(source + TransitionRow.Bytes + bytes, nextObservations + (i * bytes), bytes);
            }
        }

        GC.KeepAlive(_region);
    }

    public TransitionBatch Read(ReadOnlySpan<int> slots)
    {
        int bytes = _format.Bytes;
        TransitionBatchBuilder builder = new(Math.Max(1, slots.Length), _format);
        foreach (int slot in slots)
        {
            TransitionRow* row = (TransitionRow*)RowAt(slot);
            byte* observations = RowAt(slot) + TransitionRow.Bytes;
            builder.AddPacked(
                0,
                new ReadOnlySpan<byte>(observations, bytes),
                row->Action,
                row->Return,
                row->Discount,
                (EpisodeEnd)row->End,
                new ReadOnlySpan<byte>(observations + bytes, bytes));
        }

        GC.KeepAlive(_region);
        return builder.Build();
    }

    public long KeyAt(int slot)
    {
        long key = ((TransitionRow*)RowAt(slot))->Key;
        GC.KeepAlive(_region);
        return key;
    }

    public void Clear(int slot)
    {
        *(TransitionRow*)RowAt(slot) = default;
        GC.KeepAlive(_region);
    }

    public Func<int, long, SlotCondition> Inspect(long nextKey)
    {
        UnfinishedRows unfinished = new(KeyAt, _capacity, nextKey);
        return (slot, key) =>
        {
            TransitionRow* row = (TransitionRow*)RowAt(slot);
            bool isIntact = !_hasChecksums || row->Checksum == Checksums.OfRow((byte*)row, _length);
            SlotCondition condition = row->Key == key && isIntact ? SlotCondition.Intact
                : unfinished.Has(slot) ? SlotCondition.Overwritten
                : SlotCondition.Damaged;
            GC.KeepAlive(_region);
            return condition;
        };
    }

    /// <summary>Writes the rows whose observations lie in the batch as they will in the row, each in one go with its checksum.</summary>
    /// <returns>How many, the first ones of the part: none, all, or all but the batch's last where bytes behind its end would be read.</returns>
    private int WriteSealed(byte* target, BatchPart part, long firstKey, byte* frames)
    {
        TransitionBatch batch = part.Batch;
        nint bytes = 2 * _format.Bytes;
        nint read = _length - TransitionRow.Bytes;
        if (batch.Windows.Length > 0 || bytes < CacheLine / 2)
        {
            return 0;
        }

        int count = bytes < read && part.First + part.Count == batch.Count ? part.Count - 1 : part.Count;
        Vector256<uint> counts = FirstBytes((int)(bytes - read) + Vector256<byte>.Count);
        for (int i = 0; i < count; i++, target += _stride)
        {
            int source = part.First + i;
            byte* observations = frames + (source * bytes);
            ulong first = TransitionRow.KeyAndEnd(firstKey + i, batch.Ends[source]);
            ulong second = TransitionRow.ChecksumAndAction(batch.Actions[source]);
            ulong third = TransitionRow.ReturnAndDiscount(batch.Returns[source], batch.Discounts[source]);
            ulong* words = (ulong*)target;
            words[0] = first;
            words[1] = second | Checksums.OfRow(first, second, third, observations, _length, counts);
            words[2] = third;
            Bytes.Copy(observations, target + TransitionRow.Bytes, bytes);
        }

        return count;
    }

    private void WriteRows(byte* target, BatchPart part, long firstKey, byte* frames, int* windows)
    {
        TransitionBatch batch = part.Batch;
        nint bytes = _format.Bytes;
        for (int i = 0; i < part.Count; i++, target += _stride)
        {
            int source = part.First + i;
            TransitionRow* row = (TransitionRow*)target;
            row->Identify(firstKey + i, batch.Ends[source]);
            row->Action = batch.Actions[source];
            row->Return = batch.Returns[source];
            row->Discount = batch.Discounts[source];
            byte* observations = target + TransitionRow.Bytes;
            if (batch.Windows.Length == 0)
            {
                Bytes.Copy(frames + (source * 2 * bytes), observations, 2 * bytes);
            }
            else
            {
                Bytes.Copy(frames + ((nint)windows[2 * source] * _format.FrameBytes), observations, bytes);
                Bytes.Copy(frames + ((nint)windows[(2 * source) + 1] * _format.FrameBytes), observations + bytes, bytes);
            }
        }
    }

    private static Vector256<uint> FirstBytes(int count)
    {
        Span<byte> mask = stackalloc byte[Vector256<byte>.Count];
        mask.Clear();
        mask[..count].Fill(byte.MaxValue);
        return Vector256.Create<byte>(mask).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* RowAt(int slot) => _rows + (slot * _stride);
}
