using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>
/// kill -9 of a process that appends as fast as it can, and returns priorities in between: what it was told was appended is there with its
/// priority, within the capacity, and everything that is there is whole.
/// </summary>
public sealed class ShardKillTests(ITestOutputHelper output) : IDisposable
{
    private const string FolderVariable = "DQN_SHARD_WRITER_FOLDER";
    private const string FormVariable = "DQN_SHARD_WRITER_FORM";
    private const string AcknowledgedName = "acknowledged";
    private const int Capacity = 20_000;
    private const int Batch = 64;

    // The stream repeats after more than two rounds of the buffer: what is left of an earlier round is of other numbers.
    private const int Period = 640 * Batch;
    private const int Updates = 32;
    private const int UpdateDistance = 601;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly ShardFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Nothing_acknowledged_is_lost_and_nothing_torn_is_served(int form)
    {
        const int Kills = 10;
        // A kill in three, and more, comes in the middle of an append: so many without one do not happen.
        const int MostKills = 60;
        ShardSchema schema = Schema(form);
        NumberedStream stream = new(schema.Format);
        Random random = new(31 + form);
        string counter = Path.Combine(_folder.Root, AcknowledgedName);
        await File.WriteAllBytesAsync(counter, new byte[sizeof(long)], TestContext.Current.CancellationToken);
        HashSet<long> unfinishedUpdates = [];
        int unfinishedAppends = 0;
        for (int kill = 0; kill < Kills || (unfinishedAppends == 0 && kill < MostKills); kill++)
        {
            long before = Acknowledged(counter);
            using Process writer = Start(form);
            try
            {
                await WaitAsync(() => Acknowledged(counter) > before, writer);
                // Anywhere in a round through the ring, from its first appends on.
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TestContext.Current.CancellationToken);
            }
            finally
            {
                writer.Kill();
                await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            long acknowledged = Acknowledged(counter);
            ShardOpening opening = _folder.Open(schema);
            using ShardMemory memory = opening.Memory;
            Assert.False(opening.IsLoss, string.Join("; ", opening.Notes));
            long inserts = memory.Buffer.Inserts;
            Assert.Equal(inserts / Batch, Assert.Single(memory.Positions).Received);
            Assert.InRange(inserts, acknowledged, acknowledged + Batch);
            List<long> numbers = stream.Numbers(memory.Buffer);
            bool isUnfinished = opening.Notes.Any(note => note.Contains("being replaced", StringComparison.Ordinal));
            unfinishedAppends += isUnfinished ? 1 : 0;
            long least = Math.Min(inserts, Capacity) - (isUnfinished ? Batch : 0);
            Assert.True(numbers.Count >= least, $"{numbers.Count} of {inserts} held");
            Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => (inserts - numbers.Count + i) % Period), numbers);
            unfinishedUpdates.Add(inserts - Batch);
            AssertMasses(memory.Buffer, unfinishedUpdates);
            output.WriteLine($"kill {kill + 1}: {acknowledged - before} acknowledged since the last one, {numbers.Count} held, {inserts - acknowledged} beyond what was acknowledged{(isUnfinished ? ", in the middle of an append" : "")}");
        }

        Assert.True(unfinishedAppends > 0, "no kill came in the middle of an append");
    }

    /// <summary>Run by the test above in a process of its own, which does not end by itself.</summary>
    [Fact(Explicit = true)]
    public void Append_for_ever()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException("started by another test only");
        ShardSchema schema = Schema(int.Parse(Environment.GetEnvironmentVariable(FormVariable)!, System.Globalization.CultureInfo.InvariantCulture));
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, AcknowledgedName));
        using MemoryMappedViewAccessor counter = file.CreateViewAccessor();
        ShardOpening opening = new ShardOpener(folder, 3, schema, () => 100, MappedFile.Create).Open();
        Assert.False(opening.IsLoss);
        using ShardMemory memory = opening.Memory;
        NumberedStream stream = new(schema.Format);
        long[] keys = new long[Updates];
        float[] errors = [.. Enumerable.Range(0, Updates).Select(UpdatedError)];
        // Made before: making one takes longer than appending it.
        TransitionBatch[] batches = [.. Enumerable.Range(0, Period / Batch).Select(number => stream.Batch(number * Batch, Batch, hasErrors: true))];
        while (true)
        {
            long first = memory.Buffer.Inserts;
            memory.Append(batches[first % Period / Batch], Batch, new FragmentPosition(2, 7, (first / Batch) + 1));
            counter.Write(0, first + Batch);
            for (int i = 0; i < keys.Length; i++)
            {
                // Keys below 0 are none.
                keys[i] = first - (i * UpdateDistance);
            }

            memory.Buffer.UpdatePriorities(keys, errors);
        }
    }

    private static float UpdatedError(int update) => 3 + update;

    /// <summary>Each has the priority of its newest update, or else its first one. Of the turns that a kill came after, updates may be missing.</summary>
    private static void AssertMasses(ReplayBuffer buffer, HashSet<long> unfinishedUpdates)
    {
        double[] masses = buffer.ReadOldest(0, buffer.Count).Masses;
        ReplayOptions options = new();
        for (int row = 0; row < masses.Length; row++)
        {
            long key = buffer.NextKey - masses.Length + row;
            List<float> allowed = [];
            bool isCertain = false;
            for (int update = Updates - 1; update >= 0 && !isCertain; update--)
            {
                long turn = key + (update * UpdateDistance);
                if (turn % Batch == 0 && turn < buffer.Inserts)
                {
                    allowed.Add(UpdatedError(update));
                    isCertain = !unfinishedUpdates.Contains(turn);
                }
            }

            if (!isCertain)
            {
                allowed.Add(NumberedStream.Error(key % Period));
            }

            Assert.Contains(allowed, error => Math.Abs(Math.Pow(error + options.PriorityEpsilon, options.Alpha) - masses[row]) < 1e-6);
        }
    }

    private static ShardSchema Schema(int form) => ShardFolder.Schema(
        form == 0 ? new ObservationFormat(ObservationType.Float32, 4) : new ObservationFormat(ObservationType.UInt8, 160, 4), Capacity, fragment: Batch);

    private static long Acknowledged(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        stream.ReadExactly(bytes);
        return BitConverter.ToInt64(bytes);
    }

    private static async Task WaitAsync(Func<bool> condition, Process writer)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        DateTime end = DateTime.UtcNow + StartLimit;
        while (!condition())
        {
            Assert.False(writer.HasExited, "the writer ended by itself");
            Assert.True(DateTime.UtcNow < end, "the writer has not appended anything");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private Process Start(int form)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[]
        {
            typeof(ShardKillTests).Assembly.Location, "--filter-method", $"{typeof(ShardKillTests).FullName}.{nameof(Append_for_ever)}", "--explicit", "only",
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FolderVariable] = _folder.Root;
        start.Environment[FormVariable] = form.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Process writer = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        writer.BeginOutputReadLine();
        writer.BeginErrorReadLine();
        return writer;
    }
}
