namespace DqnAkka.Actors.Tests;

public sealed class RunnerLedgerTests
{
    private readonly RunnerLedger _ledger = new();

    [Fact]
    public void Adds_up_the_steps_of_each_runner_and_of_all()
    {
        _ledger.Open(3);
        _ledger.Open(5);
        _ledger.Add(Report(3, steps: 10, epsilon: 0.5));
        _ledger.Add(Report(5, steps: 7, epsilon: 0.2));
        _ledger.Add(Report(3, steps: 1, epsilon: 0.4));
        _ledger.Open(3);

        Assert.Equal([new(3, 0.4, 11, 0), new(5, 0.2, 7, 0)], _ledger.Runners());
        _ledger.Close(3);
        _ledger.Add(Report(3, steps: 2, epsilon: 0.4));

        Assert.Equal([new(5, 0.2, 7, 0)], _ledger.Runners());
        Assert.Equal(20, _ledger.Steps);
    }

    [Fact]
    public void The_rate_comes_to_that_of_late_and_falls_to_nothing_when_nothing_moves()
    {
        _ledger.Open(0);
        for (int second = 0; second < 30; second++)
        {
            _ledger.Add(Report(0, steps: 200, epsilon: 0));
            _ledger.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(200, _ledger.Runners()[0].StepsPerSecond, 0.1);
        for (int second = 0; second < 30; second++)
        {
            _ledger.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, _ledger.Runners()[0].StepsPerSecond, 0.1);
    }

    [Fact]
    public void Acknowledged_transitions_add_up_by_shard_and_incarnation_and_the_newest_are_kept()
    {
        _ledger.Add(Report(0, acknowledged: [new(0, 100, 5), new(1, 101, 6)]));
        _ledger.Add(Report(1, acknowledged: [new(1, 101, 7), new(0, 102, 8)]));
        Assert.Equal([new(0, 100, 5), new(0, 102, 8), new(1, 101, 13)], _ledger.Acknowledged());

        for (int incarnation = 0; incarnation < NodeStatus.MaxEntries; incarnation++)
        {
            _ledger.Add(Report(0, acknowledged: [new(2, 1000 + incarnation, 1)]));
        }

        Assert.Equal(Enumerable.Range(1000, NodeStatus.MaxEntries), _ledger.Acknowledged().Select(entry => (int)entry.Incarnation));
    }

    [Fact]
    public void Says_what_is_waited_for()
    {
        _ledger.Open(0);
        _ledger.Open(1);
        Assert.Equal("a policy snapshot of the learner", _ledger.DescribeWaiting());
        _ledger.Add(new EnvironmentRunnerActor.Standing(0, true, [0, 3], []));
        Assert.Equal("a policy snapshot of the learner", _ledger.DescribeWaiting());
        _ledger.Add(new EnvironmentRunnerActor.Standing(1, true, [3], []));
        Assert.Equal("credit from replay shards 0, 3", _ledger.DescribeWaiting());
        _ledger.Add(new EnvironmentRunnerActor.Standing(1, true, [0, 3], [3]));
        Assert.Equal("credit from replay shards 0, 3; no answer from replay shard 3", _ledger.DescribeWaiting());
        _ledger.Add(new EnvironmentRunnerActor.Standing(0, true, [.. Enumerable.Range(0, 20)], []));
        Assert.StartsWith("credit from replay shards 0, 1, 2, 3, 4, 5, 6, 7, …; ", _ledger.DescribeWaiting(), StringComparison.Ordinal);

        _ledger.Add(new EnvironmentRunnerActor.Standing(0, true, [], []));
        _ledger.Add(new EnvironmentRunnerActor.Standing(1, true, [], []));
        Assert.Equal("its environments, which do not come back from a step", _ledger.DescribeWaiting());
    }

    private static ProgressProtocol.RunnerReport Report(
        int runner, long steps = 0, double epsilon = 0, params ProgressProtocol.AcknowledgedTransitions[] acknowledged) =>
        new(runner, steps, epsilon, [], acknowledged);
}
