using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>
/// Two commit records in turn. A new one takes the place of the last but one, so that a crash while it is written leaves the last one:
/// what it speaks of becomes part of the file in one step.
/// </summary>
internal sealed unsafe class CommitLog
{
    /// <summary>Bytes of both, each on a page of its own, since a disk writes whole pages or parts of one.</summary>
    public const int Bytes = 2 * PageBytes;

    private const int PageBytes = 4_096;
    private readonly byte* _start;
    private long _number;

    /// <summary>Goes on with the records at <paramref name="start"/>; zero for none yet.</summary>
    public CommitLog(byte* start)
    {
        _start = start;
        _number = Newest(out _);
    }

    /// <summary>Reads the newest record that is whole.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryRead(out ShardCommit commit) => Newest(out commit) > 0;

    /// <summary>Writes a record; from the end of this call on the file is at it.</summary>
    public void Write(in ShardCommit commit)
    {
        _number++;
        Record* record = At(_number);
        record->Number = _number;
        record->Commit = commit;
        // Whoever reads after a crash must not find a checksum of what is not there yet.
        Volatile.Write(ref record->Checksum, ChecksumOf(record));
    }

    private long Newest(out ShardCommit commit)
    {
        long newest = 0;
        commit = default;
        for (int i = 0; i < 2; i++)
        {
            Record* record = At(i);
            if (record->Number > newest && record->Number % 2 == i && record->Checksum == ChecksumOf(record))
            {
                newest = record->Number;
                commit = record->Commit;
            }
        }

        return newest;
    }

    private Record* At(long number) => (Record*)(_start + (number % 2 * PageBytes));

    private static ulong ChecksumOf(Record* record) =>
        (1UL << 32) | Checksums.Of(new ReadOnlySpan<byte>((byte*)record + sizeof(ulong), sizeof(Record) - sizeof(ulong)));

    [StructLayout(LayoutKind.Sequential)]
    private struct Record
    {
        public ulong Checksum;
        public long Number;
        public ShardCommit Commit;
    }
}
