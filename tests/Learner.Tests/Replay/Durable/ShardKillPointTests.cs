using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>
/// A process that is killed between any two writes of an append: the writes before are in the file, in their order, and those after are not.
/// </summary>
public sealed class ShardKillPointTests : IDisposable
{
    private const int Capacity = 40;
    private const int Batch = 8;
    private const int RegionOffset = (3 * 4_096) + PositionTable.Bytes;
    private const int ChecksumOffset = 8;
    private const int ChecksumBytes = 4;
    private readonly ShardFolder _folder = new();

    public static TheoryData<ObservationType, int, int, int> Cases
    {
        get
        {
            TheoryData<ObservationType, int, int, int> cases = [];
            // From a buffer that is not full to ones whose slots and frames begin anew in the middle of the append.
            foreach (int inserted in new[] { 24, 40, 48, 53, 60, 67, 75 })
            {
                cases.Add(ObservationType.Float32, 4, 1, inserted);
                cases.Add(ObservationType.UInt8, 100, 1, inserted);
                cases.Add(ObservationType.UInt8, 160, 4, inserted);
            }

            return cases;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_kill_at_any_write_costs_only_what_was_being_replaced_and_no_priority(ObservationType type, int size, int stack, int inserted)
    {
        ShardSchema schema = ShardFolder.Schema(new ObservationFormat(type, size, stack), Capacity);
        (string path, byte[] before, byte[] after, double[] masses, long oldestAfter) = Append(schema, inserted);
        NumberedStream stream = new(schema.Format);
        byte[] torn = [.. before];
        long leastHeld = inserted;
        foreach ((int offset, byte[] bytes) in Writes(schema.Plan, before, after, inserted, Math.Max(0, inserted - Capacity), oldestAfter))
        {
            bytes.CopyTo(torn, RegionOffset + offset);
            File.WriteAllBytes(path, torn);
            ShardOpening opening = _folder.Open(schema);
            using ShardMemory memory = opening.Memory;
            Assert.False(opening.IsLoss, string.Join("; ", opening.Notes));
            Assert.DoesNotContain(opening.Notes, note => note.Contains("no valid priority", StringComparison.Ordinal));
            Assert.Equal(inserted, memory.Buffer.Inserts);
            List<long> numbers = stream.Numbers(memory.Buffer);
            Assert.Equal(Enumerable.Range(inserted - numbers.Count, numbers.Count).Select(number => (long)number), numbers);
            Assert.True(inserted - numbers.Count <= oldestAfter, $"{numbers.Count} held, {oldestAfter} was not being replaced");
            Assert.Equal(masses[^numbers.Count..], memory.Buffer.ReadOldest(0, memory.Buffer.Count).Masses);
            leastHeld = Math.Min(leastHeld, numbers.Count);
        }

        Assert.Equal(inserted - oldestAfter, leastHeld);
    }

    private unsafe (string Path, byte[] Before, byte[] After, double[] Masses, long OldestAfter) Append(ShardSchema schema, int inserted)
    {
        MappedFile? file = null;
        using ShardMemory memory = _folder.Open(schema, (path, length) => file = MappedFile.Create(path, length)).Memory;
        ShardFolder.Append(memory, schema, inserted, Batch);
        // Whatever gets the largest priority by mistake shows.
        memory.Buffer.UpdatePriorities([inserted - 1], [1_000]);
        byte[] before = new ReadOnlySpan<byte>(file!.Start, (int)file.Length).ToArray();
        double[] masses = memory.Buffer.ReadOldest(0, memory.Buffer.Count).Masses;
        ShardFolder.Append(memory, schema, Batch, Batch);
        byte[] after = new ReadOnlySpan<byte>(file.Start, (int)file.Length).ToArray();
        return (memory.Path, before, after, masses, memory.Buffer.Evicted);
    }

    /// <summary>What an append writes into the region, in its order: what leaves loses its mass, frames with their notes, rows, masses.</summary>
    private static List<(int Offset, byte[] Bytes)> Writes(ReplayMemoryPlan plan, byte[] before, byte[] after, int inserted, int oldest, long oldestAfter)
    {
        List<(int Offset, byte[] Bytes)> writes = [];
        for (int frame = 0; frame < plan.Frames; frame++)
        {
            int note = (int)plan.FrameNotesOffset + (frame * ReplayMemoryPlan.FrameNoteBytes);
            if (!Bytes(before, note, ReplayMemoryPlan.FrameNoteBytes).SequenceEqual(Bytes(after, note, ReplayMemoryPlan.FrameNoteBytes)))
            {
                Take(note, ReplayMemoryPlan.FrameNoteBytes);
                Take((int)plan.FramesOffset + (frame * plan.Format.FrameBytes), plan.Format.FrameBytes);
            }
        }

        for (int first = inserted; first < inserted + Batch;)
        {
            int end = Math.Min(inserted + Batch, ((first / Capacity) + 1) * Capacity);
            int[] slots = [.. Enumerable.Range(first, end - first).Select(key => key % Capacity)];
            foreach (int row in slots.Select(slot => (int)plan.RowsOffset + (slot * plan.RowBytes)))
            {
                Take(row, ChecksumOffset);
                Take(row + ChecksumOffset + ChecksumBytes, plan.RowBytes - ChecksumOffset - ChecksumBytes);
            }

            Array.ForEach(slots, slot => Take((int)plan.RowsOffset + (slot * plan.RowBytes) + ChecksumOffset, ChecksumBytes));
            Array.ForEach(slots, slot => Take(slot * sizeof(double), sizeof(double)));
            first = end;
        }

        IEnumerable<(int, byte[])> leaving = Enumerable.Range(oldest, (int)oldestAfter - oldest)
            .Select(key => (key % Capacity * sizeof(double), new byte[sizeof(double)]));
        return plan.IsShared ? [.. leaving, .. writes] : writes;

        void Take(int offset, int length) => writes.Add((offset, Bytes(after, offset, length)));

        static byte[] Bytes(byte[] file, int offset, int length) => file.AsSpan(RegionOffset + offset, length).ToArray();
    }
}
