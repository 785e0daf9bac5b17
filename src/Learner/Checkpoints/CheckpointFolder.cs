using System.Security.Cryptography;

namespace DqnAkka.Learner;

/// <summary>The files of a folder of checkpoints: how one is written so that it is there whole or not at all, and how one is checked.</summary>
/// <param name="path">The folder.</param>
internal sealed class CheckpointFolder(string path)
{
    private const long MaximumManifestLength = 1_000_000;

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Called after each step of a save that a crash could follow, and of a load that a save could follow, with the step's name.</summary>
    public Action<string>? StepDone { get; set; }

    /// <summary>Numbers of the checkpoints that have a manifest, the newest first.</summary>
    public IReadOnlyList<long> Numbers() =>
        Directory.Exists(path)
            ? [.. Names().Select(CheckpointNames.NumberOf).OfType<long>().OrderDescending()]
            : [];

    /// <summary>The highest of <see cref="Numbers"/>; 0 where there is none.</summary>
    public long Newest() => Numbers() is [var newest, ..] ? newest : 0;

    /// <summary>The highest number that only unsealed files have: its save was interrupted, or is going on. Null where every such number is below the given one.</summary>
    /// <param name="newest">The newest sealed number, 0 for none.</param>
    public long? UnfinishedAfter(long newest) =>
        Directory.Exists(path) && Names().Select(CheckpointNames.NumberOfData).OfType<long>().DefaultIfEmpty().Max() is var highest && highest > newest ? highest : null;

    /// <summary>The whole path of a file.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(path, name);

    /// <summary>Writes a file under a temporary name, flushes it to the disk and renames it.</summary>
    /// <param name="name">Its final name.</param>
    /// <param name="write">Writes the contents.</param>
    /// <returns>What a manifest says of it.</returns>
    public ManifestFile Write(string name, Action<Stream> write)
    {
        string temporary = PathOf(name + CheckpointNames.TemporarySuffix);
        ManifestFile file;
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        using (SHA256 sha256 = SHA256.Create())
        {
            using (CryptoStream hashing = new(stream, sha256, CryptoStreamMode.Write, leaveOpen: true))
            {
                write(hashing);
            }

            stream.Flush(flushToDisk: true);
            file = new ManifestFile(name, stream.Length, Convert.ToHexStringLower(sha256.Hash!));
        }

        StepDone?.Invoke($"written {name}");
        File.Move(temporary, PathOf(name), overwrite: true);
        StepDone?.Invoke($"renamed {name}");
        return file;
    }

    /// <summary>Puts the names of what was written on the disk.</summary>
    public void Flush()
    {
        DirectorySync.Flush(path);
        StepDone?.Invoke("flushed");
    }

    /// <summary>Deletes the files of all checkpoints but some, finished or not; manifests first, so that none ever vouches for what is gone.</summary>
    /// <param name="kept">Numbers of those that stay.</param>
    public void DeleteExcept(IReadOnlyCollection<long> kept)
    {
        foreach (string name in Names().OrderBy(name => CheckpointNames.NumberOf(name) is null).ThenBy(name => name, StringComparer.Ordinal))
        {
            bool isKept = CheckpointNames.NumberOfData(name) is not { } number || (kept.Contains(number) && !name.EndsWith(CheckpointNames.TemporarySuffix, StringComparison.Ordinal));
            if (isKept)
            {
                continue;
            }

            try
            {
                File.Delete(PathOf(name));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The new checkpoint is whole; where a reader still holds an old file open, the next save deletes it.
            }

            StepDone?.Invoke($"deleted {name}");
        }
    }

    /// <summary>Reads and checks a manifest.</summary>
    /// <param name="number">The checkpoint's number.</param>
    /// <exception cref="CheckpointException">It is damaged, or of another version.</exception>
    public CheckpointManifest ReadManifest(long number)
    {
        string manifest = PathOf(CheckpointNames.Manifest(number));
        try
        {
            using FileStream stream = new(manifest, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaximumManifestLength)
            {
                throw CheckpointException.Damaged(manifest, $"a manifest of {stream.Length} bytes is too long");
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return ManifestCodec.Decode(bytes, manifest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"checkpoint {manifest} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Opens a data file after its length and SHA-256 were checked.</summary>
    /// <param name="file">What the manifest says.</param>
    /// <param name="manifest">The manifest's path, for messages.</param>
    /// <returns>The file from its beginning.</returns>
    /// <exception cref="CheckpointException">The file is missing, cut or altered.</exception>
    public FileStream OpenChecked(ManifestFile file, string manifest)
    {
        if (!CheckpointNames.IsData(file.File))
        {
            throw CheckpointException.Damaged(manifest, "it names a data file that is none");
        }

        string data = PathOf(file.File);
        if (!File.Exists(data))
        {
            throw new CheckpointException($"checkpoint {data} is missing, though {System.IO.Path.GetFileName(manifest)} names it; {CheckpointException.Remedy}");
        }

        FileStream stream = new(data, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            if (stream.Length != file.Length)
            {
                throw CheckpointException.Damaged(data, $"it has {stream.Length} bytes where the manifest says {file.Length}");
            }

            string sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (sha256 != file.Sha256)
            {
                throw CheckpointException.Damaged(data, $"its sha256 {sha256} is not the one that the manifest says");
            }

            stream.Position = 0;
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private string[] Names() => [.. Directory.EnumerateFiles(path).Select(file => System.IO.Path.GetFileName(file))];
}
