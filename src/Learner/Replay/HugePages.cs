using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>
/// Large pages for memory that is read at random: with small ones the processor looks most addresses up in tables that do not fit its caches.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a large page on x86-64 and on most ARM64 systems; memory that begins at a multiple of it can be large pages from there on.</summary>
    public const int Size = 2 << 20;

    // From Linux's <sys/mman.h>.
    private const int AdviceHugePage = 14;

    /// <summary>Asks the system to use large pages. Does nothing where the system has none, or the memory is smaller than one.</summary>
    /// <param name="start">First byte.</param>
    /// <param name="bytes">Length.</param>
    public static void Advise(void* start, long bytes)
    {
        nuint first = ((nuint)start + Size - 1) / Size * Size;
        nuint end = ((nuint)start + (nuint)bytes) / Size * Size;
        if (!OperatingSystem.IsLinux() || end <= first)
        {
            return;
        }

        // A refusal only costs speed, and so does a C library of another name.
        try
        {
            _ = AdviseMemory((void*)first, end - first, AdviceHugePage);
        }
        catch (DllNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* start, nuint bytes, int advice);
}
