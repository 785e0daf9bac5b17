using System.Globalization;
using System.Text;
using Akka.Configuration;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Whole deterministic runs in temporary folders, which are deleted.</summary>
internal sealed class DeterministicRuns : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dqn-deterministic-").FullName;
    private int _folders;

    /// <summary>CartPole with everything that has a state: priorities, n-step returns, two shards, three runners, a dueling network, a target that follows slowly.</summary>
    public static TrainingOptions Options() => new()
    {
        Environment = new EnvironmentSpecification { Id = "CartPole-v1" },
        Network = new NetworkOptions { Hidden = [16], Dueling = true },
        Learner = new LearnerOptions
        {
            BatchSize = 16,
            BatchesPerRequest = 2,
            NStep = 3,
            PolyakTau = 0.01f,
            LearningRate = 1e-3,
            LearningRateFinal = 1e-4,
            LearningRateDecayUpdates = 300,
            Backend = ComputeBackend.Simd,
        },
        Replay = new ReplayOptions
        {
            Capacity = 300,
            Shards = 2,
            Prioritized = true,
            BetaUpdates = 300,
            MinSize = 60,
            SamplesPerInsert = 4,
            SamplesPerInsertTolerance = 100,
        },
        Runner = new RunnerOptions { Count = 3, Environments = 2, Fragment = 4 },
        Exploration = new ExplorationOptions { Kind = ExplorationKind.Anneal, EpsilonDecaySteps = 500 },
        Snapshot = new SnapshotOptions { TargetPeriod = 40, Period = 10 },
        Evaluation = new EvaluationOptions { Episodes = 3, Period = 250 },
        Checkpoint = new CheckpointOptions { Period = 45, Keep = 1000 },
        Stop = new StopOptions { Steps = 1000 },
        Run = new RunOptions { Seed = 7, Deterministic = true },
    };

    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, $"{++_folders}")).FullName;

    /// <summary>Runs to the end, or goes on to the end.</summary>
    public static async Task<DeterministicOutcome> RunAsync(TrainingOptions options, string folder, Action<ProgressReport>? onReport = null, CancellationToken stop = default)
    {
        using TextSink sink = new(Path.Combine(folder, "metrics.txt"), onReport);
        RunSummary summary = await TrainingSession.RunAsync(options with { Run = options.Run with { Directory = folder } }, Config.Empty, [sink], stop);
        return new DeterministicOutcome(summary, summary.CheckpointHash, sink.Read());
    }

    /// <summary>A folder as it was when its checkpoint of a number was the newest.</summary>
    public string CopyUpTo(string folder, int number)
    {
        string copy = NewFolder();
        File.Copy(Path.Combine(folder, "metrics.txt"), Path.Combine(copy, "metrics.txt"));
        string checkpoints = Directory.CreateDirectory(Path.Combine(copy, CheckpointStore.FolderName)).FullName;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, CheckpointStore.FolderName)))
        {
            string name = Path.GetFileName(file);
            if (NumberOf(name) is { } its && its <= number)
            {
                File.Copy(file, Path.Combine(checkpoints, name));
            }
        }

        return copy;
    }

    /// <summary>The numbers of a folder's checkpoints.</summary>
    public static IReadOnlyList<int> Numbers(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(folder, CheckpointStore.FolderName), "manifest-*.json").Select(file => NumberOf(Path.GetFileName(file))!.Value).Order(),
    ];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static int? NumberOf(string name) =>
        name.Split('-', '.').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : (int?)null).FirstOrDefault(number => number is not null);

    /// <summary>Lines of everything that must not depend on the clock.</summary>
    private sealed class TextSink : IRewindableSink, IDisposable
    {
        private readonly FileStream _file;
        private readonly Action<ProgressReport>? _onReport;

        public TextSink(string path, Action<ProgressReport>? onReport)
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
            _file.Seek(0, SeekOrigin.End);
            _onReport = onReport;
        }

        public long Commit() => _file.Length;

        public void Rewind(long length)
        {
            Assert.True(length <= _file.Length);
            _file.SetLength(length);
            _file.Seek(0, SeekOrigin.End);
        }

        public string Read()
        {
            _file.Seek(0, SeekOrigin.Begin);
            using StreamReader reader = new(_file);
            return reader.ReadToEnd();
        }

        public void Report(ProgressReport report)
        {
            Write($"report {Timeless(report)}");
            _onReport?.Invoke(report);
        }

        public void Evaluated(EvaluationResult result) => Write($"evaluation {result with { Elapsed = default }}");

        public void Notice(string message)
        {
        }

        public void Completed(RunSummary summary) => Write(
            $"summary {summary.Reason} {summary.CheckpointHash} {summary.Evaluation! with { Elapsed = default }} {Timeless(summary.Progress)}");

        public void Dispose() => _file.Dispose();

        private static ProgressReport Timeless(ProgressReport report) =>
            report with { Elapsed = default, StepsPerSecond = 0, UpdatesPerSecond = 0, LearnerBusy = 0 };

        private void Write(string line)
        {
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _file.Flush();
        }
    }
}

/// <summary>What a run came to.</summary>
internal sealed record DeterministicOutcome(RunSummary Summary, string Hash, string Metrics);
