using DqnAkka.Bench;

Dictionary<string, Func<string[], int>> benchmarks = new(StringComparer.Ordinal)
{
    ["cartpole"] = arguments => TrainingBenchmark.Run("cartpole", 475, seeds: 10, required: 9, arguments),
    ["acrobot"] = arguments => TrainingBenchmark.Run("acrobot", -90, seeds: 5, required: 4, arguments),
    ["mountaincar"] = arguments => TrainingBenchmark.Run("mountaincar", -120, seeds: 5, required: 4, arguments),
    ["minatar-breakout"] = arguments => TrainingBenchmark.Run("minatar-breakout", 10, seeds: 3, required: 3, arguments),
    ["catch"] = arguments => TrainingBenchmark.Run("catch", 0.99, seeds: 5, required: 5, arguments),
    ["taxi"] = arguments => TrainingBenchmark.Run("taxi", 7.5, seeds: 5, required: 4, arguments),
    ["frozenlake"] = arguments => TrainingBenchmark.Run("frozenlake", 0.70, seeds: 5, required: 4, arguments),
    ["gridgrasp"] = arguments => TrainingBenchmark.Run("gridgrasp", 0.80, seeds: 5, required: 4, arguments),
    ["planararm"] = arguments => TrainingBenchmark.Run("planararm", 0.90, seeds: 3, required: 3, arguments),
    ["memory-chain"] = arguments => TrainingBenchmark.RunControl("memory-chain", 0.2, seeds: 3, arguments),
    ["environments"] = _ => EnvironmentsBenchmark.Run(),
    ["bridge"] = BridgeBenchmark.Run,
    ["replay"] = _ => ReplayBenchmark.Run(),
    ["sumtree"] = SumTreeBenchmark.Run,
    ["learner"] = _ => LearnerBenchmark.Run(),
    ["learner-memory"] = LearnerMemoryBenchmark.Run,
    ["transport"] = TransportBenchmark.Run,
    ["shards"] = ShardBenchmark.Run,
    ["snapshots"] = arguments => SnapshotBenchmark.Run(arguments),
    ["chaos"] = arguments => ChaosBenchmark.Run(arguments),
    ["scale"] = ScaleBenchmark.Run,
    ["all-reduce"] = AllReduceBenchmark.Run,
    ["data-parallel"] = _ => DataParallelBenchmark.Run(),
    ["modes"] = ModesBenchmark.Run,
    ["staleness"] = ParameterServerBenchmark.RunStaleness,
    ["compression"] = ParameterServerBenchmark.RunCompression,
    ["memory"] = arguments => MemoryBenchmark.Run(arguments),
};

// These benchmarks start this program a second time.
if (args is [TransportBenchmark.PeerArgument])
{
    return TransportSystem.RunPeer();
}

if (args is [AllReduceBenchmark.PeerArgument])
{
    return AllReduceBenchmark.RunPeer();
}

if (args is [ShardPeer.Argument])
{
    return ShardPeer.Run();
}

if (args.Length > 0 && benchmarks.TryGetValue(args[0], out Func<string[], int>? benchmark))
{
    try
    {
        return benchmark(args[1..]);
    }
    catch (FormatException exception)
    {
        // Nothing but arguments is read from text in a form that can be wrong.
        Console.Error.WriteLine($"{args[0]} {string.Join(' ', args[1..])}: {exception.Message} docs/benchmarks.md has an example of each benchmark's arguments.");
        return 2;
    }
}

Console.Error.WriteLine($"usage: dotnet run -c Release --project bench -- {string.Join('|', benchmarks.Keys)} [--set key=value ...]");
return 2;
