using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DqnAkka.Host;

/// <summary>What lies behind a path. The runtime tells folders from the rest, but takes a device or a pipe for a file.</summary>
internal static partial class FileKind
{
    private const int FormatMask = 0xF000;
    private const int RegularFile = 0x8000;

    // Both systems' records are shorter.
    private const int RecordBytes = 256;

    /// <summary>Whether a path names a file that can be replaced by another, and no folder, device, pipe or socket; of a link its target counts.</summary>
    /// <param name="path">The path of something that exists.</param>
    /// <returns>True also where the system cannot be asked.</returns>
    public static bool IsRegular(string path) => Mode(path) is not { } mode || (mode & FormatMask) == RegularFile;

    private static int? Mode(string path)
    {
        byte[] record = new byte[RecordBytes];
        if (OperatingSystem.IsLinux())
        {
            const int CurrentFolder = -100;
            const uint TypeOnly = 1;
            const int ModeOffset = 28;
            return StatX(CurrentFolder, path, 0, TypeOnly, record) == 0 ? BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(ModeOffset)) : null;
        }

        if (OperatingSystem.IsMacOS())
        {
            const int ModeOffset = 4;
            return Stat(path, record) == 0 ? BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(ModeOffset)) : null;
        }

        return null;
    }

    // Its record is the same on all of Linux' processors, which that of stat is not.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte[] record);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Stat(string path, byte[] record);
}
