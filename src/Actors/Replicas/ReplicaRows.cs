using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How a replica's rows of a batch travel: count, bytes of one component, then the columns s, s′, a, R, d, w, little-endian.</summary>
internal static class ReplicaRows
{
    private const int HeaderBytes = 2 * sizeof(int);
    private const int ScalarBytes = sizeof(int) + (3 * sizeof(float));

    /// <summary>Bytes of some rows.</summary>
    /// <param name="batch">The batch that they are of.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="OverflowException">They are more than one array holds.</exception>
    public static int Size(TrainingBatch batch, int count) =>
        checked(HeaderBytes + (count * ((2 * batch.ObservationSize * ComponentBytes(batch)) + ScalarBytes)));

    /// <summary>Encodes rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="from">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="target">Receives <see cref="Size"/> bytes.</param>
    public static void Encode(TrainingBatch batch, int from, int count, Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, count);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(int)..], ComponentBytes(batch));
        target = target[HeaderBytes..];
        foreach (Column column in Columns())
        {
            ReadOnlySpan<byte> source = Bytes(batch, column, from, count);
            source.CopyTo(target);
            target = target[source.Length..];
        }
    }

    /// <summary>Reads rows into a batch.</summary>
    /// <param name="bytes">What <see cref="Encode"/> made.</param>
    /// <param name="batch">Receives the rows and their count.</param>
    /// <returns>Whether they are rows of such a batch.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, TrainingBatch batch)
    {
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bool isOfBatch = count >= 0 && count <= batch.Capacity
            && BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(int)..]) == ComponentBytes(batch)
            && bytes.Length == Size(batch, count);
        if (!isOfBatch)
        {
            return false;
        }

        bytes = bytes[HeaderBytes..];
        foreach (Column column in Columns())
        {
            Span<byte> target = Bytes(batch, column, 0, count);
            bytes[..target.Length].CopyTo(target);
            bytes = bytes[target.Length..];
        }

        batch.Count = count;
        return true;
    }

    private static ReadOnlySpan<Column> Columns() =>
        [Column.Observations, Column.NextObservations, Column.Actions, Column.Returns, Column.Discounts, Column.Weights];

    private static int ComponentBytes(TrainingBatch batch) => batch.HoldsBytes ? sizeof(byte) : sizeof(float);

    private static Span<byte> Bytes(TrainingBatch batch, Column column, int from, int count)
    {
        int size = batch.ObservationSize;
        return column switch
        {
            Column.Observations => batch.HoldsBytes
                ? batch.ObservationBytes.Slice(from * size, count * size)
                : MemoryMarshal.AsBytes(batch.Observations.Slice(from * size, count * size)),
            Column.NextObservations => batch.HoldsBytes
                ? batch.NextObservationBytes.Slice(from * size, count * size)
                : MemoryMarshal.AsBytes(batch.NextObservations.Slice(from * size, count * size)),
            Column.Actions => MemoryMarshal.AsBytes(batch.Actions.Slice(from, count)),
            Column.Returns => MemoryMarshal.AsBytes(batch.Returns.Slice(from, count)),
            Column.Discounts => MemoryMarshal.AsBytes(batch.Discounts.Slice(from, count)),
            _ => MemoryMarshal.AsBytes(batch.Weights.Slice(from, count)),
        };
    }

    private enum Column
    {
        Observations,
        NextObservations,
        Actions,
        Returns,
        Discounts,
        Weights,
    }
}
