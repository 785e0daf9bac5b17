using System.Buffers.Binary;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The state of a deterministic run as a checkpoint has it, without a word of the clock: two runs that do the same write the same.</summary>
/// <param name="layout">The network's shape.</param>
/// <param name="options">The run's options.</param>
internal sealed class DeterministicCheckpoints(NetworkLayout layout, TrainingOptions options)
{
    private const string Barrier = "barrier";
    private const string Evaluations = "evaluations";
    private const string NextEvaluation = "next-evaluation";
    private const string BestUpdates = "best-updates";
    private const string MetricsLength = "metrics-bytes";
    private const string ReplaySize = "replay-size";
    private const string Returns = "returns";

    /// <summary>What is to be saved.</summary>
    /// <param name="state">The run's state.</param>
    public CheckpointContent Write(DeterministicState state)
    {
        RunCourse course = state.Course;
        return new CheckpointContent
        {
            EnvironmentName = options.Environment.DisplayName,
            Seed = options.Run.Seed,
            Layout = layout,
            Policy = state.Policy.Parameters,
            Learner = state.Trainer,
            Counters = Count(state),
            Evaluation = course.BestResult is { } best
                ? new CheckpointEvaluation(best.Step, best.Episodes, best.Mean, best.Deviation, best.Minimum, best.Maximum)
                : null,
            ConfigurationHash = options.Run.ConfigurationHash.Length > 0 ? options.Run.ConfigurationHash : null,
            Attachments = state.Shards
                .Select((shard, index) => KeyValuePair.Create(ShardName(index), CheckpointAttachment.From(shard.Write)))
                .Append(KeyValuePair.Create(Returns, CheckpointAttachment.From(stream => WriteReturns(stream, course.Returns))))
                .ToDictionary(),
        };
    }

    /// <summary>The state that was saved.</summary>
    /// <param name="content">The checkpoint.</param>
    /// <exception cref="CheckpointException">It is not one of a deterministic run.</exception>
    public DeterministicState Read(CheckpointContent content)
    {
        IReadOnlyDictionary<string, long> counters = content.Counters;
        if (content.Learner is not { } trainer || !counters.ContainsKey(Barrier))
        {
            throw new CheckpointException(
                "the checkpoint is not of a deterministic run, and holds no replay memory to go on with: set dqn.run.deterministic = false, or begin a new run");
        }

        return new DeterministicState
        {
            Barrier = counters[Barrier],
            Trainer = trainer,
            Counters = counters,
            Snapshot = new PolicySnapshot(0, 0, trainer.Updates, counters.GetValueOrDefault(CounterNames.Steps), trainer.Online),
            Shards = [.. Enumerable.Range(0, options.Replay.Shards).Select(shard => ReadShard(content, shard))],
            Course = ReadCourse(content),
        };
    }

    private static string ShardName(int shard) => $"replay-{shard}";

    /// <summary>Every counter of the learner but the time, and the course's numbers; a float64 goes by its bits.</summary>
    private static Dictionary<string, long> Count(DeterministicState state)
    {
        RunCourse course = state.Course;
        ProgressReport report = course.LastReport;
        Dictionary<string, long> counters = new(state.Counters.Where(counter => counter.Key != CounterNames.ElapsedMilliseconds))
        {
            [Barrier] = state.Barrier,
            [CounterNames.Episodes] = course.Episodes,
            [Evaluations] = course.Evaluations,
            [NextEvaluation] = course.NextEvaluation,
            [BestUpdates] = course.BestResult?.Updates ?? 0,
            [CounterNames.ScoreReached] = course.IsDecided ? 1 : 0,
            [MetricsLength] = course.MetricsLength,
            [ReplaySize] = report.ReplaySize,
        };
        foreach ((string name, double value) in Numbers(report))
        {
            counters[name] = BitConverter.DoubleToInt64Bits(value);
        }

        return counters;
    }

    private static IEnumerable<(string Name, double Value)> Numbers(ProgressReport report) =>
    [
        ("loss-bits", report.Loss),
        ("mean-absolute-td-error-bits", report.MeanAbsoluteTdError),
        ("mean-q-bits", report.MeanQ),
        ("return-mean-bits", report.ReturnMean),
        ("return-deviation-bits", report.ReturnDeviation),
        ("epsilon-low-bits", report.EpsilonLow),
        ("epsilon-high-bits", report.EpsilonHigh),
        ("limiter-error-bits", report.LimiterError),
    ];

    private RunCourse ReadCourse(CheckpointContent content)
    {
        IReadOnlyDictionary<string, long> counters = content.Counters;
        EvaluationResult? best = content.Evaluation is { } evaluation
            ? new EvaluationResult(
                evaluation.Step, counters[BestUpdates], evaluation.Episodes, evaluation.Mean, evaluation.Deviation, evaluation.Minimum, evaluation.Maximum)
            : null;
        return new RunCourse
        {
            Episodes = counters[CounterNames.Episodes],
            Evaluations = counters[Evaluations],
            NextEvaluation = counters[NextEvaluation],
            Returns = ReadReturns(content),
            Best = best is null ? null : new PolicySnapshot(0, 0, best.Updates, best.Step, content.Policy),
            BestResult = best,
            IsDecided = counters[CounterNames.ScoreReached] != 0,
            MetricsLength = counters[MetricsLength],
            LastReport = RunCourse.Begin(options).LastReport with
            {
                Steps = counters.GetValueOrDefault(CounterNames.Steps),
                Episodes = counters[CounterNames.Episodes],
                Updates = counters.GetValueOrDefault(CounterNames.Updates),
                Inserts = counters.GetValueOrDefault(CounterNames.Inserts),
                Samples = counters.GetValueOrDefault(CounterNames.Samples),
                ReplaySize = counters[ReplaySize],
                SkippedUpdates = counters.GetValueOrDefault(CounterNames.SkippedUpdates),
                Loss = Number("loss-bits"),
                MeanAbsoluteTdError = Number("mean-absolute-td-error-bits"),
                MeanQ = Number("mean-q-bits"),
                ReturnMean = Number("return-mean-bits"),
                ReturnDeviation = Number("return-deviation-bits"),
                EpsilonLow = Number("epsilon-low-bits"),
                EpsilonHigh = Number("epsilon-high-bits"),
                LimiterError = Number("limiter-error-bits"),
            },
        };

        double Number(string name) => BitConverter.Int64BitsToDouble(counters[name]);
    }

    private static ShardContents ReadShard(CheckpointContent content, int shard)
    {
        using Stream stream = Open(content, ShardName(shard));
        return ShardContents.Read(stream);
    }

    private static void WriteReturns(Stream stream, IReadOnlyList<double> returns)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        foreach (double value in returns)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    private static List<double> ReadReturns(CheckpointContent content)
    {
        using Stream stream = Open(content, Returns);
        List<double> returns = [];
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        while (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length)
        {
            returns.Add(BinaryPrimitives.ReadDoubleLittleEndian(bytes));
        }

        return returns;
    }

    private static Stream Open(CheckpointContent content, string name) => content.Attachments.TryGetValue(name, out CheckpointAttachment? attachment)
        ? attachment.OpenRead()
        : throw new CheckpointException($"the checkpoint has no {name}: give the same dqn.replay.shards as at the start");
}
