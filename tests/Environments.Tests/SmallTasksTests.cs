using System.Security.Cryptography;

namespace DqnAkka.Environments.Tests;

/// <summary>What the tabular tasks and those of bsuite have in common: their arguments, and their pictures.</summary>
public sealed class SmallTasksTests
{
    private static readonly string[] Families = ["Taxi", "FrozenLake", "CliffWalking", "Blackjack", "bsuite/"];

    public static TheoryData<string> Ids => [.. EnvironmentRegistry.All.Select(registration => registration.Id).Where(id => Families.Any(id.StartsWith))];

    [Theory]
    [InlineData("FrozenLake-v1", "map_name", "5x5", "must be 4x4 or 8x8: got '5x5'")]
    [InlineData("FrozenLake-v1", "success_rate", "1.5", "must be a number from 0 to 1: got 1.5")]
    [InlineData("Taxi-v4", "is_rainy", "often", "must be true or false: got 'often'")]
    [InlineData("bsuite/catch-v0", "rows", "1", "must be an integer from 2 to 256: got 1")]
    [InlineData("bsuite/deep_sea-v0", "size", "0", "must be an integer from 1 to 256: got 0")]
    [InlineData("bsuite/deep_sea-v0", "mapping_seed", "-1", "must be an integer from 0 to 2147483647: got -1")]
    [InlineData("bsuite/memory_chain-v0", "memory_length", "0", "must be an integer from 1 to 1000000: got 0")]
    [InlineData("bsuite/memory_chain-v0", "num_bits", "129", "must be an integer from 1 to 128: got 129")]
    [InlineData("bsuite/umbrella_chain-v0", "n_distractor", "-1", "must be an integer from 0 to 128: got -1")]
    public void An_argument_out_of_its_range_is_refused_in_one_line(string id, string argument, string value, string expected)
    {
        EnvironmentSpecification specification = new() { Id = id, Arguments = new Dictionary<string, string> { [argument] = value } };
        EnvironmentException exception = Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(specification));
        Assert.Equal($"argument {argument} of environment {id} {expected}", exception.Message);
    }

    [Fact]
    public void A_lake_is_named_by_its_map_whatever_its_id()
    {
        EnvironmentSpecification specification = new() { Id = "FrozenLake-v1", Arguments = new Dictionary<string, string> { ["map_name"] = "8x8" } };
        Assert.Equal(64, ((BoxSpace)EnvironmentFactory.Create(specification).ObservationSpace).Size);
    }

    [Theory]
    [InlineData("Taxi-v4", "is_rainy", "true")]
    [InlineData("FrozenLake8x8-v1", "success_rate", "0.9")]
    [InlineData("bsuite/deep_sea-v0", "deterministic", "false")]
    [InlineData("bsuite/memory_chain-v0", "num_bits", "100")]
    [InlineData("bsuite/umbrella_chain-v0", "n_distractor", "100")]
    public void Steps_do_not_allocate_with_other_arguments_either(string id, string argument, string value)
    {
        EnvironmentSpecification specification = new() { Id = id, Arguments = new Dictionary<string, string> { [argument] = value } };
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, 4);
        VectorBuffers buffers = new(environment);
        int[] actions = [0, 1, 0, 1];
        environment.Reset(1, 0, buffers.Observations);
        long allocated = Allocation.Of(() =>
        {
            for (int t = 0; t < 5_000; t++)
            {
                buffers.Step(environment, actions);
            }
        });
        Assert.Equal(0, allocated);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Pictures_show_the_state_at_any_size_and_drawing_them_does_not_allocate(string id)
    {
        const int Steps = 30;
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id });
        IRenderable renderable = Assert.IsType<IRenderable>(environment, exactMatch: false);
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        int actionCount = ((DiscreteSpace)environment.ActionSpace).Count;
        RandomSource random = new(2);
        environment.Seed(1, 0);
        foreach (ImageSize size in (ImageSize[])[renderable.RenderSize!.Value, new ImageSize(84, 84), new ImageSize(7, 3)])
        {
            Canvas canvas = new(new RgbImage(size));
            HashSet<string> pictures = [];
            environment.Reset(observation);
            renderable.Render(canvas);
            Assert.Equal(0, Allocation.Of(() => renderable.Render(canvas)));
            for (int t = 0; t < Steps; t++)
            {
                if (environment.Step(random.NextInt(actionCount), observation).Terminated)
                {
                    environment.Reset(observation);
                }

                renderable.Render(canvas);
                byte[] picture = SHA256.HashData(canvas.Image.Pixels);
                pictures.Add(Convert.ToHexString(picture));
                renderable.Render(canvas);
                Assert.Equal(picture, SHA256.HashData(canvas.Image.Pixels));
            }

            Assert.True(pictures.Count > 2, $"{Steps} states of {id} gave {pictures.Count} pictures of {size}");
        }
    }
}
