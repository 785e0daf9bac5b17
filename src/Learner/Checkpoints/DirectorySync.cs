using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>Puts a folder's entries on the disk: a rename is not there after a power failure before that.</summary>
internal static partial class DirectorySync
{
    /// <summary>Flushes the folder; where the platform has no such call (Windows, whose file systems log renames themselves) nothing happens.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Retry(() => Open(directory, 0));
        if (descriptor < 0)
        {
            throw new IOException($"the folder {directory} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            // Some file systems (of networks, of containers) have no such thing for folders and say so: EINVAL.
            const int InvalidArgument = 22;
            if (Retry(() => Synchronize(descriptor)) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw new IOException($"the folder {directory} cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>A signal, such as the runtime's own, may interrupt a call that would otherwise succeed.</summary>
    private static int Retry(Func<int> call)
    {
        const int Interrupted = 4;
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
