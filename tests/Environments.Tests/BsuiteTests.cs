namespace DqnAkka.Environments.Tests;

public sealed class BsuiteTests
{
    [Fact]
    public void Walking_under_the_ball_catches_it_every_time()
    {
        Assert.All(Returns("bsuite/catch-v0", [], 200, observation =>
        {
            int ball = observation.IndexOf(1f) % 5;
            int paddle = observation.LastIndexOf(1f) % 5;
            return Math.Sign(ball - paddle) + 1;
        }), sum => Assert.Equal(1, sum));
    }

    [Fact]
    public void Diving_to_the_right_finds_the_treasure_where_the_mapping_is_plain()
    {
        Assert.All(Returns("bsuite/deep_sea-v0", new() { ["randomize_actions"] = "false" }, 3, _ => 1), sum => Assert.Equal(0.99, sum, 9));
        Assert.All(Returns("bsuite/deep_sea-v0", new() { ["randomize_actions"] = "false" }, 3, _ => 0), sum => Assert.Equal(0, sum));
    }

    [Fact]
    public void Mappings_of_the_deep_sea_are_fair_and_follow_the_seed()
    {
        const int Size = 200;
        bool[] mapping = DeepSea.RandomMapping(Size, 1);
        Assert.Equal(mapping, DeepSea.RandomMapping(Size, 1));
        Assert.NotEqual(mapping, DeepSea.RandomMapping(Size, 2));
        // Four standard errors and a half: probability 7e-6.
        Assert.InRange(mapping.Count(right => right), (Size * Size / 2) - (4.5 * Size / 2), (Size * Size / 2) + (4.5 * Size / 2));
    }

    [Fact]
    public void The_bonus_chain_pays_a_tenth_more_than_the_others()
    {
        for (int seed = 0; seed < 7; seed++)
        {
            for (int chain = 0; chain < 5; chain++)
            {
                int action = chain;
                double sum = Assert.Single(Returns("bsuite/discounting_chain-v0", new() { ["mapping_seed"] = $"{seed}" }, 1, _ => action));
                Assert.Equal(seed % 5 == chain ? 1.1 : 1.0, sum);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(500)]
    public void A_memory_of_the_first_observation_answers_and_a_chain_without_it_is_chance(int length)
    {
        const int Episodes = 400;
        Dictionary<string, string> arguments = new() { ["memory_length"] = $"{length}" };
        int remembered = 0;
        Assert.All(
            Returns("bsuite/memory_chain-v0", arguments, Episodes, observation => remembered = observation[2] == 0 ? remembered : observation[2] > 0 ? 1 : 0),
            sum => Assert.Equal(1, sum));
        double mean = Returns("bsuite/memory_chain-v0", arguments, Episodes, _ => 1).Average();
        // Four standard errors and a half: probability 7e-6.
        Assert.InRange(mean, -4.5 / Math.Sqrt(Episodes), 4.5 / Math.Sqrt(Episodes));
    }

    [Fact]
    public void Every_one_of_many_bits_can_be_asked_for()
    {
        const int Bits = 128;
        Dictionary<string, string> arguments = new() { ["memory_length"] = "3", ["num_bits"] = $"{Bits}" };
        float[] shown = [];
        HashSet<int> asked = [];
        int query = 0;
        int Answer(ReadOnlySpan<float> observation)
        {
            if (observation[2] != 0)
            {
                shown = [.. observation[2..]];
            }

            // The number is in the last observation before the answer only.
            query = Math.Max(query, (int)observation[1]);
            if (observation[0] == 1f / 3)
            {
                asked.Add((int)observation[1]);
            }

            int action = shown[query] > 0 ? 1 : 0;
            query = observation[0] == 1f / 3 ? 0 : query;
            return action;
        }

        Assert.All(Returns("bsuite/memory_chain-v0", arguments, 3_000, Answer), sum => Assert.Equal(1, sum));
        // Each is left out with a probability of (127/128)^3000, 6e-11.
        Assert.Equal(Bits, asked.Count);
    }

    [Fact]
    public void Only_the_first_action_decides_about_the_umbrella()
    {
        const int Episodes = 2_000;
        // The last reward is in the return with noise of variance length - 1.
        Dictionary<string, string> arguments = new() { ["chain_length"] = "5", ["n_distractor"] = "100" };
        double right = Returns("bsuite/umbrella_chain-v0", arguments, Episodes, observation => (int)observation[0]).Average();
        double wrong = Returns("bsuite/umbrella_chain-v0", arguments, Episodes, observation => 1 - (int)observation[0]).Average();
        // Four standard errors and a half: probability 7e-6 each.
        double tolerance = 4.5 * Math.Sqrt(4.0 / Episodes);
        Assert.InRange(right, 1 - tolerance, 1 + tolerance);
        Assert.InRange(wrong, -1 - tolerance, -1 + tolerance);
    }

    private delegate int Policy(ReadOnlySpan<float> observation);

    private static List<double> Returns(string id, Dictionary<string, string> arguments, int episodes, Policy policy)
    {
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id, Arguments = arguments });
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        environment.Seed(3, 0);
        List<double> returns = [];
        while (returns.Count < episodes)
        {
            double sum = 0;
            StepResult result = default;
            environment.Reset(observation);
            while (!result.Terminated)
            {
                result = environment.Step(policy(observation), observation);
                sum += result.Reward;
            }

            returns.Add(sum);
        }

        return returns;
    }
}
