using System.Buffers.Binary;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// What a shard holds at a barrier: its transitions in the order of arrival, each with its sampling mass, and the largest priority so far.
/// Sums over masses are computed from the masses alone and a key is a place in the order, so that two shards filled with the same contents
/// draw the same.
/// </summary>
/// <param name="LargestPriority">The largest priority so far.</param>
/// <param name="Parts">Batches with their masses, encoded as for a hand-over between nodes, the oldest first.</param>
internal sealed record ShardContents(double LargestPriority, IReadOnlyList<byte[]> Parts)
{
    private const int MaxPartRows = 4096;
    private const int PartBytes = 4 << 20;
    private const int MaxPartBytes = 1 << 30;

    /// <summary>What an empty shard holds.</summary>
    public static ShardContents Empty { get; } = new(1, []);

    /// <summary>Copies what a shard holds.</summary>
    /// <param name="buffer">Its buffer.</param>
    public static ShardContents Of(ReplayBuffer buffer)
    {
        int rows = Math.Clamp(PartBytes / buffer.Format.Bytes, 1, MaxPartRows);
        List<byte[]> parts = [];
        for (int first = 0; first < buffer.Count; first += rows)
        {
            (TransitionBatch transitions, double[] masses) = buffer.ReadOldest(first, Math.Min(rows, buffer.Count - first));
            parts.Add(TransferEncoding.EncodeBatch(transitions, masses));
        }

        return new ShardContents(buffer.LargestPriority, parts);
    }

    /// <summary>Fills a shard's buffer, which is empty.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <exception cref="CheckpointException">The contents are not of such a shard.</exception>
    public void Fill(ReplayBuffer buffer)
    {
        try
        {
            buffer.RaiseLargestPriority(LargestPriority);
            foreach (byte[] part in Parts)
            {
                (TransitionBatch transitions, double[] masses) = TransferEncoding.DecodeBatch(part);
                _ = buffer.AppendInherited(transitions, masses);
            }
        }
        catch (Exception exception) when (exception is WireException or ArgumentException)
        {
            throw new CheckpointException($"the replay memory of the checkpoint does not fit the run: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    /// <summary>Writes the contents: the largest priority (float64), the number of parts (int32), then each part's length (int32) and bytes, little-endian.</summary>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream)
    {
        Span<byte> number = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(number, LargestPriority);
        stream.Write(number);
        WriteInt32(stream, Parts.Count);
        foreach (byte[] part in Parts)
        {
            WriteInt32(stream, part.Length);
            stream.Write(part);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="stream">Where from.</param>
    /// <exception cref="CheckpointException">The stream ends early, or says what cannot be.</exception>
    public static ShardContents Read(Stream stream)
    {
        try
        {
            Span<byte> number = stackalloc byte[sizeof(double)];
            stream.ReadExactly(number);
            double largestPriority = BinaryPrimitives.ReadDoubleLittleEndian(number);
            int count = ReadInt32(stream, int.MaxValue);
            List<byte[]> parts = [];
            for (int i = 0; i < count; i++)
            {
                byte[] part = new byte[ReadInt32(stream, MaxPartBytes)];
                stream.ReadExactly(part);
                parts.Add(part);
            }

            return new ShardContents(largestPriority, parts);
        }
        catch (EndOfStreamException exception)
        {
            throw new CheckpointException("the replay memory of the checkpoint is cut short: use another checkpoint", exception);
        }
    }

    private static void WriteInt32(Stream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static int ReadInt32(Stream stream, int most)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        stream.ReadExactly(bytes);
        int value = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return value >= 0 && value <= most
            ? value
            : throw new CheckpointException($"the replay memory of the checkpoint is damaged: {value} is no length; use another checkpoint");
    }
}
