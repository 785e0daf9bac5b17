using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// A small row for each slot and a ring of frames that transitions have in common, for transitions that leave in the order of arrival. The frames of a
/// batch lie in one piece, so that s and s′ of an unbroken stream are neighbours. Frames are free again when the last transition of their batch
/// has left.
/// </summary>
internal sealed unsafe class SharedStore : ITransitionStore
{
    // Rows, and observations, that are on their way from memory while one is copied. A row is needed sooner: it says where its observations are.
    private const int RowsAhead = 32;
    private const int ObservationsAhead = 2;

    private readonly ObservationFormat _format;
    private readonly MemoryRegion _region;
    private readonly Row* _rows;
    private readonly byte* _frames;
    private readonly Note* _notes;
    private readonly int _frameCount;
    private readonly int _capacity;
    private readonly bool _hasChecksums;

    // Where the frames of the part placed last begin, less the number of its first one.
    private int _shift;

    /// <summary>Takes over rows and frames as they are; zero bytes are rows never written.</summary>
    /// <param name="plan">How the region is divided.</param>
    /// <param name="region">Where rows and frames lie.</param>
    /// <param name="start">Where the plan's part of the region begins.</param>
    /// <param name="hasChecksums">Whether rows and frames get checksums.</param>
    public SharedStore(ReplayMemoryPlan plan, MemoryRegion region, byte* start, bool hasChecksums)
    {
        _format = plan.Format;
        _region = region;
        _rows = (Row*)(start + plan.RowsOffset);
        _frames = start + plan.FramesOffset;
        _notes = (Note*)(start + plan.FrameNotesOffset);
        _frameCount = plan.Frames;
        _capacity = plan.Capacity;
        _hasChecksums = hasChecksums;
    }

    /// <summary>Bytes of a row.</summary>
    public static int RowBytes => sizeof(Row);

    /// <summary>Bytes of what is noted for a frame.</summary>
    public static int NoteBytes => sizeof(Note);

    public int NextFrame { get; set; }

    public BatchPart PartOf(TransitionBatch batch, int firstRow)
    {
        int count = batch.Count - firstRow;
        if (firstRow == 0 && batch.Frames.Length / _format.FrameBytes <= _frameCount)
        {
            return new BatchPart(batch, 0, count);
        }

        // A single transition always fits: there is room for 2k frames at least.
        while (true)
        {
            TransitionBatch copy = Extract(batch, firstRow, count);
            if (count == 1 || copy.Frames.Length / _format.FrameBytes <= _frameCount)
            {
                return new BatchPart(copy, 0, count);
            }

            count /= 2;
        }
    }

    public bool TryPlace(BatchPart part, long firstKey, int oldestSlot)
    {
        int count = part.Batch.Frames.Length / _format.FrameBytes;
        int first = oldestSlot < 0 ? 0 : FirstFree(count, OldestFrame(oldestSlot));
        if (first < 0)
        {
            return false;
        }

        fixed (byte* frames = part.Batch.Frames)
        {
            for (int i = 0; i < count; i++)
            {
                nint bytes = _format.FrameBytes;
                byte* source = frames + (i * bytes);

                // First the note: where the process ends in between, it says that the frame is of an append that was not finished.
                _notes[first + i] = new Note(firstKey, i, _hasChecksums ? Checksums.Of(source, bytes, (uint)i) : 0);
                Bytes.Copy(source, FrameAt(first + i), bytes);
            }
        }

        _shift = first;
        NextFrame = first + count;
        GC.KeepAlive(_region);
        return true;
    }

    public int CountLeavingTogether(ReadOnlySpan<int> slots)
    {
        int oldest = OldestFrame(slots[0]);
        int count = 1;
        while (count < slots.Length && OldestFrame(slots[count]) == oldest)
        {
            count++;
        }

        GC.KeepAlive(_region);
        return count;
    }

