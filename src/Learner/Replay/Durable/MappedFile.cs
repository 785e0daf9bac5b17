using System.IO.MemoryMappedFiles;

namespace DqnAkka.Learner;

/// <summary>
/// A file of fixed length in memory, locked as long as it is open: no other process can open it meanwhile, and the lock ends with the
/// process, however that ends. What is written is the system's at once and outlives the process; the disk has it within about half a minute.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    // What the system says of a file that another process has locked: EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation.
    private static readonly int[] LockedResults = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _stream;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(FileStream stream, MemoryMappedFileAccess access)
    {
        _stream = stream;
        Length = stream.Length;
        _mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, access, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, 0, access);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>The first byte; the handle of the view keeps the memory alive until <see cref="Dispose"/>.</summary>
    public byte* Start => _start;

    /// <summary>Makes a file with all its blocks: a disk that is full says so here, and not when it is written to.</summary>
    /// <param name="path">The file; there is none yet.</param>
    /// <param name="length">Bytes, all zero.</param>
    /// <exception cref="IOException">There is no room, or a file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static MappedFile Create(string path, long length)
    {
        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            PreallocationSize = length,
            BufferSize = 0,
        });
        try
        {
            stream.SetLength(length);
            return new MappedFile(stream, MemoryMappedFileAccess.ReadWrite);
        }
        catch
        {
            stream.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPrivate">Whether what is written stays in this process alone.</param>
    /// <param name="least">Bytes that it must have, at least 1: nothing can be mapped of an empty one.</param>
    /// <param name="length">Bytes that it has; −1 where another process has it open.</param>
    /// <returns>The file, or null where another process has it or it is too short.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static MappedFile? TryOpen(string path, bool isPrivate, long least, out long length)
    {
        FileStream stream;
        length = -1;
        try
        {
            // A lock for itself needs no right to write, but some systems give it to writers only.
            stream = new FileStream(path, FileMode.Open, isPrivate ? FileAccess.Read : FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (LockedResults.Contains(exception.HResult))
        {
            return null;
        }

        length = stream.Length;
        if (length < least)
        {
            stream.Dispose();
            return null;
        }

        try
        {
            return new MappedFile(stream, isPrivate ? MemoryMappedFileAccess.CopyOnWrite : MemoryMappedFileAccess.ReadWrite);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_start is not null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            // Disposing of the view itself would write all of it out and wait, for minutes where it is large and for nothing: the system
            // writes it anyway.
            _view.SafeMemoryMappedViewHandle.Dispose();
            _mapping.Dispose();
            _stream.Dispose();
        }
    }
}
