using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What a node will not use of a run's folder, or misses there, and goes on all the same.</summary>
internal static class RunFolderGaps
{
    /// <summary>Looks before anything is written to the folder.</summary>
    /// <param name="directory">The run's folder.</param>
    /// <param name="roles">What the node does.</param>
    /// <param name="durable">What the user says about the shards' files.</param>
    /// <returns>One line for each, with what follows from it.</returns>
    /// <exception cref="UserErrorException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> Find(string directory, IReadOnlyList<string> roles, ReplayDurability durable)
    {
        try
        {
            return [.. FindAll(directory, roles, durable)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"run directory {directory} cannot be read ({exception.Message.TrimEnd('.')}): give another with --run-dir");
        }
    }

    private static IEnumerable<string> FindAll(string directory, IReadOnlyList<string> roles, ReplayDurability durable)
    {
        bool goesOn = roles.Contains(ClusterRoles.Learner) && new CheckpointStore(Path.Combine(directory, RunDirectory.CheckpointName)).Exists;
        if (goesOn && !File.Exists(Path.Combine(directory, RunDirectory.ConfigurationName)))
        {
            yield return $"{directory} has a checkpoint but no {RunDirectory.ConfigurationName}: whether the run goes on under the settings that it had cannot be compared";
        }

        if (goesOn && !RunIdentity.IsIn(directory))
        {
            yield return $"{directory} has a checkpoint but not the run's number (run-id): the run gets a new one, and its shards set their files aside, as another run's, and begin empty";
        }

        if (roles.Contains(ClusterRoles.Replay) && durable == ReplayDurability.Off && ShardFiles.Find(directory) is { Count: > 0 } files)
        {
            yield return $"dqn.replay.durable = false: the {files.Count} shard files in {Path.Combine(directory, ShardFiles.FolderName)} are not used, and the shards begin empty";
        }
    }
}
