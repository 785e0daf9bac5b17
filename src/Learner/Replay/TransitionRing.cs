using System.Runtime.InteropServices;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>The storage of a replay buffer: a fixed number of slots, written in order and read by slot. A transition lies in one piece, so that a random read costs one or two cache lines instead of one for each column.</summary>
internal sealed class TransitionRing
{
    private readonly ObservationFormat _format;
    private readonly int _stride;
    private readonly byte[] _rows;

    public TransitionRing(int capacity, ObservationFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _format = format;
        long stride = (2L * format.Bytes) + Marshal.SizeOf<Scalars>();
        if (capacity * stride > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity), capacity, $"one buffer holds at most {Array.MaxLength / stride} transitions of {format}; use more shards or a smaller capacity");
        }

        _stride = (int)stride;
        _rows = new byte[capacity * stride];
    }

    public void Write(int firstSlot, TransitionBatch batch, int firstRow, int count)
    {
        int bytes = _format.Bytes;
        for (int i = 0; i < count; i++)
        {
            int source = firstRow + i;
            Span<byte> row = _rows.AsSpan((firstSlot + i) * _stride, _stride);
            batch.Observation(source).CopyTo(row);
            batch.NextObservation(source).CopyTo(row[bytes..]);
            Scalars scalars = new(batch.Returns[source], batch.Discounts[source], batch.Actions[source], batch.Ends[source]);
            MemoryMarshal.Write(row[(2 * bytes)..], scalars);
        }
    }

    public void Read(ReadOnlySpan<int> slots, SampledTransitions target)
    {
        int bytes = _format.Bytes;
        for (int i = 0; i < slots.Length; i++)
        {
            ReadOnlySpan<byte> row = Row(slots[i]);
            row[..bytes].CopyTo(target.Observations.AsSpan(i * bytes, bytes));
            row.Slice(bytes, bytes).CopyTo(target.NextObservations.AsSpan(i * bytes, bytes));
            Scalars scalars = MemoryMarshal.Read<Scalars>(row[(2 * bytes)..]);
            target.Actions[i] = scalars.Action;
            target.Discounts[i] = scalars.Discount;
            target.Returns[i] = scalars.Return;
        }
    }

    public TransitionBatch Read(ReadOnlySpan<int> slots)
    {
        int bytes = _format.Bytes;
        TransitionBatchBuilder builder = new(Math.Max(1, slots.Length), _format);
        foreach (int slot in slots)
        {
            ReadOnlySpan<byte> row = Row(slot);
            Scalars scalars = MemoryMarshal.Read<Scalars>(row[(2 * bytes)..]);
            builder.AddPacked(
                0, row[..bytes], scalars.Action, scalars.Return, scalars.Discount, (EpisodeEnd)scalars.End, row.Slice(bytes, bytes));
        }

        return builder.Build();
    }

    private ReadOnlySpan<byte> Row(int slot) => _rows.AsSpan(slot * _stride, _stride);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Scalars(float Return, float Discount, int Action, int End);
}
