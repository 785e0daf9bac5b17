using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>The learner and its replicas in systems of their own, with TCP connections between them.</summary>
public sealed class ReplicaTests
{
    private const double MostDeviation = 1e-5;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Learning_together_follows_single_training_on_the_same_batches(int members)
    {
        await using ReplicatedLearner learner = new(members);
        await using ReplicaSystem first = Start(learner);
        await using ReplicaSystem? second = members == 3 ? Start(learner) : null;
        learner.StepUntil(() => learner.Exchange.View.Members == members);
        learner.Steps(200);
        Assert.Equal(members, learner.Exchange.View.Members);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
        Assert.True(learner.Exchange.WaitedTicks > 0);
    }

    [Fact]
    public async Task Alone_it_is_the_local_trainer_bit_by_bit()
    {
        await using ReplicatedLearner learner = new(2);
        learner.Steps(50);
        Assert.Equal(0, learner.Deviation());
        Assert.Equal(0, learner.Exchange.WaitedTicks);
    }

    [Fact]
    public async Task A_member_that_dies_in_the_middle_of_a_step_is_dropped_and_the_step_repeated_without_it()
    {
        await using ReplicatedLearner learner = new(3);
        await using ReplicaSystem lasting = Start(learner);
        ReplicaSystem? dying = null;
        dying = ReplicaSystem.Start(learner.GroupPath, () => new HookedTrainer(ReplicatedRun.CreateTrainer(isLearner: false))
        {
            BeforeGradient = number =>
            {
                if (number == 50)
                {
                    dying!.System.Stop(dying.Replica);
                    throw new InvalidOperationException("dies");
                }
            },
        });
        await using ReplicaSystem ended = dying;
        learner.StepUntil(() => learner.Exchange.View.Members == 3);
        learner.StepUntil(() => learner.Exchange.View.Members == 2);
        learner.Steps(100);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
        Assert.Contains(learner.Notices, notice => notice.EndsWith("2 of at most 3 learn together", StringComparison.Ordinal) && notice.Contains(" left the learners", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_joins_takes_part_from_the_next_step_with_the_same_parameters()
    {
        await using ReplicatedLearner learner = new(2);
        learner.Steps(20);
        HookedTrainer trainer = new(ReplicatedRun.CreateTrainer(isLearner: false));
        await using ReplicaSystem replica = ReplicaSystem.Start(learner.GroupPath, () => trainer);
        learner.StepUntil(() => learner.Exchange.View.Members == 2);
        // The step that it joined before is its first.
        learner.Steps(100);
        Assert.Equal(101, trainer.Gradients);
        Assert.InRange(trainer.Copies, 10, 11);
        Assert.Single(learner.Notices);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
    }

    [Fact]
    public async Task One_whose_parameters_differ_is_dropped_with_a_notice_and_joins_again_with_the_whole_state()
    {
        await using ReplicatedLearner learner = new(2);
        await using ReplicaSystem replica = ReplicaSystem.Start(learner.GroupPath, () => new HookedTrainer(ReplicatedRun.CreateTrainer(isLearner: false))
        {
            AfterCopy = (number, parameters) => parameters[5] += number == 3 ? 1e-3f : 0,
        });
        learner.StepUntil(() => learner.Notices.Count == 3);
        learner.Steps(50);
        Assert.Equal(2, learner.Exchange.View.Members);
        Assert.Contains("differ from the learner's", learner.Notices[1], StringComparison.Ordinal);
        Assert.Contains(" joined the learners", learner.Notices[2], StringComparison.Ordinal);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
    }

    [Theory]
    [InlineData(typeof(ReplicaProtocol.StepBegin))]
    [InlineData(typeof(ReplicaProtocol.Rows))]
    [InlineData(typeof(ReplicaProtocol.GroupFormed))]
    [InlineData(typeof(ReplicaProtocol.State))]
    [InlineData(typeof(ReplicaProtocol.Segment))]
    public async Task Messages_that_are_lost_heal_by_the_deadline(Type lost)
    {
        await using ReplicatedLearner learner = new(2, timeoutSeconds: 0.25);
        int count = 0;
        bool isOfJoining = lost == typeof(ReplicaProtocol.GroupFormed) || lost == typeof(ReplicaProtocol.State);
        // Segments go straight from member to member; the first of this type, and the eleventh, is lost on the learner's side.
        await using ReplicaSystem replica = ReplicaSystem.Start(
            learner.GroupPath,
            () => ReplicatedRun.CreateTrainer(isLearner: false),
            message => message.GetType() == lost && ++count is 1 or 11);
        learner.StepUntil(() => learner.Exchange.View.Members == 2 && count >= (isOfJoining ? 2 : 20));
        learner.Steps(20);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
    }

    [Fact]
    public async Task A_gradient_that_is_not_finite_is_skipped_by_all_alike()
    {
        await using ReplicatedLearner learner = new(2);
        await using ReplicaSystem replica = Start(learner);
        learner.StepUntil(() => learner.Exchange.View.Members == 2);
        long updates = learner.Trainer.Updates;
        float[] errors = new float[ReplicatedRun.BatchSize];
        float[] before = ReplicatedLearner.ParametersOf(learner.Trainer);
        TrainingBatch batch = learner.Trainer.NextBatch(ReplicatedRun.BatchSize);
        ReplicatedRun.Fill(batch, 1);
        batch.Returns[^1] = float.NaN;
        Assert.True(learner.Trainer.Step(batch, 1e-3f, errors).IsSkipped);
        Assert.Equal(updates, learner.Trainer.Updates);
        Assert.Equal(before, ReplicatedLearner.ParametersOf(learner.Trainer));
        // Ten steps later the checksums are compared: the replica has skipped it too.
        learner.Steps(30);
        Assert.Equal(2, learner.Exchange.View.Members);
        Assert.Single(learner.Notices);
    }

    [Fact]
    public async Task One_with_another_arithmetic_is_refused_in_one_line()
    {
        await using ReplicatedLearner learner = new(2);
        TaskCompletionSource<Exception> refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ReplicaSystem replica = ReplicaSystem.Start(
            learner.GroupPath,
            () => new HookedTrainer(ReplicatedRun.CreateTrainer(isLearner: false)) { Arithmetic = "abacus" },
            fail: refused.SetResult);
        Exception exception = await refused.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.IsType<ReplicaRefusedException>(exception);
        Assert.Contains("computes with abacus, the learner with simd", exception.Message, StringComparison.Ordinal);
        learner.Steps(1);
        Assert.Equal(1, learner.Exchange.View.Members);
    }

    [Fact]
    public async Task A_replica_beyond_the_limit_waits_until_there_is_room()
    {
        await using ReplicatedLearner learner = new(2);
        ReplicaSystem first = Start(learner);
        learner.StepUntil(() => learner.Exchange.View.Members == 2);
        await using ReplicaSystem second = Start(learner);
        learner.Steps(20);
        await first.DisposeAsync();
        learner.StepUntil(() => learner.Notices.Count == 3);
        learner.Steps(20);
        Assert.Equal(2, learner.Exchange.View.Members);
        Assert.InRange(learner.Deviation(), 0, MostDeviation);
    }

    private static ReplicaSystem Start(ReplicatedLearner learner) =>
        ReplicaSystem.Start(learner.GroupPath, () => ReplicatedRun.CreateTrainer(isLearner: false));
}
