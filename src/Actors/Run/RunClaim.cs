namespace DqnAkka.Actors;

/// <summary>
/// Whose the run's folder is: a file beside the checkpoint with a mark of whoever took the run over last. Marks are compared, not
/// ordered, so that no clock has a say.
/// </summary>
/// <param name="directory">The checkpoint's folder.</param>
public sealed class RunClaim(string directory)
{
    private readonly string _path = Path.Combine(directory, "claim");

    /// <summary>Whether anybody has ever had the run.</summary>
    public bool Exists => File.Exists(_path);

    /// <summary>Takes the run over.</summary>
    /// <returns>The mark of the new owner.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public string Take()
    {
        string mark = Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(directory);
        WholeFile.Write(_path, mark);
        return mark;
    }

    /// <summary>Whether nobody has taken the run over since.</summary>
    /// <param name="mark">What <see cref="Take"/> gave.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public bool IsHeldBy(string mark) => !File.Exists(_path) || File.ReadAllText(_path) == mark;
}