    public void Write(int firstSlot, BatchPart part, long firstKey)
    {
        TransitionBatch batch = part.Batch;
        for (int i = 0; i < part.Count; i++)
        {
            int source = part.First + i;
            Row* row = _rows + firstSlot + i;
            row->Beginning.Identify(firstKey + i, batch.Ends[source]);
            row->Beginning.Action = batch.Actions[source];
            row->Beginning.Return = batch.Returns[source];
            row->Beginning.Discount = batch.Discounts[source];
            bool isPlain = batch.Windows.Length == 0;
            row->Observation = _shift + (isPlain ? 2 * source * _format.Stack : batch.Windows[2 * source]);
            row->NextObservation = _shift + (isPlain ? ((2 * source) + 1) * _format.Stack : batch.Windows[(2 * source) + 1]);
        }

        if (_hasChecksums)
        {
            Checksums.Seal((byte*)(_rows + firstSlot), sizeof(Row), sizeof(Row), part.Count);
        }

        GC.KeepAlive(_region);
    }

    public void Read(ReadOnlySpan<int> slots, SampledTransitions target)
    {
        nint bytes = _format.Bytes;
        fixed (byte* observations = target.Observations, nextObservations = target.NextObservations)
        {
            for (int i = -RowsAhead; i < slots.Length; i++)
            {
                if (i + RowsAhead < slots.Length)
                {
                    Bytes.Prefetch((byte*)(_rows + slots[i + RowsAhead]), sizeof(Row));
                }

                if (i >= -ObservationsAhead && i + ObservationsAhead < slots.Length)
                {
                    PrefetchObservations(_rows + slots[i + ObservationsAhead]);
                }

                if (i >= 0)
                {
                    Row* row = _rows + slots[i];
                    target.Keys[i] = row->Beginning.Key;
                    target.Actions[i] = row->Beginning.Action;
                    target.Returns[i] = row->Beginning.Return;
                    target.Discounts[i] = row->Beginning.Discount;
                    Bytes.Copy(FrameAt(row->Observation), observations + (i * bytes), bytes);
                    Bytes.Copy(FrameAt(row->NextObservation), nextObservations + (i * bytes), bytes);
                }
            }
        }

        GC.KeepAlive(_region);
    }

    public TransitionBatch Read(ReadOnlySpan<int> slots)
    {
        int[] windows = new int[2 * slots.Length];
        int[] actions = new int[slots.Length];
        float[] returns = new float[slots.Length];
        float[] discounts = new float[slots.Length];
        byte[] ends = new byte[slots.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            Row* row = _rows + slots[i];
            windows[2 * i] = row->Observation;
            windows[(2 * i) + 1] = row->NextObservation;
            actions[i] = row->Beginning.Action;
            returns[i] = row->Beginning.Return;
            discounts[i] = row->Beginning.Discount;
            ends[i] = row->Beginning.End;
        }

        byte[] frames = SharedFrames.Extract(_frames, _format.FrameBytes, _format.Stack, windows);
        GC.KeepAlive(_region);
        return new TransitionBatch(_format, frames, windows, actions, returns, discounts, ends, []);
    }

    public long KeyAt(int slot)
    {
        long key = _rows[slot].Beginning.Key;
        GC.KeepAlive(_region);
        return key;
    }

    public void Clear(int slot)
    {
        _rows[slot] = default;
        GC.KeepAlive(_region);
    }

    public Func<int, long, SlotCondition> Inspect(long nextKey)
    {
        UnfinishedRows unfinished = new(KeyAt, _capacity, nextKey);
        bool[] isKnown = new bool[_frameCount];
        bool[] isSound = new bool[_frameCount];
        return (slot, key) =>
        {
            Row* row = _rows + slot;
            SlotCondition condition = unfinished.Has(slot) ? SlotCondition.Overwritten
                : row->Beginning.Key != key || (_hasChecksums && row->Beginning.Checksum != Checksums.OfRow((byte*)row, sizeof(Row))) ? SlotCondition.Damaged
                : Inspect(row->Observation, key, unfinished, isKnown, isSound);
            condition = condition == SlotCondition.Intact ? Inspect(row->NextObservation, key, unfinished, isKnown, isSound) : condition;
            GC.KeepAlive(_region);
            return condition;
        };
    }

