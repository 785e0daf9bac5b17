using Akka.Configuration;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

/// <summary>Copies that end after 2 + i steps with reward 1 a step (copy 1 is truncated, the others terminate) and then go on with reward 100.</summary>
internal sealed class CountingVector(int count, Space? actions = null, int size = 2) : IVectorEnvironment
{
    private readonly int[] _steps = new int[count];

    public int Count => count;

    public Space ObservationSpace { get; } = new BoxSpace(new float[size], Enumerable.Repeat(1f, size).ToArray());

    public Space ActionSpace { get; } = actions ?? new DiscreteSpace(3);

    public (ulong Seed, ulong Index) Seeds { get; private set; }

    public int Steps { get; private set; }

    public void Reset(ulong seed, ulong firstIndex, Span<float> observations)
    {
        Seeds = (seed, firstIndex);
        Steps = 0;
        Array.Clear(_steps);
        observations.Clear();
    }

    public void Step(ReadOnlySpan<int> actions, Span<float> observations, Span<double> rewards, Span<bool> terminated, Span<bool> truncated, Span<float> finalObservations)
    {
        Steps++;
        for (int i = 0; i < count; i++)
        {
            _steps[i]++;
            bool first = _steps[i] <= 2 + i;
            bool end = _steps[i] % (2 + i) == 0;
            rewards[i] = first ? actions[i] : 100;
            truncated[i] = end && i == 1;
            terminated[i] = end && i != 1;
        }
    }
}

internal sealed class FakeEnvironments(Func<EnvironmentSpecification, IVectorEnvironment>? create = null) : IEnvironmentSource
{
    public EnvironmentSpecification? Specification { get; private set; }

    public IReadOnlyList<EnvironmentEntry> Listed { get; init; } =
    [
        new("Zed-v0", new BoxSpace([0], [1]), new DiscreteSpace(2), 0, null, "Last by name.") { Family = "Letters" },
        new("Abc-v1", new BoxSpace([0, 0], [1, 1], ObservationType.Boolean), new DiscreteSpace(3), 500, 475, "First by name.") { Family = "Letters" },
        new("One-v0", new BoxSpace([0], [1]), new DiscreteSpace(4), 9, 0.5, "A number.") { Family = "Numbers" },
    ];

    public IReadOnlyList<EnvironmentEntry> List() => Listed;

    public (ObservationFormat Observation, int ActionCount) RequireSpaces(EnvironmentSpecification specification)
    {
        Specification = specification;
        IVectorEnvironment environment = create?.Invoke(specification) ?? new CountingVector(1);
        return (((BoxSpace)environment.ObservationSpace).Format, ((DiscreteSpace)environment.ActionSpace).Count);
    }

    public Func<IEnvironment>? Single { get; init; }

    public IEnvironment Create(EnvironmentSpecification specification)
    {
        Specification = specification;
        return Single?.Invoke() ?? EnvironmentFactory.Create(specification);
    }

    public IScriptedPolicy? FindScriptedPolicy(EnvironmentSpecification specification) => new EnvironmentSourceAdapter().FindScriptedPolicy(specification);

    public IVectorEnvironment CreateVector(EnvironmentSpecification specification, int count) => new CountingVector(count);
}

internal sealed class FakeCheckpoints(NetworkLayout? layout = null, string environmentName = "Zed-v0") : ICheckpointSource
{
    public CheckpointChoice? Choice { get; private set; }

    public RunnerOptions? Runner { get; private set; }

    public SavedPolicy Load(string directory, CheckpointChoice choice, IReadOnlyList<string> networkPath, RunnerOptions runner)
    {
        Choice = choice;
        Runner = runner;
        return Load(directory);
    }

    private SavedPolicy Load(string directory) => File.Exists(Path.Combine(directory, "damaged"))
        ? throw new UserErrorException($"{directory} is damaged")
        : new(layout ?? new NetworkLayout(2, 3, new NetworkOptions()), environmentName, (_, count, actions) => actions[..count].Fill(1), File.Exists(Path.Combine(directory, "skipped")) ? ["manifest-9.json is damaged"] : []);

    public LoadedCheckpoint Read(string path, CheckpointChoice choice) => new CheckpointSourceAdapter().Read(path, choice);
}

