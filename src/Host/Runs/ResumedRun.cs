using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>A run that <c>train --resume</c> goes on with: everything about its folder that can be wrong is checked before anything starts.</summary>
internal sealed class ResumedRun : IDisposable
{
    private readonly RunLock _lock;

    private ResumedRun(RunDirectory directory, RunLock runLock, ResolvedConfiguration configuration, LoadedCheckpoint checkpoint, string? change)
    {
        Directory = directory;
        _lock = runLock;
        Configuration = configuration;
        Checkpoint = checkpoint;
        Change = change;
    }

    /// <summary>The run's folder.</summary>
    public RunDirectory Directory { get; }

    /// <summary>What it goes on with.</summary>
    public ResolvedConfiguration Configuration { get; }

    /// <summary>The newest whole checkpoint.</summary>
    public LoadedCheckpoint Checkpoint { get; }

    /// <summary>One line on settings that change because the user insists; null where none does.</summary>
    public string? Change { get; }

    /// <summary>Number of this resumption: 1, 2, 3, …</summary>
    public int Number => (int)Math.Min(Checkpoint.Content.Counters.GetValueOrDefault(CounterNames.Resumptions), int.MaxValue - 1) + 1;

    /// <summary>Checks the folder and takes it.</summary>
    /// <param name="path">What the user named.</param>
    /// <param name="source">What the command line says beside it.</param>
    /// <param name="isForced">Whether the run goes on although settings differ.</param>
    /// <exception cref="UserErrorException">It is no run's folder, has no whole checkpoint, is another configuration's, is being trained, or is done.</exception>
    public static ResumedRun Open(string path, ConfigurationSource source, bool isForced)
    {
        string file = RequireRun(path, source);
        RunDirectory directory = RunDirectory.Open(path);
        RunLock runLock = Take(directory.Path);
        try
        {
            // Without a file of its own the command line is compared with what the run has had; the file that it was is not needed.
            bool hasConfiguration = File.Exists(file);
            ResolvedConfiguration configuration = (source.Files.Count > 0 ? source : source with { Files = [file] }).Resolve();
            Func<string, bool> matters = configuration.Options.Run.Deterministic ? SharedKeys.MustStayForTheSameCourse : SharedKeys.MustStay;
            string? change = hasConfiguration
                ? ConfigurationDrift.Require(directory.Path, RunDirectory.ReadConfiguration(file), configuration, isForced, matters, "start a new run without --resume")
                : null;
            LoadedCheckpoint checkpoint = Load(directory.Path);
            string? stray = hasConfiguration && change is null ? RequireHash(configuration, checkpoint, file, isForced) : null;
            // A deterministic run that was stopped after its last checkpoint still has its result to tell.
            if (!configuration.Options.Run.Deterministic || MetricsHistory.HasResult(directory.MetricsFile))
            {
                RequireWork(directory.Path, configuration.Options.Stop, checkpoint.Content);
            }

            return new ResumedRun(directory, runLock, configuration, checkpoint, change ?? stray);
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that the checkpoint's weights are those of the network that the run is to go on with.</summary>
    /// <param name="layout">The network.</param>
    /// <exception cref="UserErrorException">They are not; the shapes are set side by side.</exception>
    public void RequireFit(NetworkLayout layout)
    {
        NetworkLayout there = Checkpoint.Content.Layout;
        if (ShapeDifference.Describe(there, layout) is null)
        {
            return;
        }

        StringWriter table = new();
        IReadOnlyList<(string Name, string There, string Here)> rows = ShapeDifference.Rows(there, layout);
        TextTable.Write([["parameter", "there", "here"], .. rows.Select(row => new[] { row.Name, row.There, row.Here })], table);
        throw new UserErrorException(
        [
            $"checkpoint {Checkpoint.ManifestPath} is of another network ({there.Description}) than the run is to go on with ({layout.Description}): give the same network and environment, or start a new run without --resume",
            .. rows.Count == 0 ? Array.Empty<string>() : table.ToString().TrimEnd().Split(Environment.NewLine),
        ]);
    }

    /// <summary>Lets another process have the run.</summary>
    public void Dispose() => _lock.Dispose();

    private static string RequireRun(string path, ConfigurationSource source)
    {
        if (source.RunDirectory is { } other)
        {
            throw new UserErrorException($"--resume {path} names the run's folder, and --run-dir {other} another one: leave out --run-dir");
        }

        if (File.Exists(path))
        {
            throw new UserErrorException($"--resume {path} is a file: give a run's folder");
        }

        if (!System.IO.Directory.Exists(path))
        {
            throw new UserErrorException($"--resume {path} does not exist: give a run's folder");
        }

        string file = Path.Combine(path, RunDirectory.ConfigurationName);
        bool hasCheckpoints = System.IO.Directory.Exists(Path.Combine(path, RunDirectory.CheckpointName));
        if (!File.Exists(file) && !hasCheckpoints)
        {
            throw new UserErrorException($"--resume {path} is no run's folder: neither {RunDirectory.ConfigurationName} nor a folder {RunDirectory.CheckpointName} is in it");
        }

        if (!File.Exists(file) && source.Files.Count == 0)
        {
            throw new UserErrorException($"--resume {path} has lost its {RunDirectory.ConfigurationName}: give the run's configuration with --config");
        }

        return file;
    }

    private static RunLock Take(string path)
    {
        try
        {
            return RunLock.TryTake(path) ?? throw new UserErrorException($"the run in {path} is being trained by another process: wait for its end, or stop it");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UserErrorException($"run directory {path} cannot be written ({exception.Message.TrimEnd('.')}): a run is gone on with in its own folder");
        }
    }

    private static LoadedCheckpoint Load(string path)
    {
        CheckpointStore store = new(Path.Combine(path, RunDirectory.CheckpointName));
        try
        {
            return store.Load();
        }
        catch (CheckpointException exception)
        {
            throw new UserErrorException(store.Exists || store.HoldsEarlierFormat
                ? exception.Message
                : $"the run in {path} has no checkpoint to go on from: start it anew with train --config {Path.Combine(path, RunDirectory.ConfigurationName)} --run-dir DIR");
        }
    }

    /// <summary>The file may have been changed by hand: then the checkpoint is of settings that nobody can compare with any more.</summary>
    private static string? RequireHash(ResolvedConfiguration configuration, LoadedCheckpoint checkpoint, string file, bool isForced)
    {
        string? there = checkpoint.Content.ConfigurationHash;
        if (there is null || there == configuration.Options.Run.ConfigurationHash)
        {
            return null;
        }

        string fault = $"{file} is not the configuration that checkpoint {checkpoint.ManifestPath} was written under (hash {there[..12]}… there, {configuration.Options.Run.ConfigurationHash[..12]}… here)";
        return isForced
            ? $"{fault}; the run goes on with it, as --force demands"
            : throw new UserErrorException($"{fault}: put the former one back, or give --force to go on with this one");
    }

    private static void RequireWork(string path, StopOptions stop, CheckpointContent checkpoint)
    {
        long steps = checkpoint.Counters.GetValueOrDefault(CounterNames.Steps);
        if (stop.Steps > 0 && steps >= stop.Steps)
        {
            throw new UserErrorException(FormattableString.Invariant(
                $"the run in {path} has made {steps} steps, and dqn.stop.steps = {stop.Steps} ends it there: give it more, for example --set dqn.stop.steps={Math.Max(2 * stop.Steps, steps + stop.Steps)}"));
        }

        double minutes = checkpoint.Counters.GetValueOrDefault(CounterNames.ElapsedMilliseconds) / 60_000.0;
        if (stop.Minutes > 0 && minutes >= stop.Minutes)
        {
            throw new UserErrorException(FormattableString.Invariant(
                $"the run in {path} has taken {minutes:0.##} minutes, and dqn.stop.minutes = {stop.Minutes} ends it there: give it more with --set dqn.stop.minutes=N, or 0 for no limit"));
        }

        if (checkpoint.Counters.GetValueOrDefault(CounterNames.ScoreReached) == 1 && checkpoint.Evaluation is { } evaluation && evaluation.Mean >= stop.Score)
        {
            throw new UserErrorException(FormattableString.Invariant(
                $"the run in {path} has reached dqn.stop.score = {stop.Score} (mean {evaluation.Mean:0.##}): give a higher one with --set dqn.stop.score=N, or none to go on to dqn.stop.steps"));
        }
    }
}
