namespace DqnAkka.Learner;

/// <summary>Data of a checkpoint beside the networks: written as a stream, and read as one after its length and SHA-256 were checked.</summary>
public sealed class CheckpointAttachment
{
    private readonly Action<Stream>? _write;
    private readonly Func<Stream> _open;

    private CheckpointAttachment(Action<Stream>? write, Func<Stream> open)
    {
        _write = write;
        _open = open;
    }

    /// <summary>Data that is made while it is written, so that nothing of its size is held.</summary>
    /// <param name="write">Writes it, from the beginning to the end; called once for each save.</param>
    public static CheckpointAttachment From(Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new CheckpointAttachment(write, () => throw new InvalidOperationException("an attachment that is yet to be written cannot be read"));
    }

    /// <summary>Data that is there.</summary>
    /// <param name="bytes">The data; not copied.</param>
    public static CheckpointAttachment From(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new CheckpointAttachment(stream => stream.Write(bytes), () => new MemoryStream(bytes, writable: false));
    }

    /// <summary>Data in a file.</summary>
    internal static CheckpointAttachment In(string path) =>
        new(write: null, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));

    /// <summary>Opens the data from its beginning; the caller disposes of it.</summary>
    /// <exception cref="IOException">The file is gone: a newer checkpoint has taken its place.</exception>
    /// <exception cref="InvalidOperationException">It was made of a function that writes.</exception>
    public Stream OpenRead() => _open();

    /// <summary>Writes the data, of whatever source.</summary>
    internal void WriteTo(Stream stream)
    {
        if (_write is not null)
        {
            _write(stream);
            return;
        }

        using Stream source = OpenRead();
        source.CopyTo(stream);
    }
}