    private TransitionBatch Extract(TransitionBatch batch, int firstRow, int count)
    {
        int[] windows = batch.Windows.Length > 0
            ? batch.Windows.AsSpan(2 * firstRow, 2 * count).ToArray()
            : [.. Enumerable.Range(2 * firstRow, 2 * count).Select(index => index * _format.Stack)];
        fixed (byte* all = batch.Frames)
        {
            byte[] frames = SharedFrames.Extract(all, _format.FrameBytes, _format.Stack, windows);
            return new TransitionBatch(
                _format,
                frames,
                windows,
                batch.Actions.AsSpan(firstRow, count).ToArray(),
                batch.Returns.AsSpan(firstRow, count).ToArray(),
                batch.Discounts.AsSpan(firstRow, count).ToArray(),
                batch.Ends.AsSpan(firstRow, count).ToArray(),
                []);
        }
    }

    /// <summary>Where so many frames in one piece are free, or −1. What is in use begins at the oldest frame; an empty ring has none.</summary>
    private int FirstFree(int count, int oldest)
    {
        if (oldest >= NextFrame)
        {
            return NextFrame + count <= oldest ? NextFrame : -1;
        }

        return NextFrame + count <= _frameCount ? NextFrame : count <= oldest ? 0 : -1;
    }

    /// <summary>The first frame of the batch that a row came with.</summary>
    private int OldestFrame(int slot)
    {
        int frame = _rows[slot].Observation;
        return frame - _notes[frame].Index;
    }

    /// <summary>
    /// Whether a window's frames are those that came with its row: of one batch, one after the other, and of a first key that is not
    /// after the row's own. A later batch, finished or not, that has overwritten them has a larger one.
    /// </summary>
    private SlotCondition Inspect(int window, long key, UnfinishedRows unfinished, bool[] isKnown, bool[] isSound)
    {
        if (window < 0 || window > _frameCount - _format.Stack)
        {
            return SlotCondition.Damaged;
        }

        Note first = _notes[window];
        for (int i = 0; i < _format.Stack; i++)
        {
            int frame = window + i;
            Note note = _notes[frame];
            if (IsUnfinished(frame, unfinished))
            {
                return SlotCondition.Overwritten;
            }

            if (!isKnown[frame])
            {
                isKnown[frame] = true;
                isSound[frame] = note.Index >= 0 && note.Index <= frame
                    && (!_hasChecksums || note.Checksum == Checksums.Of(FrameAt(frame), _format.FrameBytes, (uint)note.Index));
            }

            if (!isSound[frame] || note.FirstKey > key || note.FirstKey != first.FirstKey || note.Index != first.Index + i)
            {
                return SlotCondition.Damaged;
            }
        }

        return SlotCondition.Intact;
    }

    /// <summary>Whether an append that was not finished has come to a frame. It notes one after the other, and a part's once the rows before are written.</summary>
    private bool IsUnfinished(int frame, UnfinishedRows unfinished)
    {
        Note note = _notes[frame];
        Note before = frame > 0 ? _notes[frame - 1] : default;
        return note.FirstKey >= unfinished.NextKey
            && (note.Index > 0 ? before.FirstKey == note.FirstKey && before.Index == note.Index - 1 : note.Index == 0 && unfinished.HasComeTo(note.FirstKey));
    }

    private void PrefetchObservations(Row* row)
    {
        // s and s′ of an unbroken stream overlap or are neighbours.
        int apart = row->NextObservation - row->Observation;
        if ((uint)apart <= (uint)_format.Stack)
        {
            Bytes.Prefetch(FrameAt(row->Observation), ((nint)apart * _format.FrameBytes) + _format.Bytes);
        }
        else
        {
            Bytes.Prefetch(FrameAt(row->Observation), _format.Bytes);
            Bytes.Prefetch(FrameAt(row->NextObservation), _format.Bytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* FrameAt(int frame) => _frames + ((nint)frame * _format.FrameBytes);

    [StructLayout(LayoutKind.Sequential)]
    private struct Row
    {
        public TransitionRow Beginning;
        public int Observation;
        public int NextObservation;
    }

    /// <summary>What is noted for a frame: the first key of its batch, which frame of that it is, and its checksum.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Note(long FirstKey, int Index, uint Checksum);
}
