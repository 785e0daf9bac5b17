namespace DqnAkka.Environments.Tests;

/// <summary>
/// The pictures of the built-in environments. None is compared with a recorded one: corners come from sines, whose last bit is the machine's,
/// and may move a pixel by one. What a rectangle looks like is the same everywhere, and tested on the canvas.
/// </summary>
public sealed class DrawingTests
{
    public static TheoryData<string> Ids => [.. EnvironmentRegistry.All.Select(registration => registration.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_picture_has_colours_moves_with_the_state_and_is_the_same_on_every_run(string id)
    {
        List<byte[]> frames = Play(id, new ImageSize(120, 90));
        Assert.True(frames.Max(Colors) > 2);
        Assert.Contains(frames, frame => !frame.AsSpan().SequenceEqual(frames[0]));
        Assert.Equal(frames, Play(id, new ImageSize(120, 90)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_picture_covers_a_canvas_of_any_size_without_allocating(string id)
    {
        (IEnvironment environment, _) = Begin(id);
        IRenderable renderable = (IRenderable)environment;
        foreach (ImageSize size in new[] { renderable.RenderSize!.Value, new ImageSize(84, 84), new ImageSize(1, 1), new ImageSize(7, 301) })
        {
            Canvas canvas = new(new RgbImage(size));
            Canvas other = new(new RgbImage(size));
            other.Clear(new RgbColor(1, 2, 3));
            renderable.Render(canvas);
            Assert.Equal(0, Allocation.Of(() => renderable.Render(other)));
            Assert.True(canvas.Image.Pixels.SequenceEqual(other.Image.Pixels), "what was drawn before shows through");
        }
    }

    private static List<byte[]> Play(string id, ImageSize size)
    {
        (IEnvironment environment, float[] observation) = Begin(id);
        Canvas canvas = new(new RgbImage(size));
        RandomSource random = new(5);
        int actions = ((DiscreteSpace)environment.ActionSpace).Count;
        List<byte[]> frames = [];
        for (int t = 0; t < 60; t++)
        {
            ((IRenderable)environment).Render(canvas);
            frames.Add(canvas.Image.Pixels.ToArray());
            if (environment.Step(random.NextInt(actions), observation) is { Terminated: true } or { Truncated: true })
            {
                environment.Reset(observation);
            }
        }

        return frames;
    }

    private static (IEnvironment Environment, float[] Observation) Begin(string id)
    {
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id });
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        environment.Seed(1, 2);
        environment.Reset(observation);
        return (environment, observation);
    }

    private static int Colors(byte[] frame) => Enumerable.Range(0, frame.Length / 3).Select(i => (frame[3 * i], frame[(3 * i) + 1], frame[(3 * i) + 2])).Distinct().Count();
}
