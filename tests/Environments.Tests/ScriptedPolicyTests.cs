namespace DqnAkka.Environments.Tests;

public sealed class ScriptedPolicyTests
{
    public static TheoryData<string> Ids =>
        [.. EnvironmentRegistry.All.Where(registration => registration.ScriptedPolicy is not null).Select(registration => registration.Id)];

    [Theory]
    [InlineData("CartPole-v0", 195)]
    [InlineData("CartPole-v1", 475)]
    [InlineData("MountainCar-v0", -130)]
    [InlineData("Acrobot-v1", -130)]
    public void Scripted_policies_play_classic_control_well(string id, double score)
    {
        List<double> returns = PolicyEpisodes.Returns(new EnvironmentSpecification { Id = id }, EnvironmentRegistry.Get(id).ScriptedPolicy!(), 200, seed: 3);
        Assert.True(returns.Average() >= score, $"{id}: {returns.Average()}");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_scripted_policy_gives_actions_of_the_space_and_allocates_nothing(string id)
    {
        EnvironmentRegistration registration = EnvironmentRegistry.Get(id);
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, 1);
        IScriptedPolicy policy = registration.ScriptedPolicy!();
        VectorBuffers buffers = new(environment);
        environment.Reset(4, 0, buffers.Observations);
        int[] action = new int[1];
        long allocated = Allocation.Of(() =>
        {
            for (int t = 0; t < 2_000; t++)
            {
                action[0] = policy.Act(buffers.Row(0));
                buffers.Step(environment, action);
            }
        });
        Assert.Equal(0, allocated);
    }
}
