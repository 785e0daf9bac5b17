using System.Reflection;

namespace DqnAkka.Environments.Tests;

/// <summary>The sample is loaded as a user's environment is: by type name, from the folder that it was built into.</summary>
public sealed class GridWorldSampleTests
{
    private static readonly string Folder = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SampleFolder").Value!;

    [Fact]
    public void The_sample_is_loaded_by_path_with_its_arguments()
    {
        Assert.Equal((new ObservationFormat(ObservationType.Float32, 36), 4), EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(Specification("6")));
        Assert.Equal((new ObservationFormat(ObservationType.Float32, 25), 4), EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(Specification("5")));
        EnvironmentException exception = Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(Specification("1")));
        Assert.Contains("its constructor threw ArgumentOutOfRangeException: size", exception.Message);
    }

    [Fact]
    public void A_wrong_type_name_lists_the_environments_of_the_assembly()
    {
        EnvironmentSpecification specification = Specification("5") with { Type = "GridWorld, DqnAkka.Samples.GridWorld" };
        EnvironmentException exception = Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(specification));
        Assert.Contains("the environments in it are DqnAkka.Samples.GridWorld", exception.Message);
    }

    [Fact]
    public void The_limit_of_the_configuration_truncates()
    {
        IEnvironment environment = EnvironmentFactory.Create(Specification("5"));
        float[] observation = new float[25];
        environment.Seed(1, 0);
        environment.Reset(observation);
        for (int t = 1; t < 100; t++)
        {
            Assert.Equal(new StepResult(-1.0, false, false), environment.Step(0, observation));
        }

        Assert.Equal(new StepResult(-1.0, false, true), environment.Step(3, observation));
        Assert.Equal(1f, observation[0]);
        Assert.Equal(1f, observation.Sum());
    }

    [Fact]
    public void Tabular_Q_learning_finds_the_shortest_way()
    {
        IEnvironment environment = EnvironmentFactory.Create(Specification("5"));
        float[] observation = new float[25];
        double[,] q = new double[25, 4];
        RandomSource random = new(1);
        environment.Seed(1, 0);
        for (int episode = 0; episode < 300; episode++)
        {
            RunEpisode(environment, observation, cell => random.NextDouble() < 0.1 ? random.NextInt(4) : Greedy(q, cell), (cell, action, result, next) =>
                q[cell, action] += 0.5 * (result.Reward + (result.Terminated ? 0.0 : q[next, Greedy(q, next)]) - q[cell, action]));
        }

        Assert.Equal(-7.0, RunEpisode(environment, observation, cell => Greedy(q, cell), (_, _, _, _) => { }));
    }

    [Fact]
    public void The_same_seed_slips_at_the_same_steps()
    {
        EnvironmentSpecification specification = Specification("5") with
        {
            Arguments = new Dictionary<string, string> { ["size"] = "5", ["slip"] = "0.5" },
        };
        List<float> Play(ulong index)
        {
            IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, 1);
            VectorBuffers buffers = new(environment);
            environment.Reset(1, index, buffers.Observations);
            List<float> seen = [];
            for (int t = 0; t < 50; t++)
            {
                buffers.Step(environment, [t % 4]);
                seen.AddRange(buffers.Observations);
            }

            return seen;
        }

        Assert.Equal(Play(0), Play(0));
        Assert.NotEqual(Play(0), Play(1));
    }

    private static EnvironmentSpecification Specification(string size) => new()
    {
        Type = "DqnAkka.Samples.GridWorld, DqnAkka.Samples.GridWorld",
        SearchPaths = [Path.Combine(Path.GetTempPath(), "not-here"), Folder],
        Arguments = new Dictionary<string, string> { ["size"] = size },
        MaxEpisodeSteps = 100,
    };

    private static int Greedy(double[,] q, int cell) => Enumerable.Range(0, 4).MaxBy(action => q[cell, action]);

    private static double RunEpisode(IEnvironment environment, float[] observation, Func<int, int> policy, Action<int, int, StepResult, int> learn)
    {
        double sum = 0;
        environment.Reset(observation);
        StepResult result;
        do
        {
            int cell = Array.IndexOf(observation, 1f);
            int action = policy(cell);
            result = environment.Step(action, observation);
            learn(cell, action, result, Array.IndexOf(observation, 1f));
            sum += result.Reward;
        }
        while (!result.Terminated && !result.Truncated);

        return sum;
    }
}
