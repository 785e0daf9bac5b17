using System.Security.Cryptography;

namespace DqnAkka.Learner;

/// <summary>
/// A folder with one checkpoint: <c>policy-N.safetensors</c> and <c>learner-N.safetensors</c> (N learner updates; <c>N-2</c> and so on
/// where that name is taken) and <c>manifest.json</c>, which names them with length and SHA-256. Python's safetensors reads the weights
/// under the names of <see cref="NetworkLayout"/>; in the learner's file they are prefixed <c>online.</c>, <c>target.</c>,
/// <c>first_moments.</c> and <c>second_moments.</c>.
/// </summary>
/// <remarks>
/// Each file is written under a temporary name, flushed to disk and renamed, the manifest last; what the old manifest names is deleted
/// only then. A crash at any point leaves the old or the new checkpoint whole. One process writes a folder at a time; others may read it.
/// </remarks>
public sealed class CheckpointStore
{
    /// <summary>Name of the checkpoint's folder in a run's.</summary>
    public const string FolderName = "checkpoint";

    private const int LoadAttempts = 5;

    /// <summary>Uses a folder; <see cref="Save"/> makes it where it does not exist.</summary>
    /// <param name="directory">The folder.</param>
    public CheckpointStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        DirectoryPath = directory;
    }

    /// <summary>The folder.</summary>
    public string DirectoryPath { get; }

    /// <summary>Whether the folder holds a checkpoint (whole or not).</summary>
    public bool Exists => File.Exists(ManifestPath);

    /// <summary>Called after each step of a save that a crash could follow, and of a load that a save could follow, with the step's name.</summary>
    internal Action<string>? StepDone { get; set; }

    private string ManifestPath => Path.Combine(DirectoryPath, CheckpointFiles.ManifestName);

    /// <summary>Finds the checkpoint of a run.</summary>
    /// <param name="path">A checkpoint's folder, or a run's, which has it under <c>checkpoint</c>.</param>
    /// <exception cref="CheckpointException">Neither holds one.</exception>
    public static CheckpointStore Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckpointStore own = new(path);
        CheckpointStore nested = new(Path.Combine(path, FolderName));
        return own.Exists
            ? own
            : nested.Exists
                ? nested
                : throw new CheckpointException($"there is no checkpoint in {path}: neither {own.ManifestPath} nor {nested.ManifestPath} exists; give the folder of a run or of a checkpoint");
    }

    /// <summary>Writes a checkpoint in the place of the present one.</summary>
    /// <param name="content">What to write.</param>
    /// <exception cref="ArgumentException">A vector is not as long as the layout says, or the updates are negative.</exception>
    /// <exception cref="CheckpointException">The folder cannot be written; the checkpoint that was there still holds.</exception>
    public void Save(CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckLengths(content);
        try
        {
            Directory.CreateDirectory(DirectoryPath);
            long updates = content.Learner?.Updates ?? Math.Max(0, content.Counters.GetValueOrDefault("updates"));
            string stamp = CheckpointFiles.FreeStamp(DirectoryPath, updates);
            ManifestFile policy = WriteTensors(CheckpointFiles.PolicyName(stamp), ParameterTensors.Split(content.Layout, content.Policy, ""));
            ManifestLearner? learner = content.Learner is null
                ? null
                : new ManifestLearner(content.Learner.Updates, WriteTensors(CheckpointFiles.LearnerName(stamp), LearnerTensors(content.Layout, content.Learner)));
            CheckpointManifest manifest = new(
                CheckpointManifest.FormatName,
                CheckpointManifest.CurrentVersion,
                content.Created.ToUniversalTime(),
                content.EnvironmentName,
                content.Seed,
                ManifestNetwork.Of(content.Layout),
                new Dictionary<string, long>(content.Counters),
                content.Evaluation,
                policy,
                learner,
                "");
            Write(CheckpointFiles.ManifestName, stream => stream.Write(ManifestCodec.Encode(manifest)));
            CheckpointFiles.DeleteOthers(DirectoryPath, learner is null ? [policy.File] : [policy.File, learner.Data.File], StepDone);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"checkpoint {DirectoryPath} cannot be written: {exception.Message}; free space or choose another run directory", exception);
        }
    }

    /// <summary>Reads the checkpoint and checks every byte of it.</summary>
    /// <returns>What was saved.</returns>
    /// <exception cref="CheckpointException">There is none, or a file is missing, cut, altered, or not of the network's shape.</exception>
    public CheckpointContent Load()
    {
        try
        {
            byte[] manifest = ReadManifest();
            for (int attempt = 1; ; attempt++)
            {
                StepDone?.Invoke($"read {CheckpointFiles.ManifestName}");
                try
                {
                    return Load(ManifestCodec.Decode(manifest, ManifestPath));
                }
                catch (Exception exception) when (attempt < LoadAttempts && exception is CheckpointException or IOException)
                {
                    // A training run may have put a newer checkpoint in this one's place meanwhile.
                    byte[] newer = ReadManifest();
                    if (newer.AsSpan().SequenceEqual(manifest))
                    {
                        throw;
                    }

                    manifest = newer;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"checkpoint {DirectoryPath} cannot be read: {exception.Message}", exception);
        }
    }

    private static void CheckLengths(CheckpointContent content)
    {
        int length = content.Layout.Length;
        TrainerState? state = content.Learner;
        if (content.Policy.Length != length
            || (state is not null && (state.Online.Length != length || state.Target.Length != length || state.FirstMoments.Length != length || state.SecondMoments.Length != length)))
        {
            throw new ArgumentException($"every vector of a checkpoint of {content.Layout.Description} must have {length} elements", nameof(content));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(state?.Updates ?? 0, nameof(content));
    }

    private static IEnumerable<SafeTensor> LearnerTensors(NetworkLayout layout, TrainerState state) =>
    [
        .. ParameterTensors.Split(layout, state.Online, "online."),
        .. ParameterTensors.Split(layout, state.Target, "target."),
        .. ParameterTensors.Split(layout, state.FirstMoments, "first_moments."),
        .. ParameterTensors.Split(layout, state.SecondMoments, "second_moments."),
    ];

    private ManifestFile WriteTensors(string name, IEnumerable<SafeTensor> tensors) =>
        Write(name, stream => SafeTensorsWriter.Write(stream, [.. tensors]));

    private ManifestFile Write(string name, Action<Stream> write)
    {
        string path = Path.Combine(DirectoryPath, name);
        string temporary = path + CheckpointFiles.TemporarySuffix;
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
        File.Move(temporary, path, overwrite: true);
        StepDone?.Invoke($"renamed {name}");
        return file;
    }

    /// <summary>The counters alone, without the weights.</summary>
    /// <returns>The counters by name, or null where there is no checkpoint or its manifest cannot be read.</returns>
    public IReadOnlyDictionary<string, long>? TryReadCounters()
    {
        try
        {
            return Exists ? ManifestCodec.Decode(ReadManifest(), ManifestPath).Counters : null;
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private byte[] ReadManifest()
    {
        using FileStream stream = Exists
            ? new FileStream(ManifestPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : throw new CheckpointException($"there is no checkpoint in {DirectoryPath}: {ManifestPath} does not exist; give the folder of a run or of a checkpoint");
        if (stream.Length > CheckpointFiles.MaximumManifestLength)
        {
            throw new CheckpointException($"checkpoint {ManifestPath} is damaged: a manifest of {stream.Length} bytes is too long; use another checkpoint");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private CheckpointContent Load(CheckpointManifest manifest)
    {
        NetworkLayout layout = manifest.Network.ToLayout()
            ?? throw new CheckpointException($"checkpoint {ManifestPath} is damaged: its network has a size below 1 or too many parameters; use another checkpoint");
        return new CheckpointContent
        {
            Created = manifest.Created,
            EnvironmentName = manifest.Environment,
            Seed = manifest.Seed,
            Layout = layout,
            Policy = LoadPolicy(layout, manifest.Policy),
            Learner = manifest.Learner is null ? null : LoadLearner(layout, manifest.Learner),
            Counters = manifest.Counters,
            Evaluation = manifest.Evaluation,
        };
    }

    private float[] LoadPolicy(NetworkLayout layout, ManifestFile file)
    {
        (string path, IReadOnlyList<SafeTensor> tensors) = CheckpointFiles.Read(DirectoryPath, file);
        return ParameterTensors.Join(layout, tensors, "", path);
    }

    private TrainerState LoadLearner(NetworkLayout layout, ManifestLearner learner)
    {
        if (learner.Updates < 0)
        {
            throw new CheckpointException($"checkpoint {ManifestPath} is damaged: its learner has {learner.Updates} updates; use another checkpoint");
        }

        (string path, IReadOnlyList<SafeTensor> tensors) = CheckpointFiles.Read(DirectoryPath, learner.Data);
        return new TrainerState
        {
            Updates = learner.Updates,
            Online = ParameterTensors.Join(layout, tensors, "online.", path),
            Target = ParameterTensors.Join(layout, tensors, "target.", path),
            FirstMoments = ParameterTensors.Join(layout, tensors, "first_moments.", path),
            SecondMoments = ParameterTensors.Join(layout, tensors, "second_moments.", path),
        };
    }
}
