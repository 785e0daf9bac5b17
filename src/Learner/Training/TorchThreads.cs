using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>Threads that libtorch computes with on behalf of the calling thread; a setting of that thread, wherever libtorch has been told.</summary>
internal static class TorchThreads
{
    [ThreadStatic]
    private static int s_count;

    /// <summary>Makes libtorch use <paramref name="count"/> threads from here on. More than one spin, and starve whatever shares the machine.</summary>
    public static void Use(int count)
    {
        if (s_count != count)
        {
            set_num_threads(count);
            s_count = count;
        }
    }
}
