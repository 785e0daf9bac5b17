namespace DqnAkka.Environments.Tests;

public sealed class PartialObservationTests
{
    [Theory]
    [InlineData("CartPoleNoVelocity-v1", "CartPole-v1", "[0, 2]", 500)]
    [InlineData("MountainCarNoVelocity-v0", "MountainCar-v0", "[0]", 200)]
    public void A_task_without_velocities_is_the_full_one_with_a_mask(string id, string full, string keep, int limit)
    {
        using IVectorEnvironment partial = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, 3);
        using IVectorEnvironment masked = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = full, Wrappers = [$"MaskObservation(keep={keep})"] }, 3);
        Assert.Equal(masked.ObservationSpace, partial.ObservationSpace);
        Assert.Equal((masked.ActionSpace, limit), (partial.ActionSpace, EnvironmentRegistry.Get(id).MaxEpisodeSteps));
        (VectorBuffers first, VectorBuffers second) = (new VectorBuffers(partial), new VectorBuffers(masked));
        partial.Reset(3, 4, first.Observations);
        masked.Reset(3, 4, second.Observations);
        RandomSource random = new(9);
        int ends = 0;
        for (int t = 0; t < 1_000; t++)
        {
            Assert.Equal(second.Observations, first.Observations);
            Assert.Equal(second.FinalObservations, first.FinalObservations);
            Assert.Equal(second.Rewards, first.Rewards);
            Assert.Equal(second.Terminated, first.Terminated);
            Assert.Equal(second.Truncated, first.Truncated);
            ends += first.Terminated.Concat(first.Truncated).Count(flag => flag);
            int[] actions = [.. Enumerable.Range(0, 3).Select(_ => random.NextInt(2))];
            first.Step(partial, actions);
            second.Step(masked, actions);
        }

        Assert.True(ends > 3);
    }
}
