using System.Globalization;
using DqnAkka.Actors;

namespace DqnAkka.Process.Tests;

/// <summary>
/// Six processes train CartPole while one after another, chosen at random, is killed with kill -9 and started again as a supervisor
/// would. The run ends by the clock; its best policy and the account of its transitions say whether anything was lost that should not be.
/// </summary>
internal sealed class Chaos : IDisposable
{
    private static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(3);
    private readonly TestCluster _cluster;
    private readonly TestNode[] _nodes;
    private readonly Random _random;
    private readonly Action<string> _log;
    private readonly TransitionAccount _account = new();
    private readonly Dictionary<TestNode, DateTime> _restarts = [];
    private readonly DateTime _started = DateTime.UtcNow;

    /// <summary>Prepares a run.</summary>
    /// <param name="minutes">How long it trains (<c>stop.minutes</c>).</param>
    /// <param name="seed">Seed of what is killed and when.</param>
    /// <param name="log">Takes a line for everything that happens.</param>
    public Chaos(double minutes, int seed, Action<string> log)
    {
        _random = new Random(seed);
        _log = log;
        _cluster = new TestCluster(
        [
            .. ClusterTraining.Endless,
            "--set", string.Create(CultureInfo.InvariantCulture, $"dqn.stop.minutes={minutes}"),
            "--set", "dqn.checkpoint.period=2000",
        ]);
        _nodes =
        [
            _cluster.Seed("seed,learner"),
            TestCluster.Node("learner"),
            TestCluster.Node("replay"),
            TestCluster.Node("replay"),
            TestCluster.Node("runner"),
            TestCluster.Node("runner"),
        ];
    }

    /// <summary>Processes that ended although nobody killed them; each was started again.</summary>
    public int Unbidden { get; private set; }

    /// <summary>The account of all transitions.</summary>
    public TransitionAccount Account => _account;

    /// <summary>Trains and kills.</summary>
    /// <param name="kills">How many processes are killed.</param>
    /// <param name="over">The time over which they are killed, from the start of training.</param>
    /// <returns>The last line of the run: its final evaluation.</returns>
    public async Task<string> RunAsync(int kills, TimeSpan over)
    {
        foreach (TestNode node in _nodes)
        {
            _cluster.Start(node);
        }

        await TestCluster.WaitForAsync(
            _nodes[0], nodes => nodes.Count == _nodes.Length && nodes.Updates() > 0, StartLimit, "six nodes that train");
        Log("six nodes train");
        DateTime begin = DateTime.UtcNow;
        double[] moments = [.. Enumerable.Range(0, kills).Select(_ => _random.NextDouble()).Order()];
        foreach (double moment in moments)
        {
            await WatchUntilAsync(begin + (over * moment));
            TestNode victim = Choose();
            Log($"kill -9 {victim.Roles} {victim.Address}");
            victim.Process!.Kill();
            _restarts[victim] = DateTime.UtcNow + TimeSpan.FromSeconds(0.5 + (2.5 * _random.NextDouble()));
        }

        await WatchUntilAsync(begin + over);
        await SettleAsync();
        return await EndAsync();
    }

    public void Dispose() => _cluster.Dispose();

    private TestNode Choose()
    {
        TestNode[] living = [.. _nodes.Where(node => !node.Process!.HasExited)];
        return living[_random.Next(living.Length)];
    }

    private async Task WatchUntilAsync(DateTime moment)
    {
        using PeriodicTimer timer = new(PollPeriod);
        while (DateTime.UtcNow < moment)
        {
            StartWhatIsDue();
            await PollAsync();
            TimeSpan left = moment - DateTime.UtcNow;
            if (left > PollPeriod)
            {
                await timer.WaitForNextTickAsync();
            }
            else if (left > TimeSpan.Zero)
            {
                await Task.Delay(left);
            }
        }
    }

    private void StartWhatIsDue()
    {
        foreach (TestNode node in _nodes.Where(node => node.Process!.HasExited))
        {
            if (!_restarts.TryGetValue(node, out DateTime due))
            {
                Unbidden++;
                HostResult result = node.Process!.SoFar;
                Log($"{node.Roles} {node.Address} ended by itself with {result.ExitCode}: {result.ErrorLines.LastOrDefault()}");
                due = DateTime.UtcNow;
            }

            if (due <= DateTime.UtcNow)
            {
                _restarts.Remove(node);
                _account.Forget(node.Address);
                _cluster.Start(node);
                Log($"start {node.Roles} {node.Address}");
            }
        }
    }

    private async Task<bool> PollAsync()
    {
        TestNode? asked = _nodes.FirstOrDefault(node => !node.Process!.HasExited);
        if (asked is null || await TestCluster.StatusAsync(asked) is not { } nodes)
        {
            return false;
        }

        _account.Add(nodes);
        return true;
    }

    /// <summary>Waits until everybody is back, and closes the account: what is acknowledged by now must be held by what is asked afterwards.</summary>
    private async Task SettleAsync()
    {
        while (_nodes.Any(node => node.Process!.HasExited))
        {
            await WatchUntilAsync(DateTime.UtcNow + PollPeriod);
        }

        TestNode asked = _nodes[0];
        await TestCluster.WaitForAsync(
            asked,
            nodes => nodes.Count == _nodes.Length && nodes.Updates() > 0 && nodes.Shards().Count() == 2 && nodes.All(node => node.HasAnswered),
            StartLimit,
            "everybody back");
        DateTime limit = DateTime.UtcNow + StartLimit;
        while (!await PollAsync() && DateTime.UtcNow < limit)
        {
            // A machine that others keep busy may not answer in time.
        }

        _account.CloseRunners();
        // A node says of its shards what they reported last. The report that was on its way just now may be from before, the next one is not.
        for (int report = 0; report < 2; report++)
        {
            IReadOnlyDictionary<(int Shard, long Incarnation), long> before = _account.Inserts;
            while (_account.Inserts.Any(shard => before.GetValueOrDefault(shard.Key, -1) == shard.Value)
                && _nodes.Any(node => !node.Process!.HasExited) && DateTime.UtcNow < limit)
            {
                await PollAsync();
            }
        }

        Log("everybody is back");
    }

    private async Task<string> EndAsync()
    {
        string last = "";
        foreach (TestNode node in _nodes)
        {
            HostResult result = await node.Process!.WaitAsync(EndLimit);
            Log($"{node.Roles} {node.Address} ended with {result.ExitCode}");
            if (result.ExitCode != 0)
            {
                throw new InvalidOperationException($"{node.Roles} ended with {result.ExitCode}: {result.Error}");
            }

            last = result.Lines.LastOrDefault(line => line.StartsWith("evaluation ", StringComparison.Ordinal) && result.Output.Contains("ended: ", StringComparison.Ordinal)) ?? last;
        }

        return last;
    }

    private void Log(string what) =>
        _log(string.Create(CultureInfo.InvariantCulture, $"{(DateTime.UtcNow - _started).TotalSeconds,7:F1} s  {what}"));
}
