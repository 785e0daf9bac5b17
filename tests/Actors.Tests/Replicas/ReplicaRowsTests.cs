using System.Buffers.Binary;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class ReplicaRowsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 29)]
    [InlineData(7, 11)]
    public void Rows_come_back_as_they_were(int from, int count)
    {
        TrainingBatch batch = Batch();
        byte[] bytes = new byte[ReplicaRows.Size(batch, count)];
        ReplicaRows.Encode(batch, from, count, bytes);
        TrainingBatch decoded = new(batch.Capacity, batch.ObservationSize);
        Assert.True(ReplicaRows.TryDecode(bytes, decoded));
        int size = batch.ObservationSize;
        Assert.Equal(count, decoded.Count);
        Assert.Equal(batch.Observations.Slice(from * size, count * size), decoded.Observations[..(count * size)]);
        Assert.Equal(batch.NextObservations.Slice(from * size, count * size), decoded.NextObservations[..(count * size)]);
        Assert.Equal(batch.Actions.Slice(from, count), decoded.Actions[..count]);
        Assert.Equal(batch.Returns.Slice(from, count), decoded.Returns[..count]);
        Assert.Equal(batch.Discounts.Slice(from, count), decoded.Discounts[..count]);
        Assert.Equal(batch.Weights.Slice(from, count), decoded.Weights[..count]);
    }

    [Fact]
    public void What_are_no_rows_of_such_a_batch_is_not_taken()
    {
        TrainingBatch batch = Batch();
        byte[] bytes = new byte[ReplicaRows.Size(batch, 3)];
        ReplicaRows.Encode(batch, 0, 3, bytes);
        Assert.False(ReplicaRows.TryDecode(bytes.AsSpan(0, 7), batch));
        Assert.False(ReplicaRows.TryDecode(bytes.AsSpan(0, bytes.Length - 1), batch));
        foreach (int count in new[] { 2, 4, -1, int.MaxValue })
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
            Assert.False(ReplicaRows.TryDecode(bytes, batch));
        }

        BinaryPrimitives.WriteInt32LittleEndian(bytes, 3);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int)), 1);
        Assert.False(ReplicaRows.TryDecode(bytes, batch));
    }

    private static TrainingBatch Batch()
    {
        TrainingBatch batch = new(ReplicatedRun.BatchSize, ReplicatedRun.Layout.ObservationSize);
        ReplicatedRun.Fill(batch, 1);
        return batch;
    }
}
