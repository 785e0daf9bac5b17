namespace DqnAkka.Environments.Tests;

public sealed class VectorEnvironmentTests
{
    public static TheoryData<string> Ids => [.. EnvironmentRegistry.All.Select(registration => registration.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_compiled_vector_equals_a_vector_of_single_environments(string id)
    {
        const int Count = 5;
        // Where nothing cuts an episode, chance alone may not end one.
        EnvironmentSpecification specification = new() { Id = id, MaxEpisodeSteps = EnvironmentRegistry.Get(id).MaxEpisodeSteps == 0 ? 300 : 0 };
        IVectorEnvironment compiled = EnvironmentFactory.CreateVector(specification, Count);
        SyncVectorEnvironment single = new(id, () => EnvironmentFactory.Create(specification), Count);
        VectorBuffers first = new(compiled);
        VectorBuffers second = new(single);
        RandomSource random = new(1);
        int[] actions = new int[Count];
        int ends = 0;
        compiled.Reset(7, 3, first.Observations);
        single.Reset(7, 3, second.Observations);
        for (int t = 0; t < 2_000; t++)
        {
            AssertSame(first, second);
            Draw(random, compiled, actions);
            first.Step(compiled, actions);
            second.Step(single, actions);
            ends += first.Terminated.Count(flag => flag) + first.Truncated.Count(flag => flag);
        }

        AssertSame(first, second);
        Assert.True(ends > Count);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Steps_do_not_allocate(string id)
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = id }, 4);
        Assert.Equal(0, AllocatedBySteps(environment));
    }

    [Fact]
    public void A_copy_that_is_seeded_again_begins_as_a_fresh_one_does()
    {
        // The last action, which is repeated half of the time, outlives an episode there.
        EnvironmentSpecification breakout = new()
        {
            Id = "MinAtar/Breakout-v1",
            Arguments = new Dictionary<string, string> { ["sticky_action_prob"] = "0.5" },
            Wrappers = ["ClipReward(max_reward=1)"],
        };
        using IVectorEnvironment vector = EnvironmentFactory.CreateVector(breakout, 8);
        List<float> first = Play(vector, 2);
        for (int other = 0; other < 3; other++)
        {
            Play(vector, other);
            Assert.Equal(first, Play(vector, 2));
        }

        static List<float> Play(IVectorEnvironment vector, int action)
        {
            int size = ((BoxSpace)vector.ObservationSpace).Size * vector.Count;
            (float[] observations, float[] finals) = (new float[size], new float[size]);
            (double[] rewards, bool[] terminated, bool[] truncated) = (new double[vector.Count], new bool[vector.Count], new bool[vector.Count]);
            int[] actions = [.. Enumerable.Repeat(action, vector.Count)];
            vector.Reset(1, 2, observations);
            List<float> seen = [];
            for (int t = 0; t < 3; t++)
            {
                vector.Step(actions, observations, rewards, terminated, truncated, finals);
                seen.AddRange(observations);
            }

            return seen;
        }
    }

    [Fact]
    public void Steps_of_a_vector_of_environments_do_not_allocate()
    {
        EnvironmentSpecification specification = new() { Id = "CartPole-v1" };
        SyncVectorEnvironment environment = new("CartPole-v1", () => EnvironmentFactory.Create(specification), 4);
        Assert.Equal(0, AllocatedBySteps(environment));
    }

    [Fact]
    public void Copies_differ_and_do_not_depend_on_how_they_are_grouped()
    {
        EnvironmentSpecification specification = new() { Id = "Acrobot-v1" };
        IVectorEnvironment all = EnvironmentFactory.CreateVector(specification, 4);
        IVectorEnvironment tail = EnvironmentFactory.CreateVector(specification, 2);
        VectorBuffers ofAll = new(all);
        VectorBuffers ofTail = new(tail);
        all.Reset(1, 0, ofAll.Observations);
        tail.Reset(1, 2, ofTail.Observations);
        Assert.Equal(ofAll.Observations[(2 * ofAll.Size)..], ofTail.Observations);
        Assert.NotEqual(ofAll.Row(0).ToArray(), ofAll.Row(1).ToArray());
    }

    [Fact]
    public void A_wrong_action_moves_no_copy()
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CartPole-v1" }, 3);
        VectorBuffers buffers = new(environment);
        environment.Reset(1, 0, buffers.Observations);
        float[] before = [.. buffers.Observations];
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => buffers.Step(environment, [0, 1, 2]));
        Assert.Contains("copy 2", exception.Message);
        Assert.Contains("0 to 1", exception.Message);
        Assert.Equal(before, buffers.Observations);
    }

    [Fact]
    public void Short_spans_are_refused()
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CartPole-v1" }, 2);
        Assert.Contains("observations has 7 elements where 8", Assert.Throws<ArgumentException>(() => environment.Reset(1, 0, new float[7])).Message);
        environment.Reset(1, 0, new float[8]);
        void Step(int actions, int observations, int rewards, int terminated, int truncated, int final) => environment.Step(
            new int[actions], new float[observations], new double[rewards], new bool[terminated], new bool[truncated], new float[final]);
        Step(2, 8, 2, 2, 2, 8);
        Assert.Equal("actions", Assert.Throws<ArgumentException>(() => Step(1, 8, 2, 2, 2, 8)).ParamName);
        Assert.Equal("observations", Assert.Throws<ArgumentException>(() => Step(2, 7, 2, 2, 2, 8)).ParamName);
        Assert.Equal("rewards", Assert.Throws<ArgumentException>(() => Step(2, 8, 1, 2, 2, 8)).ParamName);
        Assert.Equal("terminated", Assert.Throws<ArgumentException>(() => Step(2, 8, 2, 1, 2, 8)).ParamName);
        Assert.Equal("truncated", Assert.Throws<ArgumentException>(() => Step(2, 8, 2, 2, 1, 8)).ParamName);
        Assert.Equal("finalObservations", Assert.Throws<ArgumentException>(() => Step(2, 8, 2, 2, 2, 7)).ParamName);
    }

    [Fact]
    public void A_step_before_the_first_reset_is_refused()
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CartPole-v1" }, 1);
        Assert.Contains("Reset", Assert.Throws<InvalidOperationException>(() => new VectorBuffers(environment).Step(environment, [0])).Message);
    }

    private static long AllocatedBySteps(IVectorEnvironment environment)
    {
        VectorBuffers buffers = new(environment);
        RandomSource random = new(1);
        int[] actions = new int[environment.Count];
        environment.Reset(1, 0, buffers.Observations);
        long before = 0;
        // The first half warms up what the runtime makes once. Frames take their time.
        int steps = buffers.Size > 1_000 ? 2_000 : 20_000;
        for (int t = 0; t < steps; t++)
        {
            if (t == steps / 2)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            Draw(random, environment, actions);
            buffers.Step(environment, actions);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Draw(RandomSource random, IVectorEnvironment environment, int[] actions)
    {
        int actionCount = ((DiscreteSpace)environment.ActionSpace).Count;
        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = random.NextInt(actionCount);
        }
    }

    private static void AssertSame(VectorBuffers first, VectorBuffers second)
    {
        Traces.AssertSame(first.Observations, second.Observations, 0, "observations");
        Traces.AssertSame(first.FinalObservations, second.FinalObservations, 0, "final observations");
        Assert.Equal(first.Rewards, second.Rewards);
        Assert.Equal(first.Terminated, second.Terminated);
        Assert.Equal(first.Truncated, second.Truncated);
    }
}
