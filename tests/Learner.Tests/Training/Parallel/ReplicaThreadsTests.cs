using System.Collections.Concurrent;

namespace DqnAkka.Learner.Tests;

public sealed class ReplicaThreadsTests
{
    [Fact]
    public void Each_rank_has_a_thread_of_its_own_that_is_not_the_pools_and_ends_with_them()
    {
        ConcurrentDictionary<(int Rank, int Phase), Thread> threads = new();
        ReplicaThreads replicas = new(4);
        replicas.Run([rank => threads[(rank, 0)] = Thread.CurrentThread, rank => threads[(rank, 1)] = Thread.CurrentThread]);
        replicas.Run([rank => Assert.Same(threads[(rank, 0)], Thread.CurrentThread)]);
        Assert.Equal(8, threads.Count);
        Assert.Same(Thread.CurrentThread, threads[(0, 0)]);
        for (int rank = 1; rank < 4; rank++)
        {
            Assert.Same(threads[(rank, 0)], threads[(rank, 1)]);
            Assert.False(threads[(rank, 0)].IsThreadPoolThread);
        }

        Assert.Equal(4, threads.Values.Distinct().Count());
        replicas.Dispose();
        replicas.Dispose();
        Assert.All(Enumerable.Range(1, 3), rank => Assert.False(threads[(rank, 0)].IsAlive));
        Assert.Throws<ObjectDisposedException>(() => replicas.Run([_ => { }]));
    }

    [Fact]
    public void No_rank_begins_a_phase_before_all_have_ended_the_one_before()
    {
        using ReplicaThreads replicas = new(3);
        int ended = 0;
        for (int run = 0; run < 500; run++)
        {
            ended = 0;
            bool[] isInOrder = new bool[3];
            replicas.Run([_ => Interlocked.Increment(ref ended), rank => isInOrder[rank] = Volatile.Read(ref ended) == 3]);
            Assert.All(isInOrder, Assert.True);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_a_rank_throws_comes_out_at_the_caller_and_later_phases_are_left_out(int failing)
    {
        using ReplicaThreads replicas = new(3);
        int later = 0;
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => replicas.Run(
        [
            rank =>
            {
                if (rank == failing)
                {
                    throw new InvalidDataException($"of rank {rank}");
                }
            },
            _ => Interlocked.Increment(ref later),
        ]));
        Assert.Equal($"of rank {failing}", exception.Message);
        Assert.Equal(0, later);

        // And they go on.
        replicas.Run([_ => Interlocked.Increment(ref later)]);
        Assert.Equal(3, later);
    }

    [Fact]
    public void Of_several_failures_the_smallest_ranks_is_told()
    {
        using ReplicaThreads replicas = new(4);
        using Barrier together = new(2);
        // The two meet before either throws, so that neither is left out because of the other.
        Assert.Equal("1", Assert.Throws<InvalidOperationException>(() => replicas.Run([Throw])).Message);

        void Throw(int rank)
        {
            if (rank is 1 or 3)
            {
                together.SignalAndWait();
                throw new InvalidOperationException($"{rank}");
            }
        }
    }
}
