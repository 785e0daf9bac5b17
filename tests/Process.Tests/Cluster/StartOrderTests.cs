namespace DqnAkka.Process.Tests;

/// <summary>The README's five processes, in whatever order somebody types them. All other tests of clusters start the seed first.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class StartOrderTests
{
    [Theory]
    [InlineData(4, 3, 2, 1, 0)]
    [InlineData(2, 4, 0, 1, 3)]
    public async Task Five_processes_train_CartPole(params int[] order)
    {
        using TestCluster cluster = new("--config", "cartpole");
        TestNode[] nodes =
        [
            cluster.Seed("seed,learner"),
            TestCluster.Node("replay"),
            TestCluster.Node("replay"),
            TestCluster.Node("runner"),
            TestCluster.Node("runner"),
        ];
        foreach (int index in order)
        {
            cluster.Start(nodes[index]);
        }

        HostResult learner = await nodes[0].Process!.WaitAsync();

        Assert.True(learner.ExitCode == 0, learner.Error);
        Assert.True(EvaluationLines.Mean(learner.Lines[^1]) >= 475, learner.Output);
        foreach (TestNode node in nodes)
        {
            HostResult result = await node.Process!.WaitAsync();
            Assert.True(result.ExitCode == 0, $"{node.Roles}: {result.ExitCode} {result.Error}");
        }
    }
}
