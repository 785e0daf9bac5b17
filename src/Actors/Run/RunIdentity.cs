using System.Globalization;
using System.Security.Cryptography;

namespace DqnAkka.Actors;

/// <summary>
/// The run's number, in a file of its folder: every learner that goes on with the run finds it there, and replay shards keep it with their
/// transitions, which are no other run's.
/// </summary>
public static class RunIdentity
{
    private const string FileName = "run-id";

    /// <summary>Whether a run's folder has its number.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static bool IsIn(string directory) => Read(Path.Combine(directory, FileName)) != 0;

    /// <summary>Reads the number, or gives the run one.</summary>
    /// <param name="directory">The run's folder; empty where it has none.</param>
    /// <returns>The number, not 0; 0 without a folder.</returns>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read or written.</exception>
    public static long ReadOrMake(string directory)
    {
        if (directory.Length == 0)
        {
            return 0;
        }

        string path = Path.Combine(directory, FileName);
        if (Read(path) is var existing && existing != 0)
        {
            return existing;
        }

        long made = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) | 1;
        WholeFile.Write(path, made.ToString("x16", CultureInfo.InvariantCulture));
        return made;
    }

    private static long Read(string path) =>
        File.Exists(path) && long.TryParse(File.ReadAllText(path), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
