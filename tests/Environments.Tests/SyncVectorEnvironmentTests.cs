namespace DqnAkka.Environments.Tests;

public sealed class SyncVectorEnvironmentTests
{
    [Theory]
    [InlineData("step", "environment Mine (copy 1) failed in Step, after 1 steps of its episode: InvalidOperationException: the wheel came off")]
    [InlineData("nan", "environment Mine (copy 1) returned NaN as observation component 1 of 0 to 1, after action 2 at step 2 of its episode; it must be finite")]
    [InlineData("infinity", "environment Mine (copy 1) returned -infinity as observation component 1 of 0 to 1, after action 2 at step 2 of its episode; it must be finite")]
    [InlineData("reward", "environment Mine (copy 1) returned +infinity as reward, after action 2 at step 2 of its episode; it must be finite")]
    [InlineData("large-reward", "environment Mine (copy 1) returned -1E+300 as reward, after action 2 at step 2 of its episode; it must be finite as float32")]
    public void A_failing_step_names_the_environment_the_copy_and_the_step(string how, string message)
    {
        int made = 0;
        SyncVectorEnvironment environment = new("Mine", () => new FailingEnvironment(made++ == 1 ? how : "none", 2), 2);
        VectorBuffers buffers = new(environment);
        environment.Reset(1, 0, buffers.Observations);
        buffers.Step(environment, [0, 0]);
        Assert.Equal(message, Assert.Throws<EnvironmentException>(() => buffers.Step(environment, [1, 2])).Message);
    }

    [Theory]
    [InlineData("seed", "environment Mine (copy 0) failed in Seed, after 0 steps of its episode: InvalidOperationException: no seed")]
    [InlineData("reset", "environment Mine (copy 0) failed in Reset, after 0 steps of its episode: InvalidOperationException: stuck fast")]
    [InlineData("reset-nan", "environment Mine (copy 0) returned NaN as observation component 1 of 0 to 1, from Reset; observations must be finite")]
    public void A_failing_reset_names_the_environment_and_the_copy(string how, string message)
    {
        SyncVectorEnvironment environment = new("Mine", () => new FailingEnvironment(how, 2), 1);
        Assert.Equal(message, Assert.Throws<EnvironmentException>(() => environment.Reset(1, 0, new float[2])).Message);
    }

    [Fact]
    public void The_final_observation_of_an_episode_is_kept_and_other_rows_are_left()
    {
        int made = 0;
        SyncVectorEnvironment environment = new("Mine", () => new FailingEnvironment(made++ == 0 ? "end" : "none", 2), 2);
        VectorBuffers buffers = new(environment);
        Array.Fill(buffers.FinalObservations, -1f);
        environment.Reset(1, 0, buffers.Observations);
        buffers.Step(environment, [1, 1]);
        Assert.Equal([-1f, -1f, -1f, -1f], buffers.FinalObservations);
        buffers.Step(environment, [1, 2]);
        Assert.Equal([0f, 0f, 2f, 2f], buffers.Observations);
        Assert.Equal([2f, 1f, -1f, -1f], buffers.FinalObservations);
        Assert.Equal([true, false], buffers.Truncated);
        buffers.Step(environment, [1, 1]);
        Assert.Equal([1f, 1f, 3f, 1f], buffers.Observations);
    }

    [Fact]
    public void Without_autoreset_a_copy_that_ended_must_be_reset_by_its_caller()
    {
        SyncVectorEnvironment environment = new("Mine", () => new FailingEnvironment("end", 1), 2, AutoresetMode.Disabled);
        VectorBuffers buffers = new(environment);
        Assert.Throws<InvalidOperationException>(() => environment.Reset([true, true], buffers.Observations));
        environment.Reset(1, 0, buffers.Observations);
        buffers.Step(environment, [1, 1]);
        environment.Reset([true, false], buffers.Observations);
        Assert.Contains("copy 1", Assert.Throws<InvalidOperationException>(() => buffers.Step(environment, [0, 0])).Message);
        environment.Reset([false, true], buffers.Observations);
        buffers.Step(environment, [0, 0]);
    }

    [Fact]
    public void A_vector_needs_a_copy() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyncVectorEnvironment("Mine", () => new CountingEnvironment(), 0));
}
