namespace DqnAkka.Environments.Tests;

public sealed class TabularOptimumTests
{
    [Theory]
    [InlineData("FrozenLake-v1", 100, 0.7442)]
    [InlineData("FrozenLake-v1", 3_000, 14.0 / 17)]
    [InlineData("FrozenLake8x8-v1", 200, 0.9132)]
    [InlineData("FrozenLake8x8-v1", 3_000, 1)]
    [InlineData("Taxi-v4", 200, 7.93)]
    [InlineData("CliffWalking-v1", 100, -13)]
    public void The_best_return_of_a_task_is_what_is_known_of_it(string id, int horizon, double expected) =>
        Assert.Equal(expected, new FiniteHorizonOptimum(Table(id), horizon).MeanReturn, 4);

    [Theory]
    [InlineData("FrozenLake-v1", 20_000)]
    [InlineData("FrozenLake8x8-v1", 5_000)]
    [InlineData("Taxi-v4", 20_000)]
    [InlineData("CliffWalking-v1", 640)]
    public void The_best_policy_earns_its_exact_return_in_the_vector_environment(string id, int episodes)
    {
        const int Copies = 64;
        // Where there is no limit the best policy ends long before this.
        int limit = EnvironmentRegistry.Get(id).MaxEpisodeSteps is > 0 and int steps ? steps : 100;
        FiniteHorizonOptimum optimum = new(Table(id), limit);
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, Copies);
        VectorBuffers buffers = new(environment);
        int[] actions = new int[Copies];
        int[] taken = new int[Copies];
        double[] sums = new double[Copies];
        int[] left = [.. Enumerable.Repeat(episodes / Copies, Copies)];
        List<double> returns = [];
        environment.Reset(11, 0, buffers.Observations);
        while (left.Any(count => count > 0))
        {
            for (int i = 0; i < Copies; i++)
            {
                actions[i] = optimum.Action(buffers.Row(i).IndexOf(1f), taken[i]);
            }

            buffers.Step(environment, actions);
            for (int i = 0; i < Copies; i++)
            {
                sums[i] += buffers.Rewards[i];
                taken[i]++;
                if (buffers.Terminated[i] || buffers.Truncated[i])
                {
                    // As many of each copy: short episodes are no better than long ones.
                    if (left[i]-- > 0)
                    {
                        returns.Add(sums[i]);
                    }

                    (sums[i], taken[i]) = (0, 0);
                }
            }
        }

        double mean = returns.Average();
        double deviation = Math.Sqrt(returns.Average(value => (value - mean) * (value - mean)));
        // Four standard errors and a half: probability 7e-6.
        Assert.InRange(Math.Abs(mean - optimum.MeanReturn), 0, (4.5 * deviation / Math.Sqrt(returns.Count)) + 1e-9);
    }

    private static TransitionTable Table(string id) => ChanceReplay.Registered<TabularDynamics, TabularState>(id, []).Task.Table;
}
