namespace DqnAkka.Process.Tests;

/// <summary>Four kills at random moments; thirty over a quarter of an hour are <c>bench -- chaos</c>.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_run_whose_processes_are_killed_reaches_the_score_and_its_account_closes()
    {
        using Chaos chaos = new(minutes: 1.5, seed: 20, output.WriteLine);

        string last = await chaos.RunAsync(kills: 4, over: TimeSpan.FromSeconds(45));

        (IReadOnlyList<string> lines, IReadOnlyList<string> errors) = chaos.Account.Close();
        foreach (string line in lines)
        {
            output.WriteLine(line);
        }

        Assert.Empty(errors);
        Assert.Equal(0, chaos.Unbidden);
        Assert.True(EvaluationLines.Mean(last) >= 475, last);
    }
}
