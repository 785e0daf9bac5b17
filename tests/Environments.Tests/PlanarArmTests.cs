namespace DqnAkka.Environments.Tests;

public sealed class PlanarArmTests
{
    private const double Tolerance = 1e-12;
    private const int Still = 4;

    private static readonly EnvironmentSpecification Sparse = new() { Id = "PlanarArmSparse-v0" };
    private static readonly EnvironmentSpecification Shaped = new() { Id = "PlanarArm-v0" };

    [Fact]
    public void The_scripted_controller_solves_99_of_100_episodes()
    {
        const int Episodes = 1_000;
        List<double> returns = PolicyEpisodes.Returns(Sparse, new PlanarArmPolicy(), Episodes, seed: 8);
        Assert.All(returns, value => Assert.True(value is 0 or 1));
        // Three misses at most: a controller that solves only 99 % would have that few in 1 % of all runs (binomial, 1,000 at 0.01).
        Assert.InRange(returns.Count(value => value == 0), 0, 3);
    }

    [Fact]
    public void The_scripted_controller_needs_no_more_than_63_steps_to_the_object_and_63_from_there()
    {
        PlanarArm dynamics = new(shaped: false, 1);
        PlanarArmPolicy policy = new();
        RandomSource random = new(9);
        float[] observation = new float[PlanarArm.Size];
        for (int episode = 0; episode < 2_000; episode++)
        {
            PlanarArmState state = default;
            dynamics.Reset(ref state, random);
            dynamics.Observe(in state, observation);
            int toTheObject = 0;
            int steps = 0;
            StepResult result;
            do
            {
                result = dynamics.Step(ref state, policy.Act(observation), false, random, observation);
                steps++;
                toTheObject = state.Held ? toTheObject : steps;
            }
            while (!result.Terminated && steps < 150);

            Assert.True(result.Terminated);
            Assert.InRange(toTheObject, 0, 63);
            Assert.InRange(steps - toTheObject, 0, 64);
        }
    }

    [Theory]
    [InlineData(0, -1, -1)]
    [InlineData(1, -1, 0)]
    [InlineData(2, -1, 1)]
    [InlineData(3, 0, -1)]
    [InlineData(4, 0, 0)]
    [InlineData(5, 0, 1)]
    [InlineData(6, 1, -1)]
    [InlineData(7, 1, 0)]
    [InlineData(8, 1, 1)]
    public void Actions_turn_the_joints(int action, int shoulder, int elbow)
    {
        PlanarArmState next = Step(State(0.3, -0.7), action).Next;
        Assert.Equal(0.3 + (0.05 * shoulder), next.Shoulder, Tolerance);
        Assert.Equal(-0.7 + (0.05 * elbow), next.Elbow, Tolerance);
    }

    [Fact]
    public void Joints_turn_all_round()
    {
        PlanarArmState next = Step(State(Math.PI - 0.01, -Math.PI + 0.01), 6).Next;
        Assert.Equal(-Math.PI + 0.04, next.Shoulder, Tolerance);
        Assert.Equal(Math.PI - 0.04, next.Elbow, Tolerance);
    }

    [Theory]
    [InlineData(0.049, true)]
    [InlineData(0.051, false)]
    public void The_gripper_grasps_within_5_centimetres_and_centres_the_object(double distance, bool grasped)
    {
        // Stretched along x: the tip is at (1, 0).
        PlanarArmState next = Step(State(0, 0) with { ObjectX = 1, ObjectY = distance }, Still).Next;
        Assert.Equal(grasped, next.Held);
        Assert.Equal(grasped ? 0 : distance, next.ObjectY, Tolerance);
    }

    [Fact]
    public void A_held_object_is_carried_and_never_lost()
    {
        PlanarArmState state = Step(State(0, 0) with { ObjectX = 1, ObjectY = 0 }, Still).Next;
        state = Step(state, 8).Next;
        Assert.True(state.Held);
        Assert.Equal((0.5 * Math.Cos(0.05)) + (0.5 * Math.Cos(0.1)), state.ObjectX, Tolerance);
        Assert.Equal((0.5 * Math.Sin(0.05)) + (0.5 * Math.Sin(0.1)), state.ObjectY, Tolerance);
    }

    [Theory]
    [InlineData(true, 0.049, true)]
    [InlineData(true, 0.051, false)]
    [InlineData(false, 0.0, false)]
    public void The_goal_counts_only_with_the_object(bool held, double distance, bool delivered)
    {
        PlanarArmState state = State(0, 0) with { Held = held, GoalX = 1, GoalY = distance };
        Assert.Equal(new StepResult(delivered ? 1 : 0, delivered, Truncated: false), Step(state, Still).Result);
    }

    [Fact]
    public void The_observation_is_what_the_gripper_sees()
    {
        PlanarArm dynamics = new(shaped: false, 1);
        float[] observation = new float[PlanarArm.Size];
        // The upper arm along y, the forearm along −x: the tip is at (−0.5, 0.5).
        PlanarArmState state = new(Math.PI / 2, Math.PI / 2, ObjectX: -0.7, ObjectY: 0.5, GoalX: -0.5, GoalY: 0.4, Held: false);
        dynamics.Observe(in state, observation);
        float[] expected = [0, 1, 0, 0.2f, 1, 0, 0.1f, 0, 1];
        Assert.Equal(expected.Length, observation.Length);
        Assert.All(expected.Zip(observation), pair => Assert.Equal(pair.First, pair.Second, 6));
        state = state with { Held = true, ObjectX = PlanarArmPose.Of(in state).TipX, ObjectY = PlanarArmPose.Of(in state).TipY };
        dynamics.Observe(in state, observation);
        Assert.Equal([1, 0, 0, 0], observation[2..6]);
    }

