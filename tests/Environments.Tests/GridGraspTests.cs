namespace DqnAkka.Environments.Tests;

/// <summary>
/// The optimum is computed twice: by value iteration over the table of all states, which is made by stepping the environment's own rules from
/// each, and by counting the steps of the shortest way in plain code that knows nothing of those.
/// </summary>
public sealed class GridGraspTests
{
    private const int North = 0;
    private const int South = 1;
    private const int East = 2;
    private const int West = 3;
    private const int Height = 4;
    private const int Jaws = 5;
    private const int ActionCount = 6;

    private static readonly Lazy<Dictionary<GridGraspState, double>> Optimum = new(IterateValues);

    public static TheoryData<string> Observations => ["planes", "numbers"];

    [Fact]
    public void The_best_mean_return_is_0_837_in_16_33_steps()
    {
        double[] values = [.. Beginnings().Select(state => Optimum.Value[state])];
        Assert.Equal(64 * 63, values.Length);
        double mean = values.Average();
        Assert.Equal(0.837, Math.Round(mean, 3));
        // The return of an episode of n steps is 1 − n / 100.
        Assert.Equal(16.33, Math.Round(100 * (1 - mean), 2));
        Assert.Equal(49.0 / 3, 100 * (1 - mean), 9);
    }

    [Fact]
    public void The_best_value_of_each_beginning_is_that_of_the_way_there_and_to_the_bin()
    {
        foreach (GridGraspState state in Beginnings())
        {
            int steps = Math.Abs(state.GripperX - state.ObjectX) + Math.Abs(state.GripperY - state.ObjectY) + (7 - state.ObjectX) + (7 - state.ObjectY) + 4;
            Assert.Equal(1 - (steps / 100.0), Optimum.Value[state], 9);
        }
    }

    [Theory]
    [MemberData(nameof(Observations))]
    public void The_scripted_policy_is_optimal_in_every_state(string observation)
    {
        GridGrasp dynamics = Dynamics(observation);
        IScriptedPolicy policy = Policy();
        float[] values = new float[dynamics.ObservationSize];
        foreach ((GridGraspState state, double value) in Optimum.Value)
        {
            dynamics.Observe(in state, values);
            (GridGraspState next, StepResult result) = Step(state, policy.Act(values));
            Assert.Equal(value, result.Reward + (result.Terminated ? 0 : Optimum.Value[next]), 9);
        }
    }

    [Theory]
    [MemberData(nameof(Observations))]
    public void The_scripted_policy_reaches_the_optimum_through_the_vector_environment(string observation)
    {
        const int Episodes = 4_000;
        EnvironmentSpecification specification = new() { Id = "GridGrasp-v0", Arguments = new Dictionary<string, string> { ["observation"] = observation } };
        List<double> returns = PolicyEpisodes.Returns(specification, Policy(), Episodes, seed: 5);
        // The length of the shortest way has a standard deviation of 4.4 steps over the beginnings; five standard errors: probability 6e-7.
        Assert.InRange(returns.Average(), 0.83667 - (5 * 0.044 / Math.Sqrt(Episodes)), 0.83667 + (5 * 0.044 / Math.Sqrt(Episodes)));
        Assert.InRange(returns.Min(), 1 - 0.32, 1);
    }

    [Theory]
    [MemberData(nameof(Observations))]
    public void Different_states_are_observed_differently(string observation)
    {
        GridGrasp dynamics = Dynamics(observation);
        float[] values = new float[dynamics.ObservationSize];
        HashSet<string> seen = [];
        foreach (GridGraspState state in Optimum.Value.Keys)
        {
            dynamics.Observe(in state, values);
            Assert.All(values, value => Assert.InRange(value, 0, 1));
            Assert.True(seen.Add(string.Join(' ', values)), state.ToString());
        }
    }

    [Fact]
    public void Moves_go_one_cell_and_stop_at_the_edges()
    {
        GridGraspState middle = new(3, 4, Down: false, Closed: false, 0, 0, Held: false);
        Assert.Equal(middle with { GripperY = 3 }, Step(middle, North).Next);
        Assert.Equal(middle with { GripperY = 5 }, Step(middle, South).Next);
        Assert.Equal(middle with { GripperX = 4 }, Step(middle, East).Next);
        Assert.Equal(middle with { GripperX = 2 }, Step(middle, West).Next);
        GridGraspState first = middle with { GripperX = 0, GripperY = 0 };
        GridGraspState last = middle with { GripperX = 7, GripperY = 7 };
        Assert.Equal((first, first), (Step(first, North).Next, Step(first, West).Next));
        Assert.Equal((last, last), (Step(last, South).Next, Step(last, East).Next));
    }

    [Fact]
    public void A_gripper_that_is_down_does_not_move()
    {
        GridGraspState down = new(3, 4, Down: true, Closed: true, 3, 4, Held: true);
        Assert.All([North, South, East, West], action => Assert.Equal(down, Step(down, action).Next));
    }

    [Fact]
    public void Only_jaws_that_close_while_down_on_the_object_hold_it()
    {
        GridGraspState above = new(3, 4, Down: false, Closed: false, 3, 4, Held: false);
        Assert.False(Step(above, Jaws).Next.Held);
        Assert.True(Step(above with { Down = true }, Jaws).Next.Held);
        Assert.False(Step(above with { Down = true, GripperX = 2 }, Jaws).Next.Held);
        // Closed on nothing and lowered on it afterwards, they must open first.
        GridGraspState closed = Step(Step(above, Jaws).Next, Height).Next;
        Assert.Equal((true, true, false), (closed.Down, closed.Closed, closed.Held));
        Assert.False(Step(closed, Jaws).Next.Held);
        Assert.True(Step(Step(closed, Jaws).Next, Jaws).Next.Held);
    }

