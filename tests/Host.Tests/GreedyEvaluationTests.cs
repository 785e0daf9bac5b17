using DqnAkka.Actors.Tests;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host.Tests;

public sealed class GreedyEvaluationTests
{
    [Fact]
    public void Each_copy_counts_its_first_episode_only_whether_terminated_or_truncated()
    {
        CountingVector environment = new(3);
        GreedyEvaluation evaluation = new(environment, (_, count, actions) => actions[..count].Fill(1));

        IReadOnlyList<double> returns = evaluation.Run(7, 40, TestContext.Current.CancellationToken);

        Assert.Equal([2.0, 3.0, 4.0], returns);
        Assert.Equal(((ulong)7, (ulong)40), environment.Seeds);
        Assert.Equal(4, environment.Steps);
    }

    [Fact]
    public void A_second_run_starts_from_nothing()
    {
        GreedyEvaluation evaluation = new(new CountingVector(2), (_, count, actions) => actions[..count].Fill(2));
        CancellationToken stop = TestContext.Current.CancellationToken;
        Assert.Equal(evaluation.Run(1, 0, stop), evaluation.Run(1, 0, stop));
    }

    [Fact]
    public void The_policy_sees_every_row()
    {
        List<(int Length, int Count)> calls = [];
        GreedyEvaluation evaluation = new(new CountingVector(3), (observations, count, _) => calls.Add((observations.Length, count)));
        evaluation.Run(1, 0, TestContext.Current.CancellationToken);
        Assert.Equal(4, calls.Count);
        Assert.All(calls, call => Assert.Equal((6, 3), call));
    }

    [Fact]
    public void Lost_episodes_begin_again_and_finished_ones_stay()
    {
        List<string> heard = [];
        using LosingVector environment = new(new CountingVector(3), losesAt: 4);
        GreedyEvaluation evaluation = new(environment, (_, count, actions) => actions[..count].Fill(1)) { EpisodesLost = heard.Add };

        IReadOnlyList<double> returns = evaluation.Run(7, 40, TestContext.Current.CancellationToken);

        // Copies of two and three steps have finished before the loss; the third has three of its four behind it and begins with none.
        Assert.Equal([2.0, 3.0, 4.0], returns);
        Assert.Equal(["lost"], heard);
        Assert.Equal(4 + 4, environment.Calls);
    }

    [Fact]
    public void A_cancelled_token_ends_it()
    {
        GreedyEvaluation evaluation = new(new CountingVector(1), (_, _, _) => { });
        Assert.Throws<OperationCanceledException>(() => evaluation.Run(1, 0, new CancellationToken(true)));
    }

    [Fact]
    public void An_episode_that_may_never_end_is_told_of_once_with_the_key_that_limits_it()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using IVectorEnvironment cliff = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CliffWalking-v1" }, 1);
        List<string> told = [];
        int steps = 0;
        GreedyPolicy walksOnTheSpot = (_, _, actions) =>
        {
            actions.Clear();
            if (++steps == 60_000)
            {
                stop.Cancel();
            }
        };

        GreedyEvaluation evaluation = new(cliff, walksOnTheSpot) { EpisodeIsLong = told.Add };

        Assert.Throws<OperationCanceledException>(() => evaluation.Run(1, 0, stop.Token));
        Assert.Contains("limit episodes with dqn.environment.max-episode-steps", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_are_those_worked_out_by_hand()
    {
        // 2, 4, 9: mean 5, squares 9 + 1 + 16 = 26, 26 / 2 = 13.
        Assert.Equal(new ReturnStatistics(3, 5, Math.Sqrt(13), 2, 9), ReturnStatistics.From([2, 4, 9]));
        Assert.Equal(new ReturnStatistics(1, 3, double.NaN, 3, 3), ReturnStatistics.From([3]));
        Assert.Throws<ArgumentException>(() => ReturnStatistics.From([]));
    }
}
