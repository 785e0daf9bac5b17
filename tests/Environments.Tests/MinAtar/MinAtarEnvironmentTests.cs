namespace DqnAkka.Environments.Tests;

public sealed class MinAtarEnvironmentTests
{
    public static TheoryData<string> Ids =>
        [.. EnvironmentRegistry.All.Where(registration => registration.Id.StartsWith("MinAtar/", StringComparison.Ordinal)).Select(registration => registration.Id)];

    [Fact]
    public void All_five_games_are_there_with_both_sets_of_actions()
    {
        (string Id, int Actions, int Planes)[] expected =
        [
            ("MinAtar/Asterix-v0", 6, 4),
            ("MinAtar/Asterix-v1", 5, 4),
            ("MinAtar/Breakout-v0", 6, 4),
            ("MinAtar/Breakout-v1", 3, 4),
            ("MinAtar/Freeway-v0", 6, 7),
            ("MinAtar/Freeway-v1", 3, 7),
            ("MinAtar/Seaquest-v0", 6, 10),
            ("MinAtar/Seaquest-v1", 6, 10),
            ("MinAtar/SpaceInvaders-v0", 6, 6),
            ("MinAtar/SpaceInvaders-v1", 4, 6),
        ];
        Assert.Equal(expected.Select(row => row.Id), Ids.Select(row => row.Data));
        foreach ((string id, int actions, int planes) in expected)
        {
            EnvironmentRegistration registration = EnvironmentRegistry.Get(id);
            Assert.Equal(new DiscreteSpace(actions), registration.ActionSpace);
            ObservationFormat format = ((BoxSpace)registration.ObservationSpace).Format;
            Assert.Equal((ObservationType.Boolean, new PlaneShape(planes, 10, 10)), (format.Type, format.Shape));
            Assert.Equal(0, registration.MaxEpisodeSteps);
        }
    }

