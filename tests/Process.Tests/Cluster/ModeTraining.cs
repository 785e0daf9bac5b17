namespace DqnAkka.Process.Tests;

/// <summary>CartPole, learned over real processes in one of the modes, with a gradient worker killed now and then where that is asked for.</summary>
internal sealed class ModeTraining : IDisposable
{
    /// <summary>The modes, by their names in the configuration.</summary>
    public static IReadOnlyList<string> Modes { get; } = ["single", "data-parallel", "parameter-server"];

    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(6);
    private readonly TestCluster _cluster;
    private readonly TestNode _seed;
    private readonly TestNode[] _workers;
    private readonly TestNode[] _others;

    /// <summary>Prepares the processes: two runners, two nodes for replay shards, and what the mode adds.</summary>
    /// <param name="mode">One of <see cref="Modes"/>.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="settings">Further arguments of every node.</param>
    public ModeTraining(string mode, int seed, params string[] settings)
    {
        string[] further = mode == "data-parallel" ? ["--set", "dqn.learner.replicas=2"] : [];
        _cluster = new TestCluster(["--config", "cartpole", "--set", $"dqn.run.seed={seed}", "--set", $"dqn.learner.mode={mode}", .. further, .. settings]);
        _seed = _cluster.Seed("seed,learner");
        _workers = mode == "parameter-server" ? [TestCluster.Node("gradient"), TestCluster.Node("gradient"), TestCluster.Node("gradient")] : [];
        string[] others = mode switch
        {
            "data-parallel" => ["learner"],
            "parameter-server" => ["parameter-server", "parameter-server"],
            _ => [],
        };
        _others = [.. others.Concat(["replay", "replay", "runner", "runner"]).Select(roles => TestCluster.Node(roles))];
    }

    /// <summary>Workers killed so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Trains to the run's end.</summary>
    /// <param name="killPeriod">Time between kills of a gradient worker; infinite for none.</param>
    /// <returns>How the node with the learner ended.</returns>
    public async Task<HostResult> RunAsync(TimeSpan killPeriod)
    {
        foreach (TestNode node in (TestNode[])[_seed, .. _others, .. _workers])
        {
            _cluster.Start(node);
        }

        Task<HostResult> end = _seed.Process!.WaitAsync(EndLimit);
        using CancellationTokenSource ended = new();
        while (await Task.WhenAny(end, Task.Delay(killPeriod, ended.Token)) != end)
        {
            TestNode victim = _workers[Kills % _workers.Length];
            if (victim.Process!.HasExited)
            {
                // The run is over, and the learner's node is the last to leave.
                continue;
            }

            Kills++;
            victim.Process.Kill();
            await victim.Process.WaitAsync();
            // As a supervisor does. The cluster takes it in again when it has agreed that the dead one is gone.
            _cluster.Start(victim);
        }

        await ended.CancelAsync();
        return await end;
    }

    /// <summary>Waits until all others have ended as well.</summary>
    /// <returns>Those that ended with another exit code than 0, in words; gradient workers, which may have been killed, do not count.</returns>
    public async Task<IReadOnlyList<string>> EndOthersAsync()
    {
        List<string> faults = [];
        foreach (TestNode node in _others)
        {
            HostResult result = await node.Process!.WaitAsync();
            if (result.ExitCode != 0)
            {
                faults.Add($"{node.Roles}: {result.ExitCode} {result.Error}");
            }
        }

        return faults;
    }

    public void Dispose() => _cluster.Dispose();
}
