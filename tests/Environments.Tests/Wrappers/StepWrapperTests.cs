namespace DqnAkka.Environments.Tests;

public sealed class StepWrapperTests
{
    private static readonly BoxSpace Pairs = new([0, 0], [100, 100]);

    [Fact]
    public void The_larger_of_the_last_two_frames_is_seen_and_rewards_are_summed()
    {
        MaxAndSkipObservation skip = new(
            new ScriptedEnvironment(Pairs, [0, 0], [50, 50], [9, 1], [2, 8], [3, 30], [4, 20], [5, 10], [6, 5], [7, 6]), 3);
        float[] observation = new float[2];
        skip.Reset(observation);
        Assert.Equal(new StepResult(1 + 2 + 3, false, false), skip.Step(1, observation));
        Assert.Equal([9, 8], observation);
        Assert.Equal(new StepResult(4 + 5 + 6, false, false), skip.Step(1, observation));
        Assert.Equal([5, 20], observation);
        // An end after two of three: both are looked at.
        Assert.Equal(new StepResult(7 + 8, true, false), skip.Step(1, observation));
        Assert.Equal([7, 6], observation);
    }

    [Fact]
    public void An_end_at_the_first_of_several_frames_shows_that_one()
    {
        MaxAndSkipObservation skip = new(new ScriptedEnvironment(Pairs, [90, 90], [1, 2]), 4);
        float[] observation = new float[2];
        skip.Reset(observation);
        Assert.Equal(new StepResult(1, true, false), skip.Step(1, observation));
        Assert.Equal([1, 2], observation);
    }

    [Fact]
    public void A_frame_skip_shows_the_last_frame_and_stops_at_an_end()
    {
        ScriptedEnvironment inner = new(Pairs, [0, 0], [9, 9], [1, 2], [3, 4], [5, 6]);
        FrameSkip skip = new(inner, 2);
        float[] observation = new float[2];
        skip.Reset(observation);
        Assert.Equal(new StepResult(3, false, false), skip.Step(4, observation));
        Assert.Equal([1, 2], observation);
        Assert.Equal(new StepResult(7, true, false), skip.Step(5, observation));
        Assert.Equal([4, 4, 5, 5], inner.Actions);
        skip.Reset(observation);
        Assert.Equal(3, new FrameSkip(new TimeLimit(new CountingEnvironment(), 2), 5).StepAfterReset(0).Reward);
    }

    [Theory]
    [InlineData("FrameSkip(skip=3)", 1)]
    [InlineData("FrameSkip(skip=1)", 4)]
    [InlineData("MaxAndSkipObservation(skip=3)", 1)]
    [InlineData("ClipReward(min_reward=0)", 4)]
    public void Stacks_of_which_steps_are_left_out_are_no_stacks_to_who_keeps_each_frame_once(string wrapper, int stack)
    {
        IEnvironment environment = EnvironmentFactory.Create(
            new EnvironmentSpecification { Id = "CartPole-v1", Wrappers = ["FrameStackObservation(stack_size=4)", wrapper] });
        BoxSpace space = Assert.IsType<BoxSpace>(environment.ObservationSpace);
        Assert.Equal((stack, 16), (space.Format.Stack, space.Size));
        Assert.Equal(((BoxSpace)new FrameStackObservation(EnvironmentFactory.Create(new EnvironmentSpecification { Id = "CartPole-v1" }), 4).ObservationSpace).Format.Shape, space.Format.Shape);
    }

    [Fact]
    public void A_sticky_action_repeats_what_was_taken_at_the_given_rate_and_never_begins_an_episode()
    {
        const int Steps = 20_000;
        ScriptedEnvironment inner = new(Pairs, [.. Enumerable.Repeat<float[]>([0, 0], Steps + 2)]);
        StickyAction sticky = new(inner, 0.25);
        float[] observation = new float[2];
        sticky.Seed(5, 6);
        sticky.Reset(observation);
        for (int i = 0; i < Steps; i++)
        {
            sticky.Step(i % 10, observation);
        }

        Assert.Equal(0, inner.Actions[0]);
        int repeated = 0;
        for (int i = 1; i < Steps; i++)
        {
            bool isRepetition = inner.Actions[i] != i % 10;
            Assert.True(!isRepetition || inner.Actions[i] == inner.Actions[i - 1]);
            repeated += isRepetition ? 1 : 0;
        }

        // The chosen action is the one before by chance in no case but long repetitions; five standard deviations are 0.0153.
        Assert.InRange(repeated / (double)Steps, 0.25 - 0.016, 0.25 + 0.016);
        sticky.Reset(observation);
        sticky.Step(7, observation);
        Assert.Equal([7], inner.Actions);
    }

    [Fact]
    public void Sticky_actions_follow_from_the_seed()
    {
        Assert.Equal(Taken(1, 0), Taken(1, 0));
        Assert.NotEqual(Taken(1, 0), Taken(1, 1));
        Assert.NotEqual(Taken(1, 0), Taken(2, 0));

        static List<int> Taken(ulong seed, ulong index)
        {
            ScriptedEnvironment inner = new(Pairs, [.. Enumerable.Repeat<float[]>([0, 0], 200)]);
            StickyAction sticky = new(inner, 0.5);
            float[] observation = new float[2];
            sticky.Seed(seed, index);
            sticky.Reset(observation);
            for (int i = 0; i < 100; i++)
            {
                sticky.Step(i % 10, observation);
            }

            return inner.Actions;
        }
    }

    [Theory]
    [InlineData(null, 2.0, new[] { 1.0, 2, 2 })]
    [InlineData(2.0, null, new[] { 2.0, 2, 3 })]
    [InlineData(1.5, 2.5, new[] { 1.5, 2, 2.5 })]
    public void Rewards_stay_between_the_bounds(double? least, double? most, double[] expected)
    {
        ClipReward clip = new(new CountingEnvironment(), least, most);
        float[] observation = new float[2];
        clip.Reset(observation);
        Assert.Equal(expected, Enumerable.Range(0, 3).Select(_ => clip.Step(0, observation).Reward));
    }
}

internal static class SingleSteps
{
    /// <summary>The first step of an episode.</summary>
    public static StepResult StepAfterReset(this IEnvironment environment, int action)
    {
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        environment.Reset(observation);
        return environment.Step(action, observation);
    }
}
