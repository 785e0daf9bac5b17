using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;

namespace DqnAkka.Actors.Tests;

public sealed class DedicatedThreadsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Everything_given_runs_once_and_on_as_many_threads_as_asked(int threads)
    {
        const int Count = 10_000;
        ExecutorService executor = Make(threads);
        int[] runs = new int[Count];
        ConcurrentDictionary<int, bool> ids = new();
        using CountdownEvent all = new(Count);
        using Barrier together = new(threads);
        for (int i = 0; i < Count; i++)
        {
            int index = i;
            executor.Execute(new Work(() =>
            {
                // The first pieces meet, which they can only on different threads.
                if (index < threads)
                {
                    together.SignalAndWait(Stop);
                }

                ids[Environment.CurrentManagedThreadId] = true;
                Interlocked.Increment(ref runs[index]);
                all.Signal();
            }));
        }

        Assert.True(all.Wait(TimeSpan.FromSeconds(30), Stop));
        executor.Shutdown();
        Assert.All(runs, count => Assert.Equal(1, count));
        Assert.Equal(threads, ids.Count);
    }

    [Fact]
    public void What_was_given_before_the_shutdown_still_runs_and_later_work_does_not()
    {
        ExecutorService executor = Make(1);
        using ManualResetEventSlim begun = new();
        using ManualResetEventSlim go = new();
        using CountdownEvent before = new(2);
        bool late = false;
        executor.Execute(new Work(() =>
        {
            begun.Set();
            go.Wait(Stop);
            before.Signal();
        }));
        begun.Wait(Stop);
        executor.Execute(new Work(() => before.Signal()));
        executor.Shutdown();
        executor.Execute(new Work(() => late = true));
        go.Set();

        Assert.True(before.Wait(TimeSpan.FromSeconds(30), Stop));
        Assert.False(late);
    }

    private static ExecutorService Make(int threads) =>
        new DedicatedThreads(ConfigurationFactory.ParseString($"thread-count = {threads}"), null!).Produce("test");

    private sealed class Work(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => action();
    }
}
