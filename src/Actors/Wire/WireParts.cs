using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Cuts messages that are longer than one frame, and makes them whole again.</summary>
internal static class WireParts
{
    private const int PrioritiesOverheadBytes = 64;

    /// <summary>Keys in one <see cref="ReplayProtocol.UpdatePriorities"/> that fits a frame.</summary>
    public const int MaxPriorities = (WireFormat.MaxFrameBytes - PrioritiesOverheadBytes) / (sizeof(long) + sizeof(float));

    /// <summary>The pieces of a fragment, or null where one frame holds it.</summary>
    /// <param name="insert">The fragment.</param>
    public static IReadOnlyList<ReplayProtocol.InsertPart>? Cut(ReplayProtocol.Insert insert)
    {
        return Cut(insert, (index, count, bytes) =>
            new ReplayProtocol.InsertPart(insert.Shard, insert.Runner, insert.Incarnation, insert.Sequence, index, count, bytes));
    }

    /// <summary>The fragment again.</summary>
    /// <param name="pieces">Its pieces in order.</param>
    /// <returns>The fragment, or null where the bytes are none.</returns>
    public static ReplayProtocol.Insert? JoinInsert(params ReadOnlySpan<ReadOnlyMemory<byte>> pieces) => Join<ReplayProtocol.Insert>("I", pieces);

    /// <summary>The pieces of a reply, or null where one frame holds it.</summary>
    /// <param name="reply">The reply.</param>
    public static IReadOnlyList<ReplayProtocol.SampleReplyPart>? Cut(ReplayProtocol.SampleReply reply)
    {
        return Cut(reply, (index, count, bytes) =>
            new ReplayProtocol.SampleReplyPart(reply.State.Shard, reply.Request, index, count, bytes));
    }

    /// <summary>The reply again.</summary>
    /// <param name="pieces">Its pieces in order.</param>
    /// <returns>The reply, or null where the bytes are none.</returns>
    public static ReplayProtocol.SampleReply? JoinSampleReply(params ReadOnlySpan<ReadOnlyMemory<byte>> pieces) => Join<ReplayProtocol.SampleReply>("SR", pieces);

    /// <summary>The pieces of one batch that is handed over, at least one.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="source">Incarnation of the shard that leaves.</param>
    /// <param name="batch">Number of the batch.</param>
    /// <param name="transitions">The transitions.</param>
    /// <param name="masses">Their sampling masses.</param>
    public static IReadOnlyList<ReplayProtocol.TransferPart> Cut(int shard, long source, int batch, TransitionBatch transitions, double[] masses) =>
        CutBytes(TransferEncoding.EncodeBatch(transitions, masses), (index, count, bytes) =>
            new ReplayProtocol.TransferPart(shard, source, batch, index, count, bytes));

    /// <summary>The batch again.</summary>
    /// <param name="whole">Its pieces, joined.</param>
    /// <returns>The batch, or null where the bytes are none.</returns>
    public static (TransitionBatch Transitions, double[] Masses)? JoinTransfer(byte[] whole)
    {
        try
        {
            return TransferEncoding.DecodeBatch(whole);
        }
        catch (WireException)
        {
            return null;
        }
    }

    /// <summary>Priorities in messages that each fit a frame; the message itself where it does.</summary>
    /// <param name="update">The priorities.</param>
    public static IEnumerable<ReplayProtocol.UpdatePriorities> Split(ReplayProtocol.UpdatePriorities update)
    {
        if (update.Keys.Length <= MaxPriorities)
        {
            yield return update;
            yield break;
        }

        for (int first = 0; first < update.Keys.Length; first += MaxPriorities)
        {
            int end = Math.Min(update.Keys.Length, first + MaxPriorities);
            yield return update with { Keys = update.Keys[first..end], AbsoluteTdErrors = update.AbsoluteTdErrors[first..end] };
        }
    }

    private static T? Join<T>(string manifest, ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
        where T : class, IWireMessage
    {
        try
        {
            return (T)WireCodec.DecodePieces(manifest, pieces);
        }
        catch (WireException)
        {
            return null;
        }
    }

    private static T[]? Cut<T>(IWireMessage message, Func<int, int, ReadOnlyMemory<byte>, T> makePart)
    {
        long size = WireCodec.Size(message);
        if (size <= WireFormat.MaxFrameBytes)
        {
            return null;
        }

        T[] parts = new T[(int)((size + WireFormat.MaxPartBytes - 1) / WireFormat.MaxPartBytes)];
        for (int index = 0; index < parts.Length; index++)
        {
            long from = (long)index * WireFormat.MaxPartBytes;
            byte[] piece = GC.AllocateUninitializedArray<byte>((int)Math.Min(WireFormat.MaxPartBytes, size - from));
            WireCodec.EncodePiece(message, from, piece);
            parts[index] = makePart(index, parts.Length, piece);
        }

        return parts;
    }

    private static T[] CutBytes<T>(byte[] whole, Func<int, int, ReadOnlyMemory<byte>, T> makePart)
    {
        int count = (whole.Length + WireFormat.MaxPartBytes - 1) / WireFormat.MaxPartBytes;
        T[] parts = new T[count];
        for (int index = 0; index < count; index++)
        {
            int start = index * WireFormat.MaxPartBytes;
            parts[index] = makePart(index, count, whole.AsMemory(start, Math.Min(WireFormat.MaxPartBytes, whole.Length - start)));
        }

        return parts;
    }
}
