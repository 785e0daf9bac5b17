namespace DqnAkka.Learner;

/// <summary>
/// A folder of checkpoints, numbered 1, 2, 3, … Of number N: <c>policy-N.safetensors</c>, <c>learner-N.safetensors</c>,
/// <c>attachment-N-NAME.bin</c>, and <c>manifest-N.json</c>, which names them with length and SHA-256. The newest are kept, and the best by
/// evaluation. Python's safetensors reads the weights under the names of <see cref="NetworkLayout"/>; in the learner's file they are
/// prefixed <c>online.</c>, <c>target.</c>, <c>first_moments.</c> and <c>second_moments.</c> (docs/checkpoints.md).
/// </summary>
/// <remarks>
/// Each file is written under a temporary name, flushed to disk and renamed, the manifest last; only then are older ones deleted. A crash
/// at any point leaves the checkpoint whole or not there. One process writes a folder at a time; others may read it.
/// </remarks>
public sealed class CheckpointStore
{
    /// <summary>Name of the checkpoints' folder in a run's.</summary>
    public const string FolderName = "checkpoint";

    /// <summary>How many of the newest checkpoints are kept where nobody says otherwise.</summary>
    public const int DefaultKeep = 3;

    private const int LoadAttempts = 5;
    private readonly CheckpointFolder _folder;
    private readonly int _keep;
    private readonly long? _only;

    /// <summary>Uses a folder; <see cref="Save"/> makes it where it does not exist.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="keep">How many of the newest checkpoints are kept, at least 1.</param>
    public CheckpointStore(string directory, int keep = DefaultKeep)
        : this(directory, keep, only: null)
    {
    }

