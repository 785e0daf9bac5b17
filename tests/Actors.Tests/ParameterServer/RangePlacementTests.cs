using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>When the coordinator gives ranges their state, by which Akka places them: once placed, they stay.</summary>
public sealed class RangePlacementTests : TestKit
{
    private readonly ServerStage _stage;

    public RangePlacementTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output) => _stage = new ServerStage(this, ServerStage.Options);

    private IReadOnlyList<ParameterServerProtocol.LoadState> Loads => _stage.Said<ParameterServerProtocol.LoadState>();

    [Fact]
    public void As_many_nodes_as_ranges_are_used_at_once()
    {
        _stage.Nodes = 3;
        _stage.Start();

        Assert.Equal([0, 1, 2], Loads.Select(load => load.Range));
        Assert.Equal(0, _stage.Enter("worker").Version());
    }

    [Fact]
    public void Fewer_nodes_are_used_after_a_moment_in_which_others_may_come()
    {
        _stage.Nodes = 2;
        _stage.Start();
        _stage.Seconds(2);
        Assert.Empty(_stage.Said<IParameterRangeMessage>());

        _stage.Seconds(1);

        Assert.Equal([0, 1, 2], Loads.Select(load => load.Range));
        Assert.Equal(0, _stage.Enter("worker").Version());
    }

    [Fact]
    public void A_node_that_comes_within_that_moment_is_used_as_soon_as_it_is_there()
    {
        _stage.Nodes = 2;
        _stage.Start();
        _stage.Seconds(1);
        _stage.Nodes = 3;

        _stage.Seconds(1);

        Assert.Equal([0, 1, 2], Loads.Select(load => load.Range));
    }

    [Fact]
    public void Without_a_node_nothing_is_placed_until_one_comes_and_whoever_looks_is_told_what_is_missing()
    {
        _stage.Nodes = 0;
        _stage.Start();
        StageWorker worker = _stage.Enter("worker");
        _stage.Seconds(11);

        Assert.Empty(_stage.Said<IParameterRangeMessage>());
        Assert.Equal(RangeParametersAssembly.None, worker.Version());
        Assert.Equal(
            "nothing has moved for 10 s: the parameter server waits for ranges 0, 1, 2 of the parameter server to be loaded (is a node with the role parameter-server up?)",
            _stage.Progress.FishForMessage<ProgressProtocol.Notice>(notice => notice.Message.StartsWith("nothing has moved", StringComparison.Ordinal)).Message);

        _stage.Nodes = 1;
        _stage.Seconds(1);

        Assert.Equal(0, worker.Version());
        worker.Push(1, _stage.Gradient(1));
        Assert.Equal(1, worker.Version());
    }

    [Fact]
    public void A_node_more_changes_nothing_once_ranges_are_placed()
    {
        _stage.Nodes = 2;
        _stage.Start();
        _stage.Seconds(3);
        StageWorker worker = _stage.Enter("worker");
        worker.Push(1, _stage.Gradient(1));

        _stage.Nodes = 3;
        _stage.Seconds(10);

        Assert.Equal(3, Loads.Count);
        Assert.Equal(1, worker.Version());
        Assert.Empty(_stage.Failures);
    }
}
