namespace DqnAkka.Learner;

/// <summary>Looks for a whole checkpoint among those of a folder, and remembers what was wrong with the others.</summary>
/// <param name="folder">The folder.</param>
/// <param name="numbers">The checkpoints' numbers, the newest first.</param>
internal sealed class CheckpointSearch(CheckpointFolder folder, IReadOnlyList<long> numbers)
{
    private readonly List<CheckpointException> _faults = [];

    /// <summary>What was wrong with the first one that was tried; null where that was whole.</summary>
    public CheckpointException? FirstFault => _faults.Count > 0 ? _faults[0] : null;

    /// <summary>The manifests that can be read, the newest first.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="numbers">The checkpoints' numbers, the newest first.</param>
    /// <param name="whole">Called with the number of each that may well be whole, though it is not read here and now.</param>
    public static IEnumerable<(long Number, CheckpointManifest Manifest)> ReadManifests(CheckpointFolder folder, IEnumerable<long> numbers, Action<long>? whole = null)
    {
        foreach (long number in numbers)
        {
            CheckpointManifest manifest;
            try
            {
                manifest = folder.ReadManifest(number);
            }
            catch (CheckpointException exception)
            {
                if (exception.IsForeign || exception.InnerException is IOException or UnauthorizedAccessException)
                {
                    whole?.Invoke(number);
                }

                continue;
            }

            yield return (number, manifest);
        }
    }

    /// <summary>Numbers of those that were evaluated, the best first, of equal ones the oldest.</summary>
    public static IEnumerable<long> ByEvaluation(IEnumerable<(long Number, CheckpointManifest Manifest)> manifests) =>
        from entry in manifests
        where entry.Manifest.Evaluation is { } evaluation && !double.IsNaN(evaluation.Mean)
        orderby entry.Manifest.Evaluation!.Mean descending, entry.Number
        select entry.Number;

    /// <summary>The newest whole one, or null.</summary>
    /// <exception cref="CheckpointException">It is another version's.</exception>
    public LoadedCheckpoint? Newest() => FirstWhole(numbers, folder.UnfinishedAfter(numbers[0]));

    /// <summary>The newest whole one, or null; that a later one was not finished is nobody's concern, since these were asked for.</summary>
    /// <exception cref="CheckpointException">It is another version's.</exception>
    public LoadedCheckpoint? Named() => FirstWhole(numbers, unfinished: null);

    /// <summary>The best whole one by evaluation, or null.</summary>
    /// <exception cref="CheckpointException">It is another version's.</exception>
    public LoadedCheckpoint? Best()
    {
        long[] evaluated = [.. ByEvaluation(ReadManifests(folder, numbers))];
        if (evaluated.Length == 0)
        {
            _faults.Add(new CheckpointException($"no checkpoint in {folder.Path} was evaluated, so none is the best: leave out the choice of the best"));
        }

        return FirstWhole(evaluated, unfinished: null);
    }

    /// <summary>Why none is whole.</summary>
    public CheckpointException Failure()
    {
        CheckpointException first = _faults[0];
        string others = _faults.Count switch
        {
            1 => "",
            2 => $"; the other one in {folder.Path} is damaged too",
            _ => $"; the other {_faults.Count - 1} in {folder.Path} are damaged too",
        };
        return new CheckpointException(first.Message + others, first);
    }

    private LoadedCheckpoint? FirstWhole(IReadOnlyList<long> candidates, long? unfinished)
    {
        foreach (long number in candidates)
        {
            try
            {
                CheckpointManifest manifest = folder.ReadManifest(number);
                CheckpointContent content = CheckpointCodec.ReadData(folder, number, manifest);
                string name = CheckpointNames.Manifest(number);
                IEnumerable<string> notices = _faults.Select(fault => NoticeOf(fault, name));
                if (unfinished is { } interrupted)
                {
                    notices = notices.Prepend($"checkpoint {interrupted} in {folder.Path} was not finished, or is being written; {name} is used instead");
                }

                return new LoadedCheckpoint(content, folder.PathOf(name), ManifestCodec.ContentHash(manifest), [.. notices]);
            }
            catch (CheckpointException exception) when (!exception.IsForeign)
            {
                _faults.Add(exception);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A disk may give back one file and not another.
                _faults.Add(new CheckpointException($"checkpoint {folder.PathOf(CheckpointNames.Manifest(number))} cannot be read: {exception.Message}", exception));
            }
        }

        return null;
    }

    private static string NoticeOf(CheckpointException fault, string used)
    {
        string message = fault.Message.EndsWith(CheckpointException.Remedy, StringComparison.Ordinal) ? fault.Message[..^(CheckpointException.Remedy.Length + 2)] : fault.Message;
        return $"{message}; {used} is used instead";
    }
}
