namespace DqnAkka.Actors;

/// <summary>One piece of a message that is longer than a frame: its number, how many there are, and its bytes.</summary>
internal static class PartEncoding
{
    public static void Write(ref WireWriter writer, int index, int count, ReadOnlyMemory<byte> bytes)
    {
        writer.Int32(index);
        writer.Int32(count);
        writer.Int32(bytes.Length);
        writer.Column(bytes.Span);
    }

    public static (int Index, int Count, ReadOnlyMemory<byte> Bytes) Read(ref WireReader reader)
    {
        int index = reader.Count();
        int count = reader.Count(least: 1);
        int length = reader.Count(least: 1);
        if (index >= count || count > WireFormat.MaxParts)
        {
            throw new WireException($"there is no piece {index} of {count}");
        }

        return (index, count, reader.Slice(length));
    }
}
