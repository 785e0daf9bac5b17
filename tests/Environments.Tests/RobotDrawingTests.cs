namespace DqnAkka.Environments.Tests;

public sealed class RobotDrawingTests
{
    private static readonly RgbColor Thing = new(214, 90, 60);

    public static TheoryData<string> Ids => ["GridGrasp-v0", "PlanarArm-v0", "PlanarArmSparse-v0"];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Pictures_follow_the_state_at_any_size_without_allocating(string id)
    {
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id });
        IRenderable renderable = (IRenderable)environment;
        IScriptedPolicy policy = EnvironmentRegistry.Get(id).ScriptedPolicy!();
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        foreach (ImageSize size in new[] { renderable.RenderSize!.Value, new ImageSize(84, 84), new ImageSize(31, 57) })
        {
            environment.Seed(1, 0);
            environment.Reset(observation);
            Canvas canvas = new(new RgbImage(size));
            renderable.Render(canvas);
            byte[] first = canvas.Image.Pixels.ToArray();
            environment.Step(policy.Act(observation), observation);
            environment.Step(policy.Act(observation), observation);
            Assert.Equal(0, Allocation.Of(() => renderable.Render(canvas)));
            Assert.NotEqual(first, canvas.Image.Pixels.ToArray());
        }
    }

    [Fact]
    public void The_grid_shows_the_object_in_its_cell()
    {
        Canvas canvas = new(new RgbImage(new ImageSize(80, 80)));
        GridGraspState state = new(0, 0, Down: false, Closed: false, ObjectX: 5, ObjectY: 2, Held: false);
        GridGraspDrawing.Draw(in state, canvas);
        Assert.Equal(Thing, canvas.Image[55, 25]);
        Assert.NotEqual(Thing, canvas.Image[45, 25]);
    }

    [Fact]
    public void The_grid_shows_height_and_jaws()
    {
        GridGraspState state = new(3, 3, Down: false, Closed: false, 5, 2, Held: false);
        byte[][] pictures = [.. new[] { state, state with { Down = true }, state with { Closed = true }, state with { Down = true, Closed = true } }.Select(Draw)];
        Assert.Equal(4, pictures.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void The_arm_shows_the_object_where_it_is()
    {
        Canvas canvas = new(new RgbImage(new ImageSize(224, 224)));
        // One pixel is a hundredth of a metre, (0, 0) in the middle, y upwards.
        PlanarArmState state = new(0, 0, ObjectX: -0.5, ObjectY: 0.3, GoalX: 0.2, GoalY: -0.6, Held: false);
        PlanarArmDrawing.Draw(in state, canvas);
        Assert.Equal(Thing, canvas.Image[112 - 50, 112 - 30]);
        Assert.Equal(new RgbColor(90, 120, 160), canvas.Image[112 + 25, 112]);
    }

    private static byte[] Draw(GridGraspState state)
    {
        Canvas canvas = new(new RgbImage(new ImageSize(84, 84)));
        GridGraspDrawing.Draw(in state, canvas);
        return canvas.Image.Pixels.ToArray();
    }
}
