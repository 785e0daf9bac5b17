using CsCheck;

namespace DqnAkka.Environments.Tests;

public sealed class ObservationWrapperTests
{
    [Fact]
    public void Halved_sides_round_halves_up()
    {
        float[] image = [1, 2, 0, 1, 3, 5, 0, 1, 0, 0, 255, 255, 1, 0, 255, 254];
        // 11/4, 2/4, 1/4, 1019/4.
        Assert.Equal([3, 1, 0, 255], First(new ResizeObservation(new ScriptedEnvironment(ScriptedEnvironment.Bytes(1, 4, 4), image), 2, 2)));
    }

    [Fact]
    public void Whole_factors_round_halves_to_even()
    {
        float[] image = [1, 2, 2, 3, 9, 9, 10, 11];
        Assert.Equal([2, 2, 9, 10], First(new ResizeObservation(new ScriptedEnvironment(ScriptedEnvironment.Bytes(1, 2, 4), image), 2, 2)));
    }

    [Fact]
    public void Other_factors_weigh_each_pixel_by_its_share()
    {
        // 90 y + 9 x, whose means over halves of three pixels lie at 1/3 and 5/3; another plane upside down.
        float[] image = [0, 9, 18, 90, 99, 108, 180, 189, 198, 180, 189, 198, 90, 99, 108, 0, 9, 18];
        ResizeObservation resize = new(new ScriptedEnvironment(ScriptedEnvironment.Bytes(2, 3, 3), image), 2, 2);
        Assert.Equal([33, 45, 153, 165, 153, 165, 33, 45], First(resize));
        Assert.Equal(new PlaneShape(2, 2, 2), ((BoxSpace)resize.ObservationSpace).Format.Shape);
    }

    [Fact]
    public void Booleans_become_shares()
    {
        BoxSpace space = UniformBox.Of(ObservationType.Boolean, new PlaneShape(1, 2, 4), 0, 1);
        ResizeObservation resize = new(new ScriptedEnvironment(space, [1, 0, 1, 1, 0, 0, 1, 1]), 2, 2);
        Assert.Equal([0.5f, 1, 0, 1], First(resize));
        Assert.Equal(ObservationType.Float32, ((BoxSpace)resize.ObservationSpace).Format.Type);
    }

    [Fact]
    public void Shrinking_keeps_the_mean_and_leaves_an_image_of_its_own_size_alone() =>
        Gen.Select(Gen.Int[2, 9], Gen.Int[2, 9], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Float[-100, 100].Array[81]).Sample((height, width, newHeight, newWidth, pixels) =>
        {
            float[] image = pixels[..(height * width)];
            BoxSpace space = UniformBox.Of(ObservationType.Float32, new PlaneShape(1, height, width), -100, 100);
            float[] small = First(new ResizeObservation(new ScriptedEnvironment(space, image), Math.Min(newHeight, height), Math.Min(newWidth, width)));
            Assert.Equal(image.Average(value => (double)value), small.Average(value => (double)value), 1e-3);
            Assert.Equal(image, First(new ResizeObservation(new ScriptedEnvironment(space, image), height, width)));
        });

    [Fact]
    public void Gray_is_what_OpenCV_makes_of_the_colours()
    {
        float[] red = [255, 255, 0, 0, 1, 200];
        float[] green = [255, 0, 255, 0, 1, 100];
        float[] blue = [255, 0, 0, 255, 2, 50];
        GrayscaleObservation gray = new(new ScriptedEnvironment(ScriptedEnvironment.Bytes(3, 2, 3), [.. red, .. green, .. blue]));
        Assert.Equal([255, 76, 150, 29, 1, 124], First(gray));
        Assert.Equal((new PlaneShape(1, 2, 3), ObservationType.UInt8), (((BoxSpace)gray.ObservationSpace).Format.Shape, ((BoxSpace)gray.ObservationSpace).Format.Type));
    }

    [Fact]
    public void Gray_of_numbers_is_not_rounded_and_stacks_stay_stacks()
    {
        BoxSpace numbers = UniformBox.Of(ObservationType.Float32, new PlaneShape(3, 2, 2), 0, 1);
        float[] gray = First(new GrayscaleObservation(new ScriptedEnvironment(numbers, [1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1])));
        Assert.Equal([0.299f, 0.587f, 0.114f, 1f], gray, (one, other) => Math.Abs(one - other) < 1e-6f);

        GrayscaleObservation stack = new(new ScriptedEnvironment(ScriptedEnvironment.Bytes(6, 2, 2, stack: 2), [.. Enumerable.Repeat(10f, 12), .. Enumerable.Repeat(20f, 12)]));
        Assert.Equal([10, 10, 10, 10, 20, 20, 20, 20], First(stack));
        Assert.Equal((2, 2), (((BoxSpace)stack.ObservationSpace).Format.Stack, ((BoxSpace)stack.ObservationSpace).Format.Shape.Planes));
    }

    [Fact]
    public void Numbers_at_the_edge_of_their_range_stay_in_it()
    {
        for (int side = 2; side <= 59; side++)
        {
            BoxSpace space = UniformBox.Of(ObservationType.Float32, new PlaneShape(3, 59, 59), 0, 0.7f);
            ScriptedEnvironment inner = new(space, [.. Enumerable.Repeat(0.7f, space.Size)]);
            GrayscaleObservation wrapped = new(new ResizeObservation(inner, side, side));
            float[] observation = new float[side * side];
            wrapped.Reset(observation);
            Assert.All(observation, value => Assert.InRange(value, 0.699f, 0.7f));
        }
    }

    [Fact]
    public void A_mask_shows_what_is_kept_in_its_order()
    {
        MaskObservation mask = new(new ScriptedEnvironment(new BoxSpace([0, 1, 2], [10, 11, 12]), [3, 4, 5], [6, 7, 8]), [2, 0]);
        Assert.Equal([5, 3], First(mask));
        float[] observation = new float[2];
        mask.Step(0, observation);
        Assert.Equal([8, 6], observation);
        Assert.Equal(new BoxSpace([2, 0], [12, 10]), mask.ObservationSpace);
    }

    [Fact]
    public void Rendered_frames_are_seen_plane_by_plane_at_the_size_asked_for()
    {
        IEnvironment inner = EnvironmentFactory.Create(new EnvironmentSpecification { Id = "CartPole-v1" });
        AddRenderObservation wrapper = new(inner, 30, 20);
        Assert.Equal(new BoxSpace(new float[1800], [.. Enumerable.Repeat(255f, 1800)], ObservationType.UInt8, 1, new PlaneShape(3, 20, 30)), wrapper.ObservationSpace);
        float[] observation = new float[1800];
        wrapper.Seed(1, 2);
        wrapper.Reset(observation);
        for (int step = 0; step < 5; step++)
        {
            RgbImage image = new(new ImageSize(30, 20));
            wrapper.Render(new Canvas(image));
            for (int i = 0; i < 600; i++)
            {
                RgbColor color = image[i % 30, i / 30];
                Assert.Equal((color.Red, color.Green, color.Blue), ((byte)observation[i], (byte)observation[600 + i], (byte)observation[1200 + i]));
            }

            wrapper.Step(1, observation);
        }

        Assert.Equal(new PlaneShape(3, 400, 600), ((BoxSpace)new AddRenderObservation(inner, null, null).ObservationSpace).Format.Shape);
    }

    private static float[] First(IEnvironment environment)
    {
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        environment.Seed(0, 0);
        environment.Reset(observation);
        return observation;
    }
}
