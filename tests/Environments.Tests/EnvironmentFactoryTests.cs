using System.Reflection;

namespace DqnAkka.Environments.Tests;

public sealed class EnvironmentFactoryTests
{
    private static readonly string TestAssembly = Assembly.GetExecutingAssembly().GetName().Name!;

    [Theory]
    [InlineData("CartPole-v0", 4, 2, 200, 195.0)]
    [InlineData("CartPole-v1", 4, 2, 500, 475.0)]
    [InlineData("MountainCar-v0", 2, 3, 200, -110.0)]
    [InlineData("Acrobot-v1", 6, 3, 500, -100.0)]
    public void The_registry_knows_what_Gymnasium_says(string id, int observationSize, int actionCount, int limit, double threshold)
    {
        EnvironmentRegistration registration = EnvironmentRegistry.Get(id);
        Assert.Equal((limit, threshold), (registration.MaxEpisodeSteps, registration.RewardThreshold));
        Assert.Equal((new ObservationFormat(ObservationType.Float32, observationSize), actionCount), EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(new EnvironmentSpecification { Id = id }));
        Assert.Equal(registration.ObservationSpace, EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, 1).ObservationSpace);
        Assert.Equal(registration.ActionSpace, EnvironmentFactory.Create(new EnvironmentSpecification { Id = id }).ActionSpace);
    }

    [Theory]
    [InlineData("CartPole-v1", "sutton_barto_reward", "true", 0.0)]
    [InlineData("CartPole-v1", "suttonBartoReward", "False", 1.0)]
    public void Arguments_reach_a_registered_environment(string id, string argument, string value, double reward)
    {
        EnvironmentSpecification specification = new() { Id = id, Arguments = new Dictionary<string, string> { [argument] = value } };
        Assert.Equal(reward, RewardsUntilEnd(specification)[0]);
    }

    [Fact]
    public void A_goal_velocity_beyond_the_top_speed_leaves_only_the_time_limit() => Assert.Equal(
        200, RewardsUntilEnd(new EnvironmentSpecification { Id = "MountainCar-v0", Arguments = new Dictionary<string, string> { ["goal_velocity"] = "0.08" } }).Count);

    [Theory]
    [InlineData("Acrobot-v1", "", 7)]
    [InlineData("", "CountingEnvironment", 7)]
    public void A_given_limit_replaces_the_known_one(string id, string type, int limit) =>
        Assert.Equal(limit, RewardsUntilEnd(Of(type) with { Id = id, MaxEpisodeSteps = limit }).Count);

    [Fact]
    public void The_type_wins_over_the_id() => Assert.IsType<SyncVectorEnvironment>(
        EnvironmentFactory.CreateVector(Of(nameof(CountingEnvironment)) with { Id = "CartPole-v1" }, 2));

    [Theory]
    [InlineData("grid_size=4", "4 0.25 False none Grass  1 ")]
    [InlineData("gridSize=-4;slip-rate=1e-2;windy=TRUE;label= a b;terrain=ice;limit=5;gain=0.5", "-4 0.01 True  a b Ice 5 0.5 ")]
    public void Arguments_reach_the_constructor_of_a_users_type(string arguments, string expected) =>
        Assert.Equal(expected, ((ArgumentEnvironment)EnvironmentFactory.Create(Of(nameof(ArgumentEnvironment), arguments))).Arguments);

    [Theory]
    [InlineData("", 0)]
    [InlineData("size=3", 3)]
    public void The_arguments_choose_the_constructor(string arguments, int size) =>
        Assert.Equal(size, ((TwoConstructorsEnvironment)EnvironmentFactory.Create(Of(nameof(TwoConstructorsEnvironment), arguments))).Size);

    [Theory]
    [InlineData("", "no environment is named: set environment.id to one that the envs command lists")]
    [InlineData("cartpole-1", "unknown environment 'cartpole-1': did you mean 'CartPole-v1'? The envs command lists all")]
    [InlineData("MontainCar-v0", "unknown environment 'MontainCar-v0': did you mean 'MountainCar-v0'?")]
    [InlineData("Breakout-v1", "unknown environment 'Breakout-v1': did you mean 'MinAtar/Breakout-v1'?")]
    [InlineData("catch", "unknown environment 'catch': did you mean 'bsuite/catch-v0'?")]
    [InlineData("Taxi-v3", "unknown environment 'Taxi-v3': did you mean 'Taxi-v4'?")]
    public void An_unknown_id_names_the_nearest_one(string id, string message) =>
        AssertFails(new EnvironmentSpecification { Id = id }, message);

    [Theory]
    [InlineData("CartPole-v1", "sutton_reward=1", "environment CartPole-v1 has no argument 'sutton_reward': did you mean 'sutton_barto_reward'? It takes sutton_barto_reward (False)")]
    [InlineData("CartPole-v1", "sutton_barto_reward=1", "argument sutton_barto_reward of environment CartPole-v1 must be true or false: got '1'")]
    [InlineData("MountainCar-v0", "goal_velocity=fast", "argument goal_velocity of environment MountainCar-v0 must be a finite number: got 'fast'")]
    [InlineData("MountainCar-v0", "goal_velocity=NaN", "must be a finite number: got 'NaN'")]
    [InlineData("MountainCar-v0", "goal_velocity=0;goalVelocity=1", "argument goal_velocity of environment MountainCar-v0 is given twice, as goal_velocity and goalVelocity: keep one")]
    [InlineData("Acrobot-v1", "torque=1", "environment Acrobot-v1 takes no arguments: remove 'torque'")]
    public void A_wrong_argument_of_a_registered_environment_is_named(string id, string arguments, string message) =>
        AssertFails(new EnvironmentSpecification { Id = id, Arguments = Parse(arguments) }, message);

    [Theory]
    [InlineData("", "needs a value for its argument gridSize: set environment.kwargs.gridSize")]
    [InlineData("grid_size=4.5", "argument gridSize of environment DqnAkka.Environments.Tests.ArgumentEnvironment, DqnAkka.Environments.Tests must be an integer from -2147483648 to 2147483647: got '4.5'")]
    [InlineData("grid_size=4;terrain=1", "must be one of Grass, Ice: got '1'")]
    [InlineData("grid_size=4;extra=1", "is a Object, which a configuration cannot give: leave it out")]
    [InlineData("grid_size=4;wind=1", "has no argument 'wind': did you mean 'windy'? It takes gridSize (no default), slipRate (0.25)")]
    public void A_wrong_argument_of_a_users_environment_is_named(string arguments, string message) =>
        AssertFails(Of(nameof(ArgumentEnvironment), arguments), message);

    [Theory]
    [InlineData(nameof(NotAnEnvironment), "does not implement DqnAkka.Environments.IEnvironment: the environments in it are ")]
    [InlineData(nameof(AbstractEnvironment), "is abstract or generic: name a class that can be made")]
    [InlineData("Missing", "environment type 'DqnAkka.Environments.Tests.Missing' is not in assembly DqnAkka.Environments.Tests (")]
    [InlineData(nameof(UnusableEnvironment), "has no usable constructor: it needs a public one")]
    [InlineData(nameof(ThrowingConstructorEnvironment), "cannot be made, its constructor threw InvalidOperationException: the simulator is not installed")]
    public void A_type_that_cannot_be_made_says_why(string type, string message) => AssertFails(Of(type), message);

    [Theory]
    [InlineData("JustAType")]
    [InlineData("A.Type, ")]
    [InlineData(", Assembly")]
    [InlineData("A.Type, Assembly, Version=x")]
    public void A_name_without_type_or_assembly_is_explained(string type) =>
        AssertFails(new EnvironmentSpecification { Type = type }, $"environment type '{type}' must name a type and its assembly: write 'Namespace.Type, Assembly'");

    [Fact]
    public void A_missing_assembly_says_where_it_was_looked_for()
    {
        string folder = Path.Combine(Path.GetTempPath(), "no-such-folder");
        AssertFails(
            new EnvironmentSpecification { Type = "A.Type, Their.Missing", SearchPaths = [folder] },
            $"assembly Their.Missing of environment type 'A.Type, Their.Missing' was not found (looked for {Path.Combine(folder, "Their.Missing.dll")}, {AppContext.BaseDirectory}");
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Their.Broken.dll"), "not an assembly");
            AssertFails(
                new EnvironmentSpecification { Type = "A.Type, Their.Broken", SearchPaths = [folder] },
                "assembly Their.Broken of environment type 'A.Type, Their.Broken' cannot be loaded: BadImageFormatException");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(nameof(ContinuousActionEnvironment), "DQN needs discrete actions: DqnAkka.Environments.Tests.ContinuousActionEnvironment, DqnAkka.Environments.Tests's action space is Box(1: [-1] to [1])")]
    [InlineData(nameof(DiscreteObservationEnvironment), "DQN on vectors needs Box observations: DqnAkka.Environments.Tests.DiscreteObservationEnvironment, DqnAkka.Environments.Tests's observation space is Discrete(16)")]
    [InlineData(nameof(SpacelessEnvironment), "has no ActionSpace: it is null")]
    [InlineData(nameof(ThrowingSpaceEnvironment), "failed in ObservationSpace: NotSupportedException: no sensor")]
    public void Spaces_that_DQN_cannot_use_are_refused(string type, string message)
    {
        AssertOneLine(message, Assert.Throws<EnvironmentException>(() => EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(Of(type))));
        AssertOneLine(message, Assert.Throws<EnvironmentException>(() => EnvironmentFactory.CreateVector(Of(type), 2)));
    }

    [Fact]
    public void A_negative_limit_is_refused() => AssertFails(
        new EnvironmentSpecification { Id = "CartPole-v1", MaxEpisodeSteps = -1 }, "environment.max-episode-steps is -1: give a positive number of steps");

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("Flaw", "lawn", 2)]
    [InlineData("same", "SAME", 0)]
    public void Edit_distance_counts_changes(string first, string second, int distance) =>
        Assert.Equal((distance, distance), (NearestName.EditDistance(first, second), NearestName.EditDistance(second, first)));

    private static EnvironmentSpecification Of(string type, string arguments = "") => new()
    {
        Type = type.Length == 0 ? "" : $"DqnAkka.Environments.Tests.{type}, {TestAssembly}",
        Arguments = Parse(arguments),
    };

    private static Dictionary<string, string> Parse(string arguments) => arguments
        .Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(argument => argument.Split('='))
        .ToDictionary(parts => parts[0], parts => parts[1]);

    private static List<double> RewardsUntilEnd(EnvironmentSpecification specification)
    {
        IEnvironment environment = EnvironmentFactory.Create(specification);
        float[] observation = new float[((BoxSpace)environment.ObservationSpace).Size];
        environment.Seed(1, 0);
        environment.Reset(observation);
        List<double> rewards = [];
        StepResult result;
        do
        {
            result = environment.Step(rewards.Count % 2, observation);
            rewards.Add(result.Reward);
        }
        while (!result.Terminated && !result.Truncated);

        return rewards;
    }

    private static void AssertFails(EnvironmentSpecification specification, string message)
    {
        AssertOneLine(message, Assert.Throws<EnvironmentException>(() => EnvironmentFactory.Create(specification)));
        AssertOneLine(message, Assert.Throws<EnvironmentException>(() => EnvironmentFactory.CreateVector(specification, 2)));
    }

    private static void AssertOneLine(string expected, EnvironmentException exception)
    {
        Assert.Contains(expected, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
