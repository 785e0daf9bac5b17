using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// How many threads libtorch uses within one operation. The setting belongs to the calling thread (OpenMP), and libtorch's threads spin
/// while they wait, so that on a machine that others share one thread is the fastest.
/// </summary>
internal static class TorchThreads
{
    [ThreadStatic]
    private static int _current;

    /// <summary>Has operations of this thread use that many threads.</summary>
    public static void Use(int threads)
    {
        if (_current != threads)
        {
            // Unless asked first, libtorch gives a thread at its first operation the number that whichever thread has set last.
            _ = get_num_threads();
            set_num_threads(threads);
            _current = threads;
        }
    }
}