internal sealed class FakeSession(Func<IReadOnlyList<IProgressSink>, CancellationToken, RunSummary> run) : ITrainingSession
{
    public TrainingOptions? Options { get; private set; }

    public Config Akka { get; private set; } = Config.Empty;

    public IFragmentSource? Source { get; private set; }

    public Action<IFragmentSource> Read { get; init; } = _ => { };

    public Task<RunSummary> RunAsync(
        TrainingOptions options, Config akka, IReadOnlyList<IProgressSink> sinks, IFragmentSource? source, CancellationToken stop)
    {
        Source = source;
        if (source is not null)
        {
            Read(source);
        }

        Options = options;
        Akka = akka;
        return Task.FromResult(run(sinks, stop));
    }
}

internal sealed class FakeNodeSession(Func<NodeStart, CancellationToken, NodeEnd> run) : INodeSession
{
    public NodeStart? Start { get; private set; }

    public Task<NodeEnd> RunAsync(NodeStart start, CancellationToken leave)
    {
        Start = start;
        return Task.FromResult(run(start, leave));
    }
}

/// <summary>A disk without room.</summary>
internal sealed class FullStream : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");

    public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
}

/// <summary>The whole program in process, with fakes behind it and captured output.</summary>
internal sealed class Host : IDisposable
{
    public StringWriter Output { get; } = new() { NewLine = "\n" };

    public TextWriter? BrokenOutput { get; init; }

    public StringWriter Error { get; } = new() { NewLine = "\n" };

    public FakeEnvironments Environments { get; init; } = new();

    public FakeCheckpoints Checkpoints { get; init; } = new();

    public FakeSession Session { get; init; } = new((_, _) => Samples.Summary(StopReason.Score));

    public FakeNodeSession Nodes { get; init; } = new((_, _) => new NodeEnd(NodeEndKind.RunEnded, "", StopReason.Score));

    public TemporaryFolder Folder { get; } = new();

    public Task<int> Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    public Task<int> Run(CancellationToken stop, params string[] arguments) =>
        new Application(new HostCollaborators(Session, Nodes, Environments, Checkpoints), new HostConsole(BrokenOutput ?? Output, Error, false)).RunAsync(arguments, stop);

    public void Dispose()
    {
        Folder.Dispose();
        Output.Dispose();
        Error.Dispose();
    }
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dqn-host-").FullName;

    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, true);
}

internal static class Samples
{
    public static ProgressReport Report(double seconds = 12.5, long steps = 12_345) => new()
    {
        Elapsed = TimeSpan.FromSeconds(seconds),
        Steps = steps,
        Episodes = 67,
        Updates = 6_000,
        Inserts = 12_000,
        Samples = 384_000,
        ReplaySize = 12_000,
        EpsilonLow = 0.05,
        EpsilonHigh = 0.4,
        Loss = 0.0123456,
        MeanAbsoluteTdError = 0.25,
        MeanQ = 43.21,
        ReturnMean = 123.456,
        ReturnDeviation = 7.8,
        StepsPerSecond = 54_321.6,
        UpdatesPerSecond = 999.4,
        LearnerBusy = 0.934,
        RunnerRestarts = 1,
        LearnerRestarts = 0,
        DeadLetters = 2,
        RecentSamplesPerInsert = 31.5,
        LimiterError = 0.975,
    };

    public static ProgressReport Empty() => Report(0, 0) with
    {
        Updates = 0,
        Inserts = 0,
        Samples = 0,
        Loss = double.NaN,
        MeanAbsoluteTdError = double.NaN,
        MeanQ = double.NaN,
        ReturnMean = double.NaN,
        ReturnDeviation = double.NaN,
        RecentSamplesPerInsert = double.NaN,
        LimiterError = double.NaN,
    };

    public static EvaluationResult Evaluation(long step = 10_000, double mean = 487.25) =>
        new(step, 5_000, 100, mean, 12.34567, 431, 500) { Elapsed = TimeSpan.FromSeconds(10) };

    public static RunSummary Summary(StopReason reason) => new()
    {
        Reason = reason,
        Failure = reason == StopReason.Failed ? "the environment broke" : "",
        Evaluation = Evaluation(),
        Progress = Report(),
        CheckpointDirectory = "/runs/a/checkpoint",
    };
}