    [Fact]
    public void Where_the_arm_as_a_whole_points_is_not_observed()
    {
        PlanarArm dynamics = new(shaped: false, 1);
        float[] first = new float[PlanarArm.Size];
        float[] second = new float[PlanarArm.Size];
        PlanarArmState state = new(0.2, 1.1, 0.3, 0.4, -0.5, 0.2, Held: false);
        PlanarArmState turned = new(0.2 + (Math.PI / 2), 1.1, -0.4, 0.3, -0.2, -0.5, Held: false);
        dynamics.Observe(in state, first);
        dynamics.Observe(in turned, second);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First, pair.Second, 6));
    }

    [Fact]
    public void Observations_stay_in_their_space()
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(Sparse, 8);
        BoxSpace space = (BoxSpace)environment.ObservationSpace;
        VectorBuffers buffers = new(environment);
        RandomSource random = new(10);
        int[] actions = new int[8];
        environment.Reset(1, 0, buffers.Observations);
        for (int t = 0; t < 5_000; t++)
        {
            for (int i = 0; i < buffers.Observations.Length; i++)
            {
                Assert.InRange(buffers.Observations[i], space.Low[i % space.Size], space.High[i % space.Size]);
            }

            for (int i = 0; i < actions.Length; i++)
            {
                actions[i] = random.NextInt(9);
            }

            buffers.Step(environment, actions);
        }
    }

    [Fact]
    public void Places_are_uniform_over_the_work_area_and_apart()
    {
        const int Draws = 20_000;
        PlanarArm dynamics = new(shaped: false, 1);
        RandomSource random = new(11);
        double areas = 0;
        double angles = 0;
        for (int i = 0; i < Draws; i++)
        {
            PlanarArmState state = default;
            dynamics.Reset(ref state, random);
            double squared = (state.ObjectX * state.ObjectX) + (state.ObjectY * state.ObjectY);
            Assert.InRange(squared, 0.2 * 0.2, 0.95 * 0.95);
            Assert.InRange((state.GoalX * state.GoalX) + (state.GoalY * state.GoalY), 0.2 * 0.2, 0.95 * 0.95);
            Assert.True(Math.Pow(state.GoalX - state.ObjectX, 2) + Math.Pow(state.GoalY - state.ObjectY, 2) >= 0.2 * 0.2);
            areas += (squared - (0.2 * 0.2)) / ((0.95 * 0.95) - (0.2 * 0.2));
            angles += (Math.Atan2(state.ObjectY, state.ObjectX) / (2 * Math.PI)) + 0.5;
        }

        // Both are uniform in [0, 1]: four and a half standard errors of the mean, probability 7e-6 each.
        double tolerance = 4.5 / Math.Sqrt(12.0 * Draws);
        Assert.InRange(areas / Draws, 0.5 - tolerance, 0.5 + tolerance);
        Assert.InRange(angles / Draws, 0.5 - tolerance, 0.5 + tolerance);
    }

    [Fact]
    public void The_shaped_return_of_a_solved_episode_is_1_and_the_way_there_was_to_go()
    {
        (double shaped, double sparse, double wayAtFirst) = Play(Shaped, discount: 1);
        Assert.Equal(1, sparse);
        // The way is read from float32.
        Assert.Equal(1 + wayAtFirst, shaped, 5);
    }

    [Fact]
    public void Under_the_learners_discount_the_shaping_adds_what_depends_on_the_beginning_alone()
    {
        EnvironmentSpecification specification = Shaped with { Arguments = new Dictionary<string, string> { ["shaping_discount"] = "0.9" } };
        (double shaped, double sparse, double wayAtFirst) = Play(specification, discount: 0.9);
        Assert.Equal(sparse + wayAtFirst, shaped, 5);
    }

    // One episode of the controller, its discounted returns with and without shaping.
    private static (double Shaped, double Sparse, double WayAtFirst) Play(EnvironmentSpecification specification, double discount)
    {
        IEnvironment shaped = EnvironmentFactory.Create(specification);
        IEnvironment sparse = EnvironmentFactory.Create(Sparse);
        PlanarArmPolicy policy = new();
        float[] observation = new float[PlanarArm.Size];
        float[] same = new float[PlanarArm.Size];
        shaped.Seed(12, 0);
        sparse.Seed(12, 0);
        shaped.Reset(observation);
        sparse.Reset(same);
        (double aheadOfObject, double leftOfObject) = (observation[3] * observation[4], observation[3] * observation[5]);
        double way = observation[3] + double.Hypot((observation[6] * observation[7]) - aheadOfObject, (observation[6] * observation[8]) - leftOfObject);
        (double ofShaped, double ofSparse, double weight) = (0, 0, 1);
        bool ended;
        do
        {
            int action = policy.Act(observation);
            StepResult result = shaped.Step(action, observation);
            ofShaped += weight * result.Reward;
            ofSparse += weight * sparse.Step(action, same).Reward;
            weight *= discount;
            ended = result.Terminated || result.Truncated;
            Assert.Equal(same, observation);
        }
        while (!ended);

        return (ofShaped, ofSparse, way);
    }

    private static PlanarArmState State(double shoulder, double elbow) => new(shoulder, elbow, ObjectX: -0.5, ObjectY: 0, GoalX: 0, GoalY: -0.5, Held: false);

    private static (PlanarArmState Next, StepResult Result) Step(PlanarArmState state, int action)
    {
        StepResult result = new PlanarArm(shaped: false, 1).Step(ref state, action, alreadyTerminated: false, new RandomSource(0), new float[PlanarArm.Size]);
        return (state, result);
    }
}