    [Fact]
    public void A_held_object_moves_along_and_drops_where_the_jaws_open()
    {
        GridGraspState held = new(3, 4, Down: false, Closed: true, 3, 4, Held: true);
        GridGraspState moved = Step(held, East).Next;
        Assert.Equal((4, 4, true), (moved.ObjectX, moved.ObjectY, moved.Held));
        (GridGraspState dropped, StepResult result) = Step(moved, Jaws);
        Assert.Equal(new GridGraspState(4, 4, Down: false, Closed: false, 4, 4, Held: false), dropped);
        Assert.Equal(new StepResult(-0.01, false, false), result);
        Assert.Equal((4, 4), (Step(dropped, East).Next.ObjectX, Step(dropped, East).Next.ObjectY));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_drop_into_the_bin_ends_the_episode_at_either_height(bool down)
    {
        GridGraspState held = new(7, 7, down, Closed: true, 7, 7, Held: true);
        Assert.Equal(new StepResult(0.99, Terminated: true, Truncated: false), Step(held, Jaws).Result);
    }

    [Fact]
    public void Planes_hold_one_thing_each()
    {
        GridGrasp dynamics = Dynamics("planes");
        float[] planes = new float[5 * 64];
        GridGraspState state = new(3, 4, Down: true, Closed: true, 3, 4, Held: true);
        dynamics.Observe(in state, planes);
        Assert.Equal([(1 * 64) + (4 * 8) + 3, (2 * 64) + (4 * 8) + 3, (4 * 64) + (4 * 8) + 3], Enumerable.Range(0, planes.Length).Where(i => planes[i] != 0));
        state = new GridGraspState(0, 0, Down: false, Closed: false, 6, 7, Held: false);
        dynamics.Observe(in state, planes);
        Assert.Equal([0, (3 * 64) + (7 * 8) + 6], Enumerable.Range(0, planes.Length).Where(i => planes[i] != 0));
        Assert.Equal(new PlaneShape(5, 8, 8), dynamics.ObservationSpace.Format.Shape);
        Assert.Equal(ObservationType.Boolean, dynamics.ObservationSpace.Format.Type);
    }

    [Fact]
    public void Every_beginning_is_equally_likely()
    {
        const int Draws = 40_320;
        RandomSource random = new(6);
        Dictionary<GridGraspState, int> counts = Beginnings().ToDictionary(state => state, _ => 0);
        for (int i = 0; i < Draws; i++)
        {
            GridGraspState state = default;
            Dynamics("planes").Reset(ref state, random);
            counts[state]++;
        }

        double expected = (double)Draws / counts.Count;
        double chiSquared = counts.Values.Sum(count => (count - expected) * (count - expected) / expected);
        // 4031 degrees of freedom: mean 4031, standard deviation 89.8; five of them, probability 6e-7.
        Assert.InRange(chiSquared, 4031 - 449, 4031 + 449);
    }

    [Fact]
    public void Another_observation_is_refused_by_name()
    {
        EnvironmentSpecification specification = new() { Id = "GridGrasp-v0", Arguments = new Dictionary<string, string> { ["observation"] = "pixels" } };
        EnvironmentException exception = Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(specification));
        Assert.Equal("argument observation of environment GridGrasp-v0 must be one of Planes, Numbers: got 'pixels'", exception.Message);
    }

    private static Dictionary<GridGraspState, double> IterateValues()
    {
        (GridGraspState State, (GridGraspState Next, StepResult Result)[] Outcomes)[] table =
            [.. States().Select(state => (state, Enumerable.Range(0, ActionCount).Select(action => Step(state, action)).ToArray()))];
        Dictionary<GridGraspState, double> values = table.ToDictionary(row => row.State, _ => 0.0);
        double change;
        do
        {
            change = 0;
            foreach ((GridGraspState state, (GridGraspState Next, StepResult Result)[] outcomes) in table)
            {
                double value = outcomes.Max(outcome => outcome.Result.Reward + (outcome.Result.Terminated ? 0 : values[outcome.Next]));
                change = Math.Max(change, Math.Abs(value - values[state]));
                values[state] = value;
            }
        }
        while (change > 1e-12);

        return values;
    }

    private static IEnumerable<GridGraspState> States() =>
        from gripper in Enumerable.Range(0, 64)
        from down in new[] { false, true }
        from closed in new[] { false, true }
        from thing in Enumerable.Range(0, 64)
        let held = thing == 63
        where !held || closed
        select new GridGraspState(gripper % 8, gripper / 8, down, closed, (held ? gripper : thing) % 8, (held ? gripper : thing) / 8, held);

    private static IEnumerable<GridGraspState> Beginnings() => States().Where(state => state is { Down: false, Closed: false, Held: false });

    private static (GridGraspState Next, StepResult Result) Step(GridGraspState state, int action)
    {
        GridGrasp dynamics = Dynamics("numbers");
        StepResult result = dynamics.Step(ref state, action, alreadyTerminated: false, new RandomSource(0), new float[dynamics.ObservationSize]);
        return (state, result);
    }

    private static IScriptedPolicy Policy() => EnvironmentRegistry.Get("GridGrasp-v0").ScriptedPolicy!();

    private static GridGrasp Dynamics(string observation) => new(Enum.Parse<GridGraspObservation>(observation, ignoreCase: true));
}
