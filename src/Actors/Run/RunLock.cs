namespace DqnAkka.Actors;

/// <summary>
/// One process at a time trains a run: the file <c>lock</c> of its folder is held open as long as that lasts, and the system lets go of
/// it whatever the process dies of.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = "lock";
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="directory">The run's folder.</param>
    /// <returns>The lock, or null where somebody holds it.</returns>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static RunLock? TryTake(string directory)
    {
        try
        {
            return new RunLock(new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Lets go. The file stays: one that is deleted could be locked by two, each its own.</summary>
    public void Dispose() => _file.Dispose();
}
