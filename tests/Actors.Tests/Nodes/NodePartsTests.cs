namespace DqnAkka.Actors.Tests;

public sealed class NodePartsTests
{
    private readonly NodeParts _parts = new();

    private static NodeStatus Empty => new() { Address = "a:1", Membership = "Up", Roles = [ClusterRoles.Runner] };

    [Fact]
    public void A_status_shows_what_each_part_said_last()
    {
        Report("shard-1", Shard(1, 5));
        Report("shard-0", Shard(0, 6));
        Report("shard-1", Shard(1, 7));
        Report("mirror", new MirrorStatus(2, 3, TimeSpan.Zero));
        Report("training", new TrainingStatus { Updates = 9 });
        Assert.True(_parts.HasShards);
        NodeStatus status = _parts.Complete(Empty);
        Assert.Equal([Shard(0, 6), Shard(1, 7)], status.Shards);
        Assert.Equal(3, status.Mirror?.Version);
        Assert.Equal(9, status.Training?.Updates);
        Assert.Null(status.Runners);
    }

    [Fact]
    public void A_part_that_is_silent_for_a_while_is_gone()
    {
        Report("shard-0", Shard(0, 1));
        Report("mirror", new MirrorStatus(1, 1, TimeSpan.Zero), at: 3);
        Assert.Empty(_parts.Expire(TimeSpan.FromSeconds(5)));
        Assert.Equal(["shard-0"], _parts.Expire(TimeSpan.FromSeconds(5.1)));
        Assert.False(_parts.HasShards);
        Assert.NotNull(_parts.Complete(Empty).Mirror);
    }

    [Fact]
    public void Long_lists_keep_the_first_runners_and_the_newest_incarnations()
    {
        Report("runners", new RunnerPoolStatus(
            [.. Enumerable.Range(0, 600).Reverse().Select(i => new RunnerStatus(i, 0.1, 1, 1))],
            0,
            [.. Enumerable.Range(0, 600).Select(i => new ProgressProtocol.AcknowledgedTransitions(0, i, 1))]));
        RunnerPoolStatus pool = _parts.Complete(Empty).Runners!;
        Assert.Equal(Enumerable.Range(0, NodeStatus.MaxEntries), pool.Runners.Select(runner => runner.Index));
        Assert.Equal((NodeStatus.MaxEntries, 100L), (pool.Acknowledged.Count, pool.Acknowledged.Min(entry => entry.Incarnation)));
        Assert.True(_parts.Complete(Empty).IsCut);
    }

    [Fact]
    public void A_runner_node_is_ready_when_it_is_up_and_has_an_index_and_a_snapshot()
    {
        NodeReadiness readiness = new();
        Assert.False(readiness.Current.Ready);
        readiness.Update(Empty with { WaitsFor = "a seed node" }, isMember: false);
        Assert.Equal((false, "waits for a seed node"), readiness.Current);
        readiness.Update(Empty, isMember: true);
        Assert.Equal((false, "has no runner index yet"), readiness.Current);
        Report("runners", new RunnerPoolStatus([new RunnerStatus(0, 0.1, 1, 1)], 0, []));
        readiness.Update(_parts.Complete(Empty), isMember: true);
        Assert.Equal((false, "has no policy snapshot yet"), readiness.Current);
        Report("mirror", new MirrorStatus(1, 1, TimeSpan.Zero));
        readiness.Update(_parts.Complete(Empty), isMember: true);
        Assert.Equal((true, ""), readiness.Current);
        readiness.Update(Empty with { Roles = [ClusterRoles.Replay] }, isMember: true);
        Assert.True(readiness.Current.Ready);
    }

    [Fact]
    public void A_gradient_node_is_ready_when_a_worker_takes_part()
    {
        NodeStatus node = Empty with { Roles = [ClusterRoles.ParameterServer, ClusterRoles.Gradient] };
        NodeReadiness readiness = new();
        Report("gradient-0", new GradientMemberStatus(0, 0, 0, 0, 0));
        readiness.Update(_parts.Complete(node), isMember: true);
        Assert.Equal((false, "has no gradient worker that takes part yet"), readiness.Current);
        Report("gradient-1", new GradientMemberStatus(1, 5, 6, 0, 0));
        readiness.Update(_parts.Complete(node), isMember: true);
        Assert.Equal((true, ""), readiness.Current);
    }

    [Fact]
    public void Ranges_and_workers_are_shown_in_order()
    {
        Assert.False(_parts.HasRanges);
        Report("range-1", new ParameterRangeStatus(1, 32, 5, 6, 7, 0, 0, 0));
        Report("range-0", new ParameterRangeStatus(0, 48, 5, 6, 7, 0, 0, 0));
        Report("gradient-0", new GradientMemberStatus(0, 5, 6, 7, 8));
        Report("replica", new GradientMemberStatus(-1, 5, 6, 7, 8));
        Assert.True(_parts.HasRanges);
        NodeStatus status = _parts.Complete(Empty);
        Assert.Equal([0, 1], status.ParameterRanges.Select(range => range.Range));
        Assert.Equal([-1, 0], status.GradientMembers.Select(member => member.Index));
        Assert.False(status.IsCut);
    }

    private static ShardStatus Shard(int shard, long count) => new(shard, 1, count, count, count, 0, 0, 0);

    private void Report(string part, object status, double at = 0) =>
        _parts.Report(new NodeProtocol.PartReport(part, 0, "", status), TimeSpan.FromSeconds(at));
}
