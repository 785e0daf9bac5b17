namespace DqnAkka.Learner;

/// <summary>
/// The runners' positions in a shard's file: an entry for each index. An entry is written after the commit record that names it, so that
/// one that a crash has torn is written again from there.
/// </summary>
internal readonly unsafe struct PositionTable(byte* start)
{
    /// <summary>Indices that have an entry; runners beyond would be told again what they have sent.</summary>
    public const int Entries = 1 << 14;

    /// <summary>Bytes of the table.</summary>
    public const int Bytes = Entries * EntryBytes;

    private const int EntryBytes = 32;

    /// <summary>Keeps a position.</summary>
    public void Write(FragmentPosition position)
    {
        if ((uint)position.Runner < Entries)
        {
            Entry* entry = (Entry*)(start + ((long)position.Runner * EntryBytes));
            entry->Incarnation = position.Incarnation;
            entry->Received = position.Received;
            entry->Checksum = ChecksumOf(position.Runner, entry);
        }
    }

    /// <summary>All positions that are whole.</summary>
    public List<FragmentPosition> Read()
    {
        List<FragmentPosition> positions = [];
        for (int runner = 0; runner < Entries; runner++)
        {
            Entry* entry = (Entry*)(start + ((long)runner * EntryBytes));
            if (entry->Checksum != 0 && entry->Checksum == ChecksumOf(runner, entry))
            {
                positions.Add(new FragmentPosition(runner, entry->Incarnation, entry->Received));
            }
        }

        return positions;
    }

    // With the index in it, an entry that lies in another's place shows.
    private static ulong ChecksumOf(int runner, Entry* entry)
    {
        ReadOnlySpan<long> values = [runner, entry->Incarnation, entry->Received];
        return (1UL << 32) | Checksums.Of(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
    }

    private struct Entry
    {
        public long Incarnation;
        public long Received;
        public ulong Checksum;
    }
}
