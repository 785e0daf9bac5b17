using System.Globalization;

namespace DqnAkka.Actors;

/// <summary>What a pool knows of its runners: where they stand, what they wait for, and what shards have acknowledged to them.</summary>
internal sealed class RunnerLedger
{
    private const int MaxNamed = 8;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);
    private readonly SortedDictionary<int, Account> _accounts = [];
    private readonly Dictionary<(int Shard, long Incarnation), long> _acknowledged = [];

    /// <summary>Environment steps of all runners, also of those that are gone.</summary>
    public long Steps { get; private set; }

    /// <summary>Opens the account of a runner, unless it has one.</summary>
    public void Open(int index) => _accounts.TryAdd(index, new Account());

    /// <summary>Closes the account of a runner that is another node's from now on.</summary>
    public void Close(int index) => _accounts.Remove(index);

    /// <summary>Takes a runner's report.</summary>
    public void Add(ProgressProtocol.RunnerReport report)
    {
        Steps += report.Steps;
        if (_accounts.TryGetValue(report.Runner, out Account? account))
        {
            account.Steps += report.Steps;
            account.Epsilon = report.Epsilon;
        }

        foreach (ProgressProtocol.AcknowledgedTransitions entry in report.Acknowledged)
        {
            (int, long) key = (entry.Shard, entry.Incarnation);
            _acknowledged[key] = _acknowledged.GetValueOrDefault(key) + entry.Transitions;
        }

        while (_acknowledged.Count > NodeStatus.MaxEntries)
        {
            _acknowledged.Remove(_acknowledged.Keys.MinBy(key => key.Incarnation));
        }
    }

    /// <summary>Takes what a runner has to go on with.</summary>
    public void Add(EnvironmentRunnerActor.Standing standing)
    {
        if (_accounts.TryGetValue(standing.Index, out Account? account))
        {
            account.Standing = standing;
        }
    }

    /// <summary>Some time has passed: rates are means over the last few seconds, the latest weighing most.</summary>
    public void Advance(TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero)
        {
            return;
        }

        double weight = 1 - Math.Exp(-elapsed / Memory);
        foreach (Account account in _accounts.Values)
        {
            double rate = (account.Steps - account.CountedSteps) / elapsed.TotalSeconds;
            account.StepsPerSecond += weight * (rate - account.StepsPerSecond);
            account.CountedSteps = account.Steps;
        }
    }

    /// <summary>The runners, by index, as far as they fit a status.</summary>
    public IReadOnlyList<RunnerStatus> Runners() =>
        [.. _accounts.Take(NodeStatus.MaxEntries).Select(entry => new RunnerStatus(entry.Key, entry.Value.Epsilon, entry.Value.Steps, entry.Value.StepsPerSecond))];

    /// <summary>What was acknowledged, by shard and incarnation.</summary>
    public IReadOnlyList<ProgressProtocol.AcknowledgedTransitions> Acknowledged() =>
    [
        .. _acknowledged.OrderBy(entry => entry.Key)
            .Select(entry => new ProgressProtocol.AcknowledgedTransitions(entry.Key.Shard, entry.Key.Incarnation, entry.Value)),
    ];

    /// <summary>What the runners wait for if none of them steps, in words that complete "waits for …".</summary>
    public string DescribeWaiting()
    {
        EnvironmentRunnerActor.Standing?[] standings = [.. _accounts.Values.Select(account => account.Standing)];
        if (standings.Any(standing => standing is not { HasPolicy: true }))
        {
            return "a policy snapshot of the learner";
        }

        int[] closed = [.. standings.SelectMany(standing => standing!.Closed).Distinct().Order()];
        int[] silent = [.. standings.SelectMany(standing => standing!.Silent).Distinct().Order()];
        return (closed.Length, silent.Length) switch
        {
            (0, _) => "its environments, which do not come back from a step",
            (_, 0) => $"credit from {Name(closed)}",
            _ => $"credit from {Name(closed)}; no answer from {Name(silent)}",
        };
    }

    private static string Name(int[] shards)
    {
        string numbers = string.Join(", ", shards.Take(MaxNamed).Select(shard => shard.ToString(CultureInfo.InvariantCulture)));
        return $"replay {(shards.Length == 1 ? "shard" : "shards")} {numbers}{(shards.Length > MaxNamed ? ", …" : "")}";
    }

    private sealed class Account
    {
        public long Steps { get; set; }

        public long CountedSteps { get; set; }

        public double StepsPerSecond { get; set; }

        public double Epsilon { get; set; }

        public EnvironmentRunnerActor.Standing? Standing { get; set; }
    }
}
