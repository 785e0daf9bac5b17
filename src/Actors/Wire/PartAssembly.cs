namespace DqnAkka.Actors;

/// <summary>
/// Puts messages together from their pieces, in whatever order these come, within a bound of memory: where it is passed, what was begun
/// first is dropped, since its sender sends again what counts. Not thread-safe.
/// </summary>
/// <param name="maxBytes">Most bytes held, over all messages that are not whole yet.</param>
/// <param name="maxOpen">Most messages that are not whole yet.</param>
internal sealed class PartAssembly<TKey>(long maxBytes, int maxOpen)
    where TKey : notnull
{
    // What a piece costs beside its bytes, so that many tiny ones do not escape the bound.
    private const int PieceOverheadBytes = 64;

    private readonly Dictionary<TKey, Message> _open = [];
    private readonly int _maxOpen = maxOpen >= 1 ? maxOpen : throw new ArgumentOutOfRangeException(nameof(maxOpen), maxOpen, "one message must be allowed to be open");
    private long _begun;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Messages that are not whole yet.</summary>
    public int Open => _open.Count;

    /// <summary>Takes a piece.</summary>
    /// <param name="key">The message that it belongs to.</param>
    /// <param name="index">Number of the piece, from 0.</param>
    /// <param name="count">Number of pieces.</param>
    /// <param name="bytes">The piece; it is kept, not copied.</param>
    /// <returns>The whole message if this was the last piece missing; otherwise null, also where the piece contradicts earlier ones, came before or does not fit the bound.</returns>
    public byte[]? Add(TKey key, int index, int count, ReadOnlyMemory<byte> bytes) =>
        AddPiece(key, index, count, bytes) is { } pieces ? Join(pieces) : null;

    /// <summary>As <see cref="Add"/>, for who reads the pieces one after another and needs no copy of them in one.</summary>
    /// <param name="key">The message that it belongs to.</param>
    /// <param name="index">Number of the piece, from 0.</param>
    /// <param name="count">Number of pieces.</param>
    /// <param name="bytes">The piece; it is kept, not copied.</param>
    /// <returns>All pieces in order if this was the last one missing; otherwise null.</returns>
    public ReadOnlyMemory<byte>[]? AddPiece(TKey key, int index, int count, ReadOnlyMemory<byte> bytes)
    {
        if (index < 0 || index >= count || count > WireFormat.MaxParts || bytes.IsEmpty)
        {
            return null;
        }

        if (!_open.TryGetValue(key, out Message? message))
        {
            message = new Message(count, _begun++);
        }

        if (message.Count != count || message.Pieces.ContainsKey(index) || !MakeRoom(key, message, bytes.Length + PieceOverheadBytes))
        {
            return null;
        }

        message.Pieces.Add(index, bytes);
        message.Bytes += bytes.Length + PieceOverheadBytes;
        Bytes += bytes.Length + PieceOverheadBytes;
        if (message.Pieces.Count < count)
        {
            return null;
        }

        Drop(key);
        return [.. Enumerable.Range(0, count).Select(piece => message.Pieces[piece])];
    }

    /// <summary>Forgets a message.</summary>
    /// <param name="key">The message.</param>
    public void Drop(TKey key)
    {
        if (_open.Remove(key, out Message? message))
        {
            Bytes -= message.Bytes;
        }
    }

    /// <summary>Forgets messages.</summary>
    /// <param name="isUnwanted">Which.</param>
    public void DropWhere(Func<TKey, bool> isUnwanted)
    {
        foreach (TKey key in _open.Keys.Where(isUnwanted).ToArray())
        {
            Drop(key);
        }
    }

    private bool MakeRoom(TKey key, Message message, long bytes)
    {
        // Alone too long: it can never become whole, so it does not cost the others their pieces.
        if (message.Bytes + bytes > maxBytes)
        {
            Drop(key);
            return false;
        }

        _open.TryAdd(key, message);
        while (_open.Count > _maxOpen || Bytes + bytes > maxBytes)
        {
            Drop(_open.Where(entry => entry.Value != message).MinBy(entry => entry.Value.Begun).Key);
        }

        return true;
    }

    private static byte[] Join(ReadOnlyMemory<byte>[] pieces)
    {
        byte[] whole = GC.AllocateUninitializedArray<byte>(checked((int)pieces.Sum(piece => (long)piece.Length)));
        int position = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.CopyTo(whole.AsMemory(position));
            position += piece.Length;
        }

        return whole;
    }

    private sealed class Message(int count, long begun)
    {
        public int Count { get; } = count;

        public long Begun { get; } = begun;

        public Dictionary<int, ReadOnlyMemory<byte>> Pieces { get; } = [];

        public long Bytes { get; set; }
    }
}
