namespace DqnAkka.Actors.Tests;

/// <summary>The learner here, its replicas in real processes of their own.</summary>
public sealed class ReplicaProcessTests
{
    private const double MostDeviation = 1e-5;

    [Fact]
    public async Task Learning_together_over_processes_follows_single_training()
    {
        await using ReplicatedLearner learner = new(3);
        using ReplicaChildProcess first = ReplicaChildProcess.Start(learner.GroupPath);
        using ReplicaChildProcess second = ReplicaChildProcess.Start(learner.GroupPath);
        learner.StepUntil(() => learner.Exchange.View.Members == 3);
        learner.Steps(200);
        Assert.Equal(3, learner.Exchange.View.Members);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
    }

    [Fact]
    public async Task A_process_killed_in_the_middle_of_a_step_costs_that_attempt_only()
    {
        await using ReplicatedLearner learner = new(3, timeoutSeconds: 0.5);
        using ReplicaChildProcess lasting = ReplicaChildProcess.Start(learner.GroupPath);
        using ReplicaChildProcess dying = ReplicaChildProcess.Start(learner.GroupPath, diesAt: 60);
        learner.StepUntil(() => learner.Exchange.View.Members == 3);
        learner.StepUntil(() => learner.Exchange.View.Members == 2);
        learner.Steps(100);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
        Assert.Contains(learner.Notices, notice => notice.Contains(" left the learners", StringComparison.Ordinal));
    }
}
