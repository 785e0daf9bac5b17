namespace DqnAkka.Environments.Tests;

/// <summary>What becomes of observations of every kind on their way.</summary>
public sealed class GymnasiumSpaceTests
{
    [Theory]
    [InlineData("vector", ObservationType.Float32, 3, 1, 1)]
    [InlineData("double", ObservationType.Float32, 2, 1, 1)]
    [InlineData("integers", ObservationType.Float32, 4, 1, 1)]
    [InlineData("rgb", ObservationType.UInt8, 3, 4, 5)]
    [InlineData("gray", ObservationType.UInt8, 1, 4, 5)]
    [InlineData("planes", ObservationType.UInt8, 2, 4, 5)]
    [InlineData("floats", ObservationType.Float32, 3, 4, 5)]
    [InlineData("bits", ObservationType.Boolean, 2, 3, 3)]
    [InlineData("discrete", ObservationType.Boolean, 11, 1, 1)]
    public void Every_space_arrives_as_one_of_ours(string kind, ObservationType type, int planes, int height, int width)
    {
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(PythonInterpreter.Scripted(("observation", kind)), 2);
        ObservationFormat format = Assert.IsType<BoxSpace>(environment.ObservationSpace).Format;
        Assert.Equal((type, new PlaneShape(planes, height, width)), (format.Type, format.Shape));
        Assert.Equal(new DiscreteSpace(3), environment.ActionSpace);
        VectorBuffers buffers = new(environment);
        environment.Reset(1, 2, buffers.Observations);
        buffers.Step(environment, [0, 2]);
        Assert.Equal([0, 2], buffers.Rewards);
        for (int copy = 0; copy < 2; copy++)
        {
            Assert.Equal(Expected(kind, step: 1), kind == "vector" ? [0, 0, buffers.Observations[(3 * copy) + 2]] : buffers.Observations[(copy * format.Size)..((copy + 1) * format.Size)]);
        }
    }

    [Fact]
    public void Bounds_travel_with_infinities_and_planes()
    {
        using IVectorEnvironment doubles = EnvironmentFactory.CreateVector(PythonInterpreter.Scripted(("observation", "double")), 1);
        BoxSpace space = Assert.IsType<BoxSpace>(doubles.ObservationSpace);
        Assert.Equal([-1.5f, float.NegativeInfinity], space.Low);
        Assert.Equal([1e6f, float.PositiveInfinity], space.High);
    }

    [Fact]
    public void Copies_that_end_are_reset_in_the_same_step_and_go_on_with_their_stream()
    {
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(PythonInterpreter.Scripted(("length", "3"), ("start", "-1")), 2);
        VectorBuffers buffers = new(environment);
        environment.Reset(1, 2, buffers.Observations);
        float[] seeds = [buffers.Observations[0], buffers.Observations[3]];
        Assert.NotEqual(seeds[0], seeds[1]);
        for (int step = 1; step <= 7; step++)
        {
            buffers.Step(environment, [0, 2]);
            Assert.Equal([-1, 1], buffers.Rewards);
            bool ends = step % 3 == 0;
            Assert.Equal([ends, ends], buffers.Terminated);
            int episode = 1 + (step / 3);
            Assert.Equal([seeds[0], episode, step % 3, seeds[1], episode, step % 3], buffers.Observations);
            if (ends)
            {
                Assert.Equal([seeds[0], episode - 1, 3, seeds[1], episode - 1, 3], buffers.FinalObservations);
            }
        }
    }

    [Fact]
    public void Frames_are_stacked_on_this_side_and_other_wrappers_go_to_the_process()
    {
        EnvironmentSpecification specification = PythonInterpreter.Scripted(("observation", "rgb"), ("length", "4")) with
        {
            Wrappers = ["GrayscaleObservation", "ClipReward(max_reward=1)", "FrameStackObservation(stack_size=3)"],
        };
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, 2);
        ObservationFormat format = Assert.IsType<BoxSpace>(environment.ObservationSpace).Format;
        Assert.Equal((3, 3, 20), (format.Stack, format.Shape.Planes, format.FrameSize));
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        buffers.Step(environment, [2, 0]);
        Assert.Equal([1, 0], buffers.Rewards);
        Assert.Equal(buffers.Observations[..20], buffers.Observations[20..40]);
        Assert.NotEqual(buffers.Observations[20..40], buffers.Observations[40..60]);
        Assert.Equal(
            (format, 3), EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(specification));
    }

    [Fact]
    public void One_copy_is_stepped_without_resets_and_drawn_at_any_size()
    {
        IEnvironment environment = EnvironmentFactory.Create(PythonInterpreter.Scripted(("length", "2")));
        using IDisposable owned = Assert.IsType<IDisposable>(environment, exactMatch: false);
        IRenderable renderable = Assert.IsType<IRenderable>(environment, exactMatch: false);
        Assert.Equal(new ImageSize(8, 6), renderable.RenderSize);
        float[] observation = new float[3];
        environment.Seed(1, 2);
        environment.Reset(observation);
        environment.Step(1, observation);
        Assert.Equal(new StepResult(1, Terminated: true, Truncated: false), environment.Step(1, observation));
        Assert.Equal(2, observation[2]);
        Canvas canvas = new(new RgbImage(new ImageSize(8, 6)));
        renderable.Render(canvas);
        Assert.Equal((new RgbColor(255, 128, 7), new RgbColor(0, 0, 0)), (canvas.Image[2, 3], canvas.Image[3, 3]));
        Canvas small = new(new RgbImage(new ImageSize(4, 3)));
        renderable.Render(small);
        Assert.Equal((new RgbColor(128, 64, 4), new RgbColor(0, 0, 0)), (small.Image[1, 1], small.Image[2, 1]));
        environment.Reset(observation);
        Assert.Equal(0, observation[2]);
    }

    [Fact]
    public void A_step_allocates_nothing_here()
    {
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(PythonInterpreter.Of("CartPole-v1"), 8);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        int[] actions = [0, 1, 0, 1, 0, 1, 0, 1];
        buffers.Step(environment, actions);
        long allocated = Allocation.Of(() =>
        {
            for (int step = 0; step < 200; step++)
            {
                buffers.Step(environment, actions);
            }
        });
        Assert.Equal(0, allocated);
    }

    private static float[] Expected(string kind, int step) => kind switch
    {
        "vector" => [0, 0, step],
        "double" => [step / 4f, -step],
        "integers" => [step, -step, 2, 3],
        "rgb" => [.. from plane in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 20) select (float)((3 * i) + plane + step)],
        "floats" => [.. from plane in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 20) select ((3 * i) + plane) / 64f],
        "bits" => [.. from plane in Enumerable.Range(0, 2) from i in Enumerable.Range(0, 9) select ((2 * i) + plane) % 3 == step % 3 ? 1f : 0f],
        "discrete" => [.. Enumerable.Range(0, 11).Select(i => i == step ? 1f : 0f)],
        "gray" => [.. Enumerable.Range(step, 20)],
        _ => [.. Enumerable.Range(step, 40)],
    };
}
