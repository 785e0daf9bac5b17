using TorchSharp;

namespace DqnAkka.Learner.Tests;

public sealed class TorchThreadsTests
{
    [Fact]
    public void Each_thread_keeps_its_own_number_whatever_others_ask_for_before_its_first_operation()
    {
        _ = LibTorch.IsAvailable;
        using Barrier barrier = new(2);
        int[] threads = new int[2];
        Thread[] callers = [.. Enumerable.Range(0, 2).Select(index => new Thread(() => Ask(index)))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal([1, 2], threads);

        void Ask(int index)
        {
            // The second asks when the first has, and both before libtorch has computed anything on either.
            if (index == 1)
            {
                barrier.SignalAndWait();
            }

            TorchThreads.Use(index + 1);
            if (index == 0)
            {
                barrier.SignalAndWait();
            }

            barrier.SignalAndWait();
            threads[index] = torch.get_num_threads();
        }
    }
}
