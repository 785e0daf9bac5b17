using System.Text;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>Damage at every part of a file: it is found and named, and what is held is whole.</summary>
public sealed class ShardDamageTests : IDisposable
{
    private const int CommitOffset = 4_096;
    private const int PositionOffset = 3 * 4_096;
    private const int RegionOffset = PositionOffset + (16_384 * 32);
    private readonly ShardFolder _folder = new();
    private readonly ShardSchema _schema = ShardFolder.Schema(new ObservationFormat(ObservationType.UInt8, 100));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, "no file of a replay shard")]
    [InlineData(9, "damaged header")]
    [InlineData(40, "damaged header")]
    [InlineData(4_095, "damaged header")]
    public void A_damaged_header_sets_the_file_aside(int offset, string words)
    {
        string path = _folder.Fill(_schema, 100);
        Change(path, offset);
        AssertSetAside(words);
    }

    [Fact]
    public void Another_layout_is_told_as_such()
    {
        string path = _folder.Fill(_schema, 100);
        Change(path, 12);
        AssertSetAside("another version");
    }

    [Fact]
    public void Two_damaged_commit_records_set_the_file_aside()
    {
        string path = _folder.Fill(_schema, 100);
        Change(path, CommitOffset + 20);
        Change(path, CommitOffset + 4_096 + 20);
        AssertSetAside("commit record");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_damaged_commit_record_costs_the_last_append_at_most(int record)
    {
        string path = _folder.Fill(_schema, 96);
        Change(path, CommitOffset + (record * 4_096) + 20);
        using ShardMemory reopened = _folder.Open(_schema).Memory;
        List<long> numbers = new NumberedStream(_schema.Format).Numbers(reopened.Buffer);
        Assert.True(numbers[^1] is 95 or 87, $"ends with {numbers[^1]}");
        Assert.Equal(numbers[^1] + 1, reopened.Buffer.Inserts);
        // The older record's oldest transitions have been overwritten by the lost append.
        Assert.Equal(32, numbers[0]);
        Assert.Equal([new FragmentPosition(2, 7, (numbers[^1] + 1) / 8)], reopened.Positions);
    }

    [Fact]
    public void A_damaged_position_is_forgotten_or_taken_from_the_commit()
    {
        string path;
        using (ShardMemory memory = _folder.Open(_schema).Memory)
        {
            path = memory.Path;
            memory.Keep(new FragmentPosition(1, 5, 6));
            ShardFolder.Append(memory, _schema, 8);
        }

        Change(path, PositionOffset + (1 * 32) + 8);
        Change(path, PositionOffset + (2 * 32) + 8);
        using ShardMemory reopened = _folder.Open(_schema).Memory;
        Assert.Equal([new FragmentPosition(2, 7, 1)], reopened.Positions);
    }

    /// <summary>Every 61st byte of the region, one after the other: masses, rows, frames and what is noted of them.</summary>
    [Theory]
    [InlineData(ObservationType.UInt8, 100)]
    [InlineData(ObservationType.Float32, 4)]
    public void A_damaged_byte_of_the_region_is_never_served(ObservationType type, int size)
    {
        ShardSchema schema = ShardFolder.Schema(new ObservationFormat(type, size), capacity: 24);
        NumberedStream stream = new(schema.Format);
        string path = _folder.Fill(schema, 60);
        byte[] whole = File.ReadAllBytes(path);
        int damaged = 0;
        for (int offset = RegionOffset; offset < whole.Length; offset += 61)
        {
            byte[] bytes = [.. whole];
            bytes[offset] ^= 0x5A;
            File.WriteAllBytes(path, bytes);
            ShardOpening opening = _folder.Open(schema);
            using ShardMemory memory = opening.Memory;
            List<long> numbers = stream.Numbers(memory.Buffer);
            Assert.Equal(Enumerable.Range(60 - numbers.Count, numbers.Count).Select(number => (long)number), numbers);
            Assert.Equal(60, memory.Buffer.Inserts);
            if (numbers.Count < 24)
            {
                Assert.True(opening.IsLoss);
                Assert.Contains(opening.Notes, note => note.Contains("is damaged: ", StringComparison.Ordinal));
                damaged++;
            }
        }

        Assert.True(damaged > 5, $"{damaged} found");
    }

    /// <summary>A key that is too large is not taken for one of an append that was not finished; nor is what is noted of a frame.</summary>
    [Theory]
    [InlineData(ObservationType.Float32, 4, false)]
    [InlineData(ObservationType.UInt8, 100, false)]
    [InlineData(ObservationType.UInt8, 100, true)]
    public void A_damaged_key_is_damage(ObservationType type, int size, bool isFrames)
    {
        ShardSchema schema = ShardFolder.Schema(new ObservationFormat(type, size));
        string path = _folder.Fill(schema, 150);
        byte[] whole = File.ReadAllBytes(path);
        ReplayMemoryPlan plan = schema.Plan;
        (long start, int stride, int count) = isFrames ? (plan.FrameNotesOffset, ReplayMemoryPlan.FrameNoteBytes, plan.Frames) : (plan.RowsOffset, plan.RowBytes, 64);
        int lost = 0;
        for (int index = 0; index < count; index++)
        {
            foreach (int bit in new[] { 6, 7, 8, 13, 44 })
            {
                byte[] damaged = [.. whole];
                damaged[RegionOffset + start + ((long)index * stride) + (bit / 8)] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, damaged);
                ShardOpening opening = _folder.Open(schema);
                using ShardMemory memory = opening.Memory;
                Assert.Equal(memory.Buffer.Count < 64, opening.IsLoss);
                lost += opening.IsLoss ? 1 : 0;
            }
        }

        // Some frames are of transitions that have left, and a first key that has become smaller does no harm.
        Assert.InRange(lost, isFrames ? 64 * 4 : count * 5, count * 5);
    }

    [Theory]
    [InlineData(0, "too short")]
    [InlineData(100, "too short")]
    [InlineData(RegionOffset + 100, "bytes long and should be")]
    public void A_file_that_was_cut_is_set_aside(int length, string words)
    {
        string path = _folder.Fill(_schema, 100);
        using (FileStream stream = new(path, FileMode.Open))
        {
            stream.SetLength(length);
        }

        AssertSetAside(words);
    }

    [Fact]
    public void A_foreign_file_of_that_name_is_set_aside_and_not_lost()
    {
        Directory.CreateDirectory(_folder.Files);
        File.WriteAllText(Path.Combine(_folder.Files, "shard-3-5.replay"), new string('x', RegionOffset + 10));
        AssertSetAside("no file of a replay shard");
        Assert.Equal(RegionOffset + 10, new FileInfo(Path.Combine(_folder.Files, "shard-3-5.set-aside")).Length);
    }

    [Theory]
    [InlineData(0, 8, "no file of a replay shard")]
    [InlineData(0, CommitOffset, "no file of a replay shard")]
    [InlineData(CommitOffset, 2 * 4_096, "commit record")]
    [InlineData(0, RegionOffset, "no file of a replay shard")]
    [InlineData(0, int.MaxValue, "no file of a replay shard")]
    public void Zeros_in_a_file_that_was_whole_are_damage(int offset, int length, string words)
    {
        string path = _folder.Fill(_schema, 40);
        using (FileStream stream = new(path, FileMode.Open))
        {
            stream.Position = offset;
            stream.Write(new byte[Math.Min(length, stream.Length - offset)]);
        }

        AssertSetAside(words);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(RegionOffset + 10)]
    public void A_file_whose_maker_was_killed_goes_and_is_no_loss(int length)
    {
        Directory.CreateDirectory(_folder.Files);
        File.WriteAllBytes(Path.Combine(_folder.Files, "shard-3-5.unfinished"), []);
        if (length >= 0)
        {
            File.WriteAllBytes(Path.Combine(_folder.Files, "shard-3-5.replay"), new byte[length]);
        }

        ShardOpening opening = _folder.Open(_schema);
        using ShardMemory memory = opening.Memory;
        Assert.False(opening.IsLoss);
        Assert.Equal(length < 0 ? [] : [$"{Path.Combine(_folder.Files, "shard-3-5.replay")} was never finished, and holds nothing: it was deleted"], opening.Notes);
        Assert.Equal([Path.GetFileName(memory.Path)], _folder.Names());
    }

    [Fact]
    public void A_file_is_marked_only_while_it_is_being_made()
    {
        string[] names = [];
        using ShardMemory memory = _folder.Open(_schema, (path, length) =>
        {
            names = _folder.Names();
            return MappedFile.Create(path, length);
        }).Memory;
        Assert.Equal(["shard-3-101.unfinished"], names);
        Assert.Equal(["shard-3-101.replay"], _folder.Names());
    }

    [Theory]
    [InlineData("capacity=64", "capacity=x4", "'x4'")]
    [InlineData("capacity=64", "capacity=-4", "capacity")]
    [InlineData("stacked frames=1", "stacked frames=7", "7 frames")]
    [InlineData("observation size=100", "observation size=9\n9", "damaged header")]
    [InlineData("observation type=UInt8", "observation type=Int88", "Int88")]
    [InlineData("observation size=100", "observation size=999", "another version")]
    public void A_header_that_is_whole_and_yet_none_sets_the_file_aside(string before, string after, string words)
    {
        string path = _folder.Fill(_schema, 40);
        byte[] page = File.ReadAllBytes(path)[..CommitOffset];
        after = after.PadRight(before.Length)[..before.Length];
        Encoding.UTF8.GetBytes(after).CopyTo(page, page.AsSpan().IndexOf(Encoding.UTF8.GetBytes(before)));
        BitConverter.TryWriteBytes(page.AsSpan(8), Checksums.Of(page.AsSpan(12)));
        using (FileStream stream = new(path, FileMode.Open))
        {
            stream.Write(page);
        }

        Assert.Contains(words, Assert.Throws<ReplayFileException>(() => ShardFileReader.Open(path)).Message, StringComparison.Ordinal);
        AssertSetAside(words);
    }

    [Fact]
    public unsafe void A_commit_record_that_is_whole_and_yet_none_sets_the_file_aside()
    {
        string path = _folder.Fill(_schema, 40);
        using (MappedFile file = MappedFile.TryOpen(path, isPrivate: false, least: 1, out _)!)
        {
            CommitLog commits = new(file.Start + CommitOffset);
            Assert.True(commits.TryRead(out ShardCommit commit));
            commit.Buffer = commit.Buffer with { Count = 65 };
            commits.Write(commit);
        }

        Assert.Contains("capacity 64", Assert.Throws<ReplayFileException>(() => ShardFileReader.Open(path)).Message, StringComparison.Ordinal);
        AssertSetAside("capacity 64");
    }

    private static void Change(string path, int offset)
    {
        using FileStream stream = new(path, FileMode.Open);
        stream.Position = offset;
        int before = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(before ^ 0x5A));
    }

    private void AssertSetAside(string words)
    {
        ShardOpening opening = _folder.Open(_schema);
        using ShardMemory memory = opening.Memory;
        Assert.True(opening.IsLoss);
        string note = Assert.Single(opening.Notes);
        Assert.Contains(words, note, StringComparison.Ordinal);
        Assert.Contains("set-aside", note, StringComparison.Ordinal);
        Assert.Equal(0, memory.Buffer.Count);
        Assert.Equal(2, _folder.Names().Length);
    }
}
