namespace DqnAkka.Environments.Tests;

public sealed class WrapperConfigurationTests
{
    private const string Counting = "DqnAkka.Environments.Tests.CountingEnvironment, DqnAkka.Environments.Tests";

    [Theory]
    [InlineData("CartPole-v1", "")]
    [InlineData("", Counting)]
    public void Wrappers_are_put_around_any_environment_the_first_innermost(string id, string type)
    {
        EnvironmentSpecification specification = new() { Id = id, Type = type, Wrappers = ["MaskObservation(keep=[1])", "FrameStackObservation(stack_size=3)"] };
        BoxSpace space = (BoxSpace)EnvironmentFactory.Create(specification).ObservationSpace;
        Assert.Equal((3, 3), (space.Size, space.Format.Stack));
        using IVectorEnvironment vector = EnvironmentFactory.CreateVector(specification, 2);
        Assert.Equal(space, vector.ObservationSpace);
        Assert.Equal(space.Format, EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(specification).Observation);
    }

    [Fact]
    public void The_time_limit_is_within_the_wrappers_and_counts_the_environments_own_steps()
    {
        Assert.Equal(4, EpisodeLength(new EnvironmentSpecification { Type = Counting, MaxEpisodeSteps = 10, Wrappers = ["FrameSkip(skip=3)"] }));
        Assert.Equal(50, EpisodeLength(new EnvironmentSpecification { Id = "MountainCar-v0", Wrappers = ["MaxAndSkipObservation"] }));
        Assert.Equal(5, EpisodeLength(new EnvironmentSpecification { Id = "MountainCar-v0", Wrappers = ["FrameSkip", "TimeLimit(max_episode_steps=5)"] }));
        Assert.Equal(7, EpisodeLength(new EnvironmentSpecification { Id = "CartPolePixels-v1", MaxEpisodeSteps = 7 }));
    }

    [Theory]
    [InlineData("FrameStackObservation(stack_size=4")]
    [InlineData("TimeLimit(max_episode_steps=0)", "wrapper TimeLimit: max_episode_steps must be at least 1: got 0")]
    [InlineData("FrameStack(stack_size=4)", "unknown wrapper 'FrameStack' in environment.wrappers: did you mean 'FrameSkip'? Known are AddRenderObservation, ClipReward, FrameSkip, FrameStackObservation, ")]
    [InlineData("GreyscaleObservation", "did you mean 'GrayscaleObservation'?")]
    [InlineData("FrameStackObservation", "wrapper FrameStackObservation needs a value for its argument stack_size: write \"FrameStackObservation(stack_size=...)\" in environment.wrappers")]
    [InlineData("FrameStackObservation(size=4)", "wrapper FrameStackObservation has no argument 'size': did you mean 'stack_size'? It takes stack_size (no default)")]
    [InlineData("FrameStackObservation(stack_size=four)", "argument stack_size of wrapper FrameStackObservation must be an integer from -2147483648 to 2147483647: got 'four'")]
    [InlineData("FrameStackObservation(stack_size=0)", "stack_size must be at least 1: got 0")]
    [InlineData("FrameSkip(skip=0)", "wrapper FrameSkip: skip must be at least 1: got 0")]
    [InlineData("MaxAndSkipObservation(skip=1)", "wrapper MaxAndSkipObservation: skip must be at least 2: got 1")]
    [InlineData("GrayscaleObservation(keep_dim=true)", "wrapper GrayscaleObservation takes no arguments: remove 'keep_dim'")]
    [InlineData("GrayscaleObservation", "wrapper GrayscaleObservation needs images, and the observations are vectors of 4 components (Float32): put AddRenderObservation(width=84, height=84) before it")]
    [InlineData("ResizeObservation(height=84, width=84)", "wrapper ResizeObservation needs images, and the observations are vectors of 4 components (Float32)")]
    [InlineData("AddRenderObservation(width=84, height=84)|ResizeObservation(height=85, width=84)", "height must be from 1 to 84, since it only shrinks and the observations are images of 3x84x84 (UInt8): got 85")]
    [InlineData("AddRenderObservation(width=84, height=84)|GrayscaleObservation|GrayscaleObservation", "needs images of three colours, and the observations are images of 1x84x84 (UInt8)")]
    [InlineData("AddRenderObservation(width=84)", "width is given alone: give width and height, or neither for 600x400")]
    [InlineData("AddRenderObservation(width=84, height=0)", "height must be from 1 to 4096: got 0")]
    [InlineData("AddRenderObservation(width=84, height=84)|MaskObservation(keep=[0])", "hides components of vectors, and the observations are images of 3x84x84 (UInt8)")]
    [InlineData("FrameStackObservation(stack_size=2)|MaskObservation(keep=[0])", "and the observations are stacks of 2")]
    [InlineData("MaskObservation(keep=[0, 4])", "keep must name components 0 to 3, each once: got 4")]
    [InlineData("MaskObservation(keep=[1, 1])", "each once: got 1 twice")]
    [InlineData("MaskObservation(keep=[])", "keep names no component: give at least one of 0 to 3")]
    [InlineData("MaskObservation(keep=0)", "argument keep of wrapper MaskObservation must be a list of integers such as [0, 2]: got '0'")]
    [InlineData("MaskObservation(keep=[0, x])", "got '[0, x]'")]
    [InlineData("StickyAction(repeat_action_probability=1.5)", "wrapper StickyAction: repeat_action_probability must be from 0 to 1: got 1.5")]
    [InlineData("ClipReward", "wrapper ClipReward needs a bound: give min_reward, max_reward or both")]
    [InlineData("ClipReward(min_reward=1, max_reward=-1)", "min_reward 1 is above max_reward -1: exchange them")]
    [InlineData("DiscretizeAction(bins=5)", "wrapper DiscretizeAction is for Gymnasium's environments (environment.type = gymnasium): actions are discrete here already")]
    [InlineData("FlattenObservation", "wrapper FlattenObservation is for Gymnasium's environments (environment.type = gymnasium): observations are flat float32 here already")]
    public void A_wrapper_that_cannot_be_put_on_says_why(string wrappers, string message = "environment.wrappers has '")
    {
        EnvironmentSpecification specification = new() { Id = "CartPole-v1", Wrappers = wrappers.Split('|') };
        foreach (EnvironmentException exception in new[]
        {
            Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(specification)),
            Assert.Throws<EnvironmentException>(() => EnvironmentFactory.CreateVector(specification, 2)),
        })
        {
            Assert.Contains(message, exception.Message);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    [Fact]
    public void An_environment_that_cannot_be_drawn_cannot_be_seen_in_frames() => Assert.Contains(
        "needs an environment that can be drawn: let it implement IRenderable",
        Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(
            new EnvironmentSpecification { Type = Counting, Wrappers = ["ClipReward(max_reward=1)", "AddRenderObservation"] })).Message);

