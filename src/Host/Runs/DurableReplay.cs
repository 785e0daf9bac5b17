using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Settles <c>replay.durable</c> for one process, and whether the shards' files can be kept, before anything starts.</summary>
internal static class DurableReplay
{
    private const double Gigabyte = 1e9;

    /// <summary>For a training in one process: off, unless the user asks for it.</summary>
    /// <param name="options">The options with the run's folder.</param>
    /// <param name="observation">The form of an observation.</param>
    /// <exception cref="UserErrorException">The files do not fit.</exception>
    public static TrainingOptions ForTraining(TrainingOptions options, ObservationFormat observation)
    {
        bool isDurable = options.Replay.Durable == ReplayDurability.On;
        if (isDurable)
        {
            RequireRoom(options, observation, options.Replay.Shards);
        }

        return With(options, isDurable);
    }

    /// <summary>For a node: on where it holds shards and has a folder, unless the user says otherwise.</summary>
    /// <param name="options">The options with the run's folder, empty where there is none.</param>
    /// <param name="roles">What the node does.</param>
    /// <param name="observation">The form of an observation.</param>
    /// <exception cref="UserErrorException">There is no folder, or not even one shard's file fits.</exception>
    public static TrainingOptions ForNode(TrainingOptions options, IReadOnlyList<string> roles, ObservationFormat observation)
    {
        bool hasFolder = options.Run.Directory.Length > 0;
        bool isWanted = options.Replay.Durable == ReplayDurability.On || (options.Replay.Durable == ReplayDurability.Auto && hasFolder);
        bool isDurable = isWanted && roles.Contains(ClusterRoles.Replay);
        if (isDurable && !hasFolder)
        {
            throw new UserErrorException(
                "dqn.replay.durable = true needs a folder for the shards' files: name it with --run-dir, dqn.run.directory or DQN_RUN_DIRECTORY, or set dqn.replay.durable = false");
        }

        if (isDurable)
        {
            RequireRoom(options, observation, shards: 1);
        }

        return With(options, isDurable);
    }

    private static TrainingOptions With(TrainingOptions options, bool isDurable) =>
        options with { Replay = options.Replay with { Durable = isDurable ? ReplayDurability.On : ReplayDurability.Off } };

    private static void RequireRoom(TrainingOptions options, ObservationFormat observation, int shards)
    {
        string folder = Path.Combine(options.Run.Directory, ShardFiles.FolderName);
        try
        {
            Directory.CreateDirectory(folder);
            // Deleted when it is closed.
            using (File.Create(Path.Combine(folder, $"new-{Guid.NewGuid():N}"), bufferSize: 1, FileOptions.DeleteOnClose))
            {
            }

            // Shards go on with the files that are there, and need no further room.
            ReplayMemoryPlan plan = ReplayMemoryPlan.For(
                ReplayShardActor.ShardCapacity(options.Replay, 0),
                observation,
                options.Replay,
                new StreamShape(options.Runner.Fragment, options.Runner.Environments, options.Learner.NStep));
            long needed = ShardFiles.LengthOf(plan) * shards;
            long free = new DriveInfo(folder).AvailableFreeSpace;
            if (needed > free && ShardFiles.Find(options.Run.Directory).Count == 0)
            {
                throw new UserErrorException(FormattableString.Invariant(
                    $"replay shards keep {needed / Gigabyte:0.0##} GB in {folder}, where {free / Gigabyte:0.0##} GB are free: make room, give another folder with --run-dir, lower dqn.replay.capacity, or set dqn.replay.durable = false"));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"replay shards cannot keep files in {folder} ({exception.Message.TrimEnd('.')}): give another folder with --run-dir, or set dqn.replay.durable = false");
        }
    }
}