    private CheckpointStore(string directory, int keep, long? only)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        _folder = new CheckpointFolder(directory);
        _keep = keep;
        _only = only;
    }

    /// <summary>The folder.</summary>
    public string DirectoryPath => _folder.Path;

    /// <summary>Whether the folder holds a checkpoint (whole or not).</summary>
    public bool Exists => Numbers().Count > 0;

    /// <summary>Whether the folder holds a checkpoint of the format that had only one, which this program does not read.</summary>
    public bool HoldsEarlierFormat => File.Exists(_folder.PathOf(CheckpointNames.OldManifest));

    /// <summary>Called after each step of a save that a crash could follow, and of a load that a save could follow, with the step's name.</summary>
    internal Action<string>? StepDone
    {
        get => _folder.StepDone;
        set => _folder.StepDone = value;
    }

    /// <summary>Whether a file is called as a checkpoint's manifest is.</summary>
    /// <param name="path">The file.</param>
    public static bool IsManifest(string path) => CheckpointNames.NumberOf(Path.GetFileName(path)) is not null;

    /// <summary>Finds checkpoints.</summary>
    /// <param name="path">A folder of checkpoints; a run's, which has it under <c>checkpoint</c>; or one checkpoint's manifest, which alone is meant then.</param>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static CheckpointStore Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            return CheckpointNames.NumberOf(Path.GetFileName(path)) is { } number
                ? new CheckpointStore(Path.GetDirectoryName(Path.GetFullPath(path))!, DefaultKeep, number)
                : throw new CheckpointException($"{path} is not a checkpoint's manifest: give the folder of a run or of checkpoints, or a file manifest-N.json in it");
        }

        CheckpointStore own = new(path);
        CheckpointStore nested = new(Path.Combine(path, FolderName));
        return own.Exists ? own : nested.Exists ? nested : throw (own.HoldsEarlierFormat ? own : nested).Missing(path);
    }

    /// <summary>Writes a checkpoint, then deletes those that are no longer kept.</summary>
    /// <param name="content">What to write.</param>
    /// <returns>Under which number it was written, and the hash of its content.</returns>
    /// <exception cref="ArgumentException">A vector is not as long as the layout says, a name or a state is none, or the updates are negative.</exception>
    /// <exception cref="CheckpointException">The folder cannot be written; the checkpoints that were there still hold.</exception>
    public SavedCheckpoint Save(CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Check(content);
        try
        {
            Directory.CreateDirectory(DirectoryPath);
            long number = _folder.Newest() + 1;
            CheckpointManifest manifest = CheckpointCodec.WriteData(_folder, number, content);
            // The names of the data must be on the disk before that of what vouches for them.
            _folder.Flush();
            string name = CheckpointNames.Manifest(number);
            _folder.Write(name, stream => stream.Write(ManifestCodec.Encode(manifest)));
            _folder.Flush();
            _folder.DeleteExcept(Kept(number));
            return new SavedCheckpoint(number, _folder.PathOf(name), ManifestCodec.ContentHash(manifest));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"checkpoint {DirectoryPath} cannot be written: {exception.Message}; free space or choose another run directory", exception);
        }
    }

    /// <summary>Reads a checkpoint and checks every byte of it; one that is damaged is passed over for the one before.</summary>
    /// <param name="choice">Which one; where <see cref="Open"/> was given a manifest, there is no choice.</param>
    /// <returns>What was saved, and what was passed over.</returns>
    /// <exception cref="CheckpointException">There is none, none is whole, or the one to read is another version's.</exception>
    public LoadedCheckpoint Load(CheckpointChoice choice = CheckpointChoice.Newest)
    {
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                IReadOnlyList<long> numbers = Numbers();
                if (numbers.Count == 0)
                {
                    throw Missing(DirectoryPath);
                }

                StepDone?.Invoke("listed");
                CheckpointSearch search = new(_folder, numbers);
                LoadedCheckpoint? found = _only is not null ? search.Named() : choice == CheckpointChoice.Best ? search.Best() : search.Newest();
                // A training run may have deleted meanwhile what was to be read, and has put a newer one there before.
                bool isOvertaken = search.FirstFault is not null && attempt < LoadAttempts && !Numbers().SequenceEqual(numbers);
                if (!isOvertaken)
                {
                    return found ?? throw search.Failure();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"checkpoint {DirectoryPath} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The counters alone, without the weights, of the newest checkpoint whose manifest can be read.</summary>
    /// <returns>The counters by name, or null where there is none.</returns>
    public IReadOnlyDictionary<string, long>? TryReadCounters()
    {
        try
        {
            return CheckpointSearch.ReadManifests(_folder, Numbers()).Select(entry => entry.Manifest.Counters).FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Check(CheckpointContent content)
    {
        int length = content.Layout.Length;
        TrainerState? state = content.Learner;
        if (content.Policy.Length != length
            || (state is not null && (state.Online.Length != length || state.Target.Length != length || state.FirstMoments.Length != length || state.SecondMoments.Length != length)))
        {
            throw new ArgumentException($"every vector of a checkpoint of {content.Layout.Description} must have {length} elements", nameof(content));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(state?.Updates ?? 0, nameof(content));
        if (content.RandomStates.Values.Any(random => !random.IsValid))
        {
            throw new ArgumentException("a random stream's state must not be all zero", nameof(content));
        }

        if (content.Attachments.Keys.FirstOrDefault(name => !CheckpointNames.IsAttachment(name)) is { } wrong)
        {
            throw new ArgumentException($"an attachment cannot be called {wrong}: lower-case letters, digits and single hyphens make a name", nameof(content));
        }
    }

    private IReadOnlyList<long> Numbers() => _only is { } only ? [only] : _folder.Numbers();

    /// <summary>
    /// The newest, and the best of all that there are. One whose manifest is damaged is of no use to anybody; one that cannot be read just now,
    /// or is another version's, may be.
    /// </summary>
    private HashSet<long> Kept(long written)
    {
        HashSet<long> kept = [written];
        (long Number, CheckpointManifest Manifest)[] manifests = [.. CheckpointSearch.ReadManifests(_folder, _folder.Numbers(), whole: number => kept.Add(number))];
        kept.UnionWith(manifests.Take(_keep).Select(entry => entry.Number));
        kept.UnionWith(CheckpointSearch.ByEvaluation(manifests).Take(1));
        return kept;
    }

    private CheckpointException Missing(string path)
    {
        string why = HoldsEarlierFormat ? $"{_folder.PathOf(CheckpointNames.OldManifest)} is of an earlier version, which this program does not read"
            : _folder.UnfinishedAfter(0) is not null ? $"the only one in {DirectoryPath} was not finished"
            : $"{_folder.PathOf("manifest-N.json")} does not exist for any N";
        return new CheckpointException($"there is no checkpoint in {path}: {why}; give the folder of a run or of checkpoints");
    }
}
