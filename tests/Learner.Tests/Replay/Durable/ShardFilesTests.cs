using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>A shard's file outlives its process: what was committed is there, and what does not fit is named and set aside.</summary>
public sealed class ShardFilesTests : IDisposable
{
    private readonly ShardFolder _folder = new();

    public static TheoryData<ObservationType, int, int, bool> Forms => new()
    {
        { ObservationType.Float32, 4, 1, true },
        { ObservationType.Float32, 4, 1, false },
        { ObservationType.Float32, 20, 1, true },
        { ObservationType.UInt8, 400, 4, true },
        { ObservationType.UInt8, 100, 1, false },
        { ObservationType.Boolean, 2400, 4, true },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_shard_goes_on_with_everything_under_the_same_incarnation(ObservationType type, int size, int stack, bool prioritized)
    {
        ShardSchema schema = ShardFolder.Schema(new ObservationFormat(type, size, stack), prioritized: prioritized);
        NumberedStream stream = new(schema.Format);
        long incarnation;
        double mass;
        using (ShardMemory memory = _folder.Open(schema).Memory)
        {
            Assert.False(memory.IsReopened);
            memory.BelongTo(77);
            ShardFolder.Append(memory, schema, 150);
            memory.Keep(new FragmentPosition(9, 8, 7));
            memory.Buffer.UpdatePriorities([149, 140], [3f, 4f]);
            (incarnation, mass) = (memory.Incarnation, memory.Buffer.Mass);
        }

        ShardOpening opening = _folder.Open(schema);
        using ShardMemory reopened = opening.Memory;
        Assert.True(reopened.IsReopened);
        Assert.False(opening.IsLoss);
        Assert.Contains("goes on with 64 transitions", Assert.Single(opening.Notes), StringComparison.Ordinal);
        Assert.Equal((incarnation, 77L, 304L), (reopened.Incarnation, reopened.Run, reopened.EnvironmentSteps));
        Assert.Equal((150L, 0L, 150L, 64, 86L), (reopened.Buffer.Inserts, reopened.Buffer.Inherited, reopened.Buffer.NextKey, reopened.Buffer.Count, reopened.Buffer.Evicted));
        Assert.Equal(mass, reopened.Buffer.Mass, 1e-9 * mass);
        Assert.Equal(Enumerable.Range(86, 64).Select(number => (long)number), stream.Numbers(reopened.Buffer));
        Assert.Equal([new FragmentPosition(2, 7, 19), new FragmentPosition(9, 8, 7)], reopened.Positions);

        ShardFolder.Append(reopened, schema, 8);
        Assert.Equal(157, stream.Numbers(reopened.Buffer)[^1]);
    }

    [Fact]
    public void A_shard_that_was_elsewhere_goes_on_with_stale_transitions_and_counts_anew()
    {
        ShardSchema schema = ShardFolder.Schema();
        _folder.Fill(schema, 40);
        using (ShardMemory memory = _folder.Open(schema).Memory)
        {
            memory.BeginAnew(500);
            ShardFolder.Append(memory, schema, 8);
        }

        using ShardMemory reopened = _folder.Open(schema).Memory;
        Assert.Equal((500L, 8L, 40L, 16L, 40), (reopened.Incarnation, reopened.Buffer.Inserts, reopened.Buffer.Inherited, reopened.EnvironmentSteps, reopened.Buffer.Stale));
    }

    [Fact]
    public void Of_hand_overs_the_newest_sources_positions_are_kept()
    {
        ShardSchema schema = ShardFolder.Schema();
        NumberedStream stream = new(schema.Format);
        using (ShardMemory memory = _folder.Open(schema).Memory)
        {
            foreach (TransferPosition position in new TransferPosition[] { new(7, 1, 9, 64), new(5, 1, 8, 64), new(9, 1, 7, 64), new(6, 1, 6, 64), new(8, 1, 5, 64), new(7, 2, 4, 64), new(5, 2, 3, 64) })
            {
                memory.AppendInherited(stream.Batch(memory.Buffer.NextKey, 1, hasErrors: false), [1.0], 0, position);
                ShardFolder.Append(memory, schema, 1, batch: 1);
            }
        }

        using ShardMemory reopened = _folder.Open(schema).Memory;
        Assert.Equal(
            [new(6, 1, 6, 64), new(7, 2, 4, 64), new(8, 1, 5, 64), new TransferPosition(9, 1, 7, 64)],
            reopened.Transfers.OrderBy(position => position.Source));
    }

    [Fact]
    public void A_file_that_another_process_has_is_left_alone()
    {
        ShardSchema schema = ShardFolder.Schema();
        using ShardMemory first = _folder.Open(schema).Memory;
        ShardFolder.Append(first, schema, 8);
        ShardOpening opening = _folder.Open(schema);
        using ShardMemory second = opening.Memory;
        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal(0, second.Buffer.Count);
        Assert.Contains("in use", Assert.Single(opening.Notes), StringComparison.Ordinal);
        Assert.Contains("in use", Assert.Throws<ReplayFileException>(() => ShardFileReader.Open(first.Path)).Message, StringComparison.Ordinal);
    }

    /// <summary>An older one was left by a hand-over that was not finished: nobody else may have what it holds.</summary>
    [Fact]
    public void Of_several_files_the_newest_counts_and_the_others_are_set_aside()
    {
        ShardSchema schema = ShardFolder.Schema();
        using (ShardMemory first = _folder.Open(schema).Memory)
        {
            ShardFolder.Append(first, schema, 8);
            _folder.Fill(schema, 24);
        }

        ShardOpening opening = _folder.Open(schema);
        using ShardMemory reopened = opening.Memory;
        Assert.Equal(24, reopened.Buffer.Count);
        Assert.Equal(["shard-3-101.set-aside", Path.GetFileName(reopened.Path)], _folder.Names());
        Assert.True(opening.IsLoss);
        Assert.Contains(opening.Notes, note => note.Contains($"is older than {reopened.Path}: it is now ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(32, 8)]
    [InlineData(200, 8)]
    [InlineData(64, 16)]
    public void Another_capacity_or_fragment_takes_the_newest_over_with_their_keys(int capacity, int fragment)
    {
        ObservationFormat format = new(ObservationType.UInt8, 100);
        NumberedStream stream = new(format);
        string old = _folder.Fill(ShardFolder.Schema(format), 150);
        ShardSchema schema = ShardFolder.Schema(format, capacity, fragment: fragment);

        ShardOpening opening = _folder.Open(schema);
        using (opening.Memory)
        {
            int held = Math.Min(64, capacity);
            Assert.Contains("there and", Assert.Single(opening.Notes), StringComparison.Ordinal);
            Assert.Equal((101L, 150L, 150L, 300L), (opening.Memory.Incarnation, opening.Memory.Buffer.Inserts, opening.Memory.Buffer.NextKey, opening.Memory.EnvironmentSteps - 4));
            Assert.Equal(Enumerable.Range(150 - held, held).Select(number => (long)number), stream.Numbers(opening.Memory.Buffer));
            Assert.Equal([new FragmentPosition(2, 7, 19)], opening.Memory.Positions);
            Assert.False(File.Exists(old));
        }

        using ShardMemory reopened = _folder.Open(schema).Memory;
        Assert.Equal(149, stream.Numbers(reopened.Buffer)[^1]);
    }

    [Theory]
    [InlineData("Other-v0", 0.6, "environment is Numbered-v0 there and Other-v0 here")]
    [InlineData("Numbered-v0", 0.5, "alpha is 0.6 there and 0.5 here")]
    public void Another_meaning_begins_empty_names_the_difference_and_keeps_the_file_aside(string environment, double alpha, string difference)
    {
        _folder.Fill(ShardFolder.Schema(), 40);
        ShardOpening opening = _folder.Open(ShardFolder.Schema(environment: environment, alpha: alpha));
        using (opening.Memory)
        {
            Assert.True(opening.IsLoss);
            Assert.Contains(difference, Assert.Single(opening.Notes), StringComparison.Ordinal);
            Assert.Equal(0, opening.Memory.Buffer.Count);
            Assert.False(opening.Memory.IsReopened);
        }

        using ShardMemory back = _folder.Open(ShardFolder.Schema()).Memory;
        Assert.Equal(2, _folder.Names().Length);
        Assert.Contains("shard-3-101.set-aside", _folder.Names());
    }

    [Fact]
    public void What_is_set_aside_is_never_overwritten()
    {
        for (int time = 0; time < 3; time++)
        {
            string path = _folder.Fill(ShardFolder.Schema(), 40);
            File.Move(path, Path.Combine(_folder.Files, "shard-3-50.replay"));
            _folder.Open(ShardFolder.Schema(alpha: 0.5)).Memory.Delete();
        }

        Assert.Equal(["shard-3-50.2.set-aside", "shard-3-50.3.set-aside", "shard-3-50.set-aside"], _folder.Names());
    }

    [Fact]
    public void A_file_under_another_shards_name_is_not_taken_for_its_own()
    {
        string path = _folder.Fill(ShardFolder.Schema(), 40);
        File.Copy(path, Path.Combine(_folder.Files, "shard-4-101.replay"));
        ShardOpening opening = new ShardOpener(_folder.Root, 4, ShardFolder.Schema(), () => 200, MappedFile.Create).Open();
        using ShardMemory memory = opening.Memory;
        Assert.Equal(0, memory.Buffer.Count);
        Assert.True(opening.IsLoss);
        Assert.Contains("is the file of shard 3: it is now ", Assert.Single(opening.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_says_so_before_anything_is_held()
    {
        ReplayFileException exception = Assert.Throws<ReplayFileException>(() => _folder.Open(
            ShardFolder.Schema(), (path, length) => throw new IOException($"Failed to create '{path}' with allocation size '{length}' because the disk was full.")));
        Assert.Contains("disk was full", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--run-dir", exception.Message, StringComparison.Ordinal);
        Assert.Contains("dqn.replay.durable = false", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder.Files, "");
        Assert.Contains(_folder.Files, Assert.Throws<ReplayFileException>(() => _folder.Open(ShardFolder.Schema())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Capacity_that_changes_on_a_full_disk_keeps_the_old_file()
    {
        string path = _folder.Fill(ShardFolder.Schema(), 40);
        Assert.Throws<ReplayFileException>(() => _folder.Open(ShardFolder.Schema(capacity: 128), (_, _) => throw new IOException("full")));
        using ShardMemory reopened = _folder.Open(ShardFolder.Schema()).Memory;
        Assert.Equal((path, 40), (reopened.Path, reopened.Buffer.Count));
    }

    [Fact]
    public void Readers_see_the_transitions_and_leave_the_file_as_it_is()
    {
        ShardSchema schema = ShardFolder.Schema(new ObservationFormat(ObservationType.UInt8, 400, 4));
        string path = _folder.Fill(schema, 100);
        byte[] before = File.ReadAllBytes(path);
        using (ShardFileReader reader = ShardFileReader.Open(path))
        {
            Assert.Equal((0, 101L, 104L * 2, schema.ToString()), (reader.Damaged, reader.Incarnation, reader.EnvironmentSteps, reader.Schema.ToString()));
            Assert.Equal(Enumerable.Range(36, 64).Select(number => (long)number), new NumberedStream(schema.Format).Numbers(reader.Buffer));
        }

        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], ShardFiles.Find(_folder.Root));
    }

    [Fact]
    public void What_was_handed_over_leaves_no_file()
    {
        ShardMemory memory = _folder.Open(ShardFolder.Schema()).Memory;
        memory.Delete();
        Assert.Empty(_folder.Names());
    }
}