    [Fact]
    public void No_wrapper_allocates_in_a_step()
    {
        EnvironmentSpecification specification = new()
        {
            Id = "CartPole-v1",
            Wrappers =
            [
                "StickyAction(repeat_action_probability=0.25)", "AddRenderObservation(width=30, height=20)", "MaxAndSkipObservation(skip=2)", "FrameSkip(skip=2)",
                "ResizeObservation(height=15, width=15)", "GrayscaleObservation", "FrameStackObservation(stack_size=4)", "ClipReward(min_reward=-1, max_reward=1)", "TimeLimit(max_episode_steps=9)",
            ],
        };
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, 2);
        AssertAllocatesNothing(environment);
        using FrameStackVectorEnvironment stack = new(EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CartPole-v1" }, 4), 4);
        AssertAllocatesNothing(stack);
        using IVectorEnvironment masked = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CartPole-v1", Wrappers = ["MaskObservation(keep=[0, 2])"] }, 4);
        AssertAllocatesNothing(masked);
    }

    [Fact]
    public void Every_wrapper_is_listed_with_how_it_is_called()
    {
        Assert.Equal(WrapperRegistry.All.Select(wrapper => wrapper.Name).Order(StringComparer.Ordinal), WrapperRegistry.All.Select(wrapper => wrapper.Name));
        Assert.Contains("MaxAndSkipObservation(skip=4)", WrapperRegistry.All.Select(wrapper => wrapper.Signature));
        Assert.Contains("FrameStackObservation(stack_size)", WrapperRegistry.All.Select(wrapper => wrapper.Signature));
        Assert.Contains("ClipReward(min_reward=none, max_reward=none)", WrapperRegistry.All.Select(wrapper => wrapper.Signature));
    }

    private static void AssertAllocatesNothing(IVectorEnvironment environment)
    {
        VectorBuffers buffers = new(environment);
        int[] actions = new int[environment.Count];
        environment.Reset(1, 0, buffers.Observations);
        Assert.Equal(0, Allocation.Of(() => Step(300)));

        void Step(int times)
        {
            for (int i = 0; i < times; i++)
            {
                actions.AsSpan().Fill(i % 2);
                buffers.Step(environment, actions);
            }
        }
    }

    private static int EpisodeLength(EnvironmentSpecification specification)
    {
        IEnvironment environment = EnvironmentFactory.Create(specification);
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        environment.Seed(1, 0);
        environment.Reset(observation);
        int length = 1;
        while (environment.Step(length % 2, observation) is { Terminated: false, Truncated: false })
        {
            length++;
        }

        return length;
    }
}
