using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace DqnAkka.Learner.Tests;

/// <summary>kill -9 of a process that writes checkpoints as fast as it can: the newest whole one loads, and is none older than the last that was completed.</summary>
public sealed class CheckpointKillTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentQueue<string?> _written = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Killed_at_twenty_moments_the_newest_whole_checkpoint_loads_every_time()
    {
        const int Kills = 20;
        Random random = new(5);
        string counter = Path.Combine(_directory.Path, CheckpointWriterProcess.CompletedName);
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
            Checkpoints.AssertEqual(CheckpointWriterProcess.Content(updates), loaded.Content);
            Assert.All(loaded.Notices, notice => Assert.Contains("was not finished", notice, StringComparison.Ordinal));
            unfinished += loaded.Notices.Count;
            output.WriteLine($"kill {kill + 1}: {completed - before} completed since the last one, {updates - completed} beyond; {string.Join("; ", loaded.Notices)}");
        }

        // Writing takes nearly all of the writer's time: twenty kills without one in the middle of a save do not happen.
        Assert.True(unfinished > 0, "no kill came in the middle of a save");
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
                Assert.Fail($"the writer ended by itself with {writer.ExitCode}: {string.Join(' ', _written)}");
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < StartLimit, string.Create(CultureInfo.InvariantCulture, $"the writer has saved nothing in {StartLimit.TotalSeconds} s"));
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new("dotnet", [typeof(CheckpointKillTests).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[CheckpointWriterProcess.FolderVariable] = _directory.Path;
        _written.Clear();
        Process writer = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        writer.OutputDataReceived += (_, line) => _written.Enqueue(line.Data);
        writer.ErrorDataReceived += (_, line) => _written.Enqueue(line.Data);
        writer.BeginOutputReadLine();
        writer.BeginErrorReadLine();
        return writer;
    }
}
