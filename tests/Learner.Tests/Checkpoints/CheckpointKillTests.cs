using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace DqnAkka.Learner.Tests;

/// <summary>kill -9 of a process that writes checkpoints as fast as it can: the newest whole one loads, and is none older than the last that was completed.</summary>
public sealed class CheckpointKillTests(ITestOutputHelper output) : IDisposable
{
    private const string FolderVariable = "DQN_CHECKPOINT_WRITER_FOLDER";
    private const string CompletedName = "completed";
    private const int AttachmentLength = 300_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentQueue<string?> _written = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Killed_at_twenty_moments_the_newest_whole_checkpoint_loads_every_time()
    {
        const int Kills = 20;
        Random random = new(5);
        string counter = Path.Combine(_directory.Path, CompletedName);
        await File.WriteAllBytesAsync(counter, new byte[sizeof(long)], TestContext.Current.CancellationToken);
        int unfinished = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            long before = Completed(counter);
            using Process writer = Start();
            try
            {
                await WaitAsync(() => Completed(counter) > before, writer);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(40)), TestContext.Current.CancellationToken);
            }
            finally
            {
                writer.Kill();
                await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            long completed = Completed(counter);
            LoadedCheckpoint loaded = new CheckpointStore(_directory.Path).Load();
            long updates = loaded.Content.Learner!.Updates;
            Assert.InRange(updates, completed, completed + 1);
            Checkpoints.AssertEqual(Content(updates), loaded.Content);
            Assert.All(loaded.Notices, notice => Assert.Contains("was not finished", notice, StringComparison.Ordinal));
            unfinished += loaded.Notices.Count;
            output.WriteLine($"kill {kill + 1}: {completed - before} completed since the last one, {updates - completed} beyond; {string.Join("; ", loaded.Notices)}");
        }

        // Writing takes nearly all of the writer's time: twenty kills without one in the middle of a save do not happen.
        Assert.True(unfinished > 0, "no kill came in the middle of a save");
    }

    /// <summary>Run by the test above in a process of its own, which does not end by itself.</summary>
    [Fact(Explicit = true)]
    public void Save_for_ever()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException("started by another test only");
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, CompletedName));
        using MemoryMappedViewAccessor counter = file.CreateViewAccessor();
        CheckpointStore store = new(folder, keep: 2);
        long updates = store.Exists ? store.Load().Content.Learner!.Updates : 0;
        while (true)
        {
            updates++;
            store.Save(Content(updates));
            counter.Write(0, updates);
        }
    }

    private static CheckpointContent Content(long updates)
    {
        byte[] bytes = new byte[AttachmentLength];
        bytes.AsSpan().Fill((byte)updates);
        return Checkpoints.Content(updates) with
        {
            Evaluation = null,
            Attachments = new Dictionary<string, CheckpointAttachment> { ["replay-0"] = CheckpointAttachment.From(bytes) },
        };
    }

    private static long Completed(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        stream.ReadExactly(bytes);
        return BitConverter.ToInt64(bytes);
    }

    private async Task WaitAsync(Func<bool> condition, Process writer)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (writer.HasExited)
            {
                // Only then is all that it wrote here.
                await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Fail($"the writer ended by itself: {string.Join(' ', _written)}");
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < StartLimit, string.Create(CultureInfo.InvariantCulture, $"the writer has saved nothing in {StartLimit.TotalSeconds} s"));
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[]
        {
            typeof(CheckpointKillTests).Assembly.Location, "--filter-method", $"{typeof(CheckpointKillTests).FullName}.{nameof(Save_for_ever)}", "--explicit", "only",
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FolderVariable] = _directory.Path;
        Process writer = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        _written.Clear();
        writer.OutputDataReceived += (_, line) => _written.Enqueue(line.Data);
        writer.BeginOutputReadLine();
        writer.BeginErrorReadLine();
        return writer;
    }
}