    [Theory]
    [InlineData("MinAtar/Asterix-v1", new[] { 0, 1, 2, 3, 4 })]
    [InlineData("MinAtar/Breakout-v1", new[] { 0, 1, 3 })]
    [InlineData("MinAtar/Freeway-v1", new[] { 0, 2, 4 })]
    [InlineData("MinAtar/Seaquest-v1", new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData("MinAtar/SpaceInvaders-v1", new[] { 0, 1, 3, 5 })]
    public void The_minimal_set_plays_the_same_game(string id, int[] full)
    {
        IEnvironment minimal = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id });
        IEnvironment whole = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id.Replace("-v1", "-v0", StringComparison.Ordinal) });
        float[] first = new float[((BoxSpace)minimal.ObservationSpace).Size];
        float[] second = new float[first.Length];
        RandomSource random = new(1);
        minimal.Seed(5, 0);
        whole.Seed(5, 0);
        for (int episode = 0; episode < 20; episode++)
        {
            minimal.Reset(first);
            whole.Reset(second);
            StepResult result = default;
            while (!result.Terminated)
            {
                Assert.Equal(second, first);
                int action = random.NextInt(full.Length);
                result = minimal.Step(action, first);
                Assert.Equal(whole.Step(full[action], second), result);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Observations_stay_in_their_space_and_the_player_is_always_one_cell(string id)
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, 8);
        VectorBuffers buffers = new(environment);
        int actions = ((DiscreteSpace)environment.ActionSpace).Count;
        RandomSource random = new(2);
        // Whatever a step does not write stays as it is and is found.
        buffers.Observations.AsSpan().Fill(float.NaN);
        environment.Reset(3, 0, buffers.Observations);
        for (int t = 0; t < 3_000; t++)
        {
            Assert.Equal(-1, buffers.Observations.AsSpan().IndexOfAnyExcept(0, 1));
            for (int copy = 0; copy < environment.Count; copy++)
            {
                // The first plane is the player's in each game.
                Assert.Equal(1, buffers.Row(copy)[..100].Count(1));
            }

            buffers.Observations.AsSpan().Fill(float.NaN);
            buffers.Step(environment, [.. Enumerable.Range(0, environment.Count).Select(_ => random.NextInt(actions))]);
        }
    }

    /// <summary>
    /// The figures are of 1,000 episodes of the reference, to two decimals. Both means err: 1,000 episodes here and there. Four and a half standard errors of the
    /// difference, and half a unit of the last decimal: probability 7e-6 for each game that a right one fails.
    /// </summary>
    [Theory]
    [InlineData("MinAtar/Asterix-v0", 0.47)]
    [InlineData("MinAtar/Breakout-v0", 0.53)]
    [InlineData("MinAtar/Freeway-v0", 0.15)]
    [InlineData("MinAtar/Seaquest-v0", 0.12)]
    [InlineData("MinAtar/SpaceInvaders-v0", 2.76)]
    public void A_random_policy_gets_what_it_gets_in_the_reference(string id, double reference)
    {
        double[] returns = RandomReturns(id, episodes: 1_000);
        double mean = returns.Average();
        double variance = returns.Sum(value => (value - mean) * (value - mean)) / (returns.Length - 1);
        double tolerance = (4.5 * Math.Sqrt(2 * variance / returns.Length)) + 0.005;
        Assert.InRange(mean, reference - tolerance, reference + tolerance);
    }

    [Fact]
    public void Sticky_actions_come_as_often_as_asked_and_outlive_the_episode()
    {
        const int Acts = 20_000;
        MinAtarDynamics<Breakout, BreakoutState> dynamics = new(0.25, ramping: true, minimal: false);
        MinAtarState<BreakoutState> state = default;
        RandomSource random = new(4);
        float[] observation = new float[dynamics.ObservationSize];
        int sticky = 0;
        dynamics.Reset(ref state, random);
        for (int t = 0; t < Acts; t++)
        {
            int last = state.LastAction;
            int wanted = (last + 1) % MinAtarAction.Count;
            bool terminated = dynamics.Step(ref state, wanted, alreadyTerminated: false, random, observation).Terminated;
            Assert.True(state.LastAction == last || state.LastAction == wanted);
            sticky += state.LastAction == last ? 1 : 0;
            if (terminated)
            {
                int before = state.LastAction;
                dynamics.Reset(ref state, random);
                Assert.Equal(before, state.LastAction);
                Assert.False(state.Terminal);
            }
        }

        // Four and a half standard deviations of a binomial: probability 7e-6.
        Assert.InRange(sticky, (0.25 * Acts) - (4.5 * Math.Sqrt(Acts * 0.25 * 0.75)), (0.25 * Acts) + (4.5 * Math.Sqrt(Acts * 0.25 * 0.75)));
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1.01")]
    [InlineData("NaN")]
    public void A_probability_outside_0_to_1_is_refused_in_one_line(string value)
    {
        EnvironmentSpecification specification = new()
        {
            Id = "MinAtar/Asterix-v1",
            Arguments = new Dictionary<string, string> { ["sticky_action_prob"] = value },
        };
        string message = Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(specification)).Message;
        Assert.Contains(value, message);
        Assert.Contains("sticky_action_prob", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Without_ramping_Asterix_keeps_its_pace()
    {
        MinAtarDynamics<Asterix, AsterixState> steady = new(0.1, ramping: false, minimal: false);
        MinAtarDynamics<Asterix, AsterixState> harder = new(0.1, ramping: true, minimal: false);
        Assert.Equal((10, 5, 0), Pace(steady));
        Assert.Equal((1, 1, 9), Pace(harder));
    }

    [Fact]
    public void A_full_list_of_Seaquest_refuses_another_entity()
    {
        SeaquestList list = default;
        for (int i = 0; i < SeaquestList.Capacity; i++)
        {
            list.Add(new SeaquestEntity((sbyte)(i % 10), 1, Rightward: true));
        }

        bool refused = false;
        try
        {
            list.Add(default);
        }
        catch (InvalidOperationException exception)
        {
            refused = exception.Message.Contains("128", StringComparison.Ordinal);
        }

        Assert.True(refused);
        Assert.Equal(SeaquestList.Capacity, list.Count);
    }

    private static (int SpawnSpeed, int MoveSpeed, int RampIndex) Pace(MinAtarDynamics<Asterix, AsterixState> dynamics)
    {
        MinAtarState<AsterixState> state = default;
        RandomSource random = new(5);
        float[] observation = new float[dynamics.ObservationSize];
        dynamics.Reset(ref state, random);
        for (int t = 0; t < 2_000; t++)
        {
            dynamics.Step(ref state, 0, alreadyTerminated: false, random, observation);
            // Whoever is caught plays on here.
            state.Terminal = false;
        }

        return (state.Game.SpawnSpeed, state.Game.MoveSpeed, state.Game.RampIndex);
    }

    private static double[] RandomReturns(string id, int episodes)
    {
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = id });
        int actions = ((DiscreteSpace)environment.ActionSpace).Count;
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        RandomSource random = new(6);
        double[] returns = new double[episodes];
        environment.Seed(7, 0);
        for (int episode = 0; episode < episodes; episode++)
        {
            environment.Reset(observation);
            StepResult result = default;
            while (!result.Terminated)
            {
                result = environment.Step(random.NextInt(actions), observation);
                returns[episode] += result.Reward;
            }
        }

        return returns;
    }
}
