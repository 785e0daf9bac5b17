using System.Diagnostics;

namespace DqnAkka.Environments.Tests;

/// <summary>A process that dies, hangs or speaks nonsense is replaced, and nothing of its episodes leaks into others.</summary>
public sealed class GymnasiumRestartTests
{
    private const int Copies = 64;
    private const int Kills = 10;

    [Fact]
    public void Every_transition_is_the_cart_poles_own_while_the_process_is_killed_ten_times()
    {
        GymnasiumSetup setup = GymnasiumSetup.Read(PythonInterpreter.Of("CartPole-v1"));
        using GymnasiumVectorEnvironment environment = new(setup, Copies, log: null);
        VectorBuffers buffers = new(environment);
        RandomSource random = new(5);
        int[] actions = new int[Copies];
        environment.Reset(3, 0, buffers.Observations);
        HashSet<float> beginnings = [.. Firsts(buffers)];
        int lost = 0;
        const int Steps = (100_000 / Copies) + 1;
        for (int step = 0; step < Steps; step++)
        {
            if (step % (Steps / Kills) == (Steps / Kills / 2) && lost < Kills)
            {
                using Process victim = Process.GetProcessById(environment.ProcessId);
                victim.Kill();
            }

            float[] before = [.. buffers.Observations];
            for (int i = 0; i < Copies; i++)
            {
                actions[i] = random.NextInt(2);
            }

            try
            {
                buffers.Step(environment, actions);
            }
            catch (EpisodesLostException exception)
            {
                lost++;
                Assert.Contains($"restart {lost}", exception.Message, StringComparison.Ordinal);
                Assert.All(buffers.Observations, value => Assert.InRange(value, -0.05f, 0.05f));
                float[] firsts = Firsts(buffers);
                Assert.DoesNotContain(firsts, beginnings.Contains);
                beginnings.UnionWith(firsts);
                continue;
            }

            for (int i = 0; i < Copies; i++)
            {
                bool ended = buffers.Terminated[i] || buffers.Truncated[i];
                AssertFollows(before.AsSpan(i * 4, 4), actions[i], ended ? buffers.FinalRow(i) : buffers.Row(i), buffers.Terminated[i]);
                Assert.Equal(1, buffers.Rewards[i]);
            }
        }

        Assert.Equal((Kills, Kills), (lost, environment.Restarts));
    }

    [Theory]
    [InlineData("exit", "ended with exit code 7; its last lines: last words")]
    [InlineData("hang", "did not answer within 1 s (dqn.environment.step-timeout-seconds) and was ended")]
    [InlineData("garbage", "sent ")]
    public void A_process_that_fails_is_started_again_and_its_episodes_are_lost(string fault, string cause)
    {
        EnvironmentSpecification specification = PythonInterpreter.Scripted(("fault", fault)) with { StepTimeout = TimeSpan.FromSeconds(1), MaxRestarts = 2 };
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, 2);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        float seed = buffers.Observations[0];
        for (int restart = 1; restart <= 2; restart++)
        {
            buffers.Step(environment, [0, 1]);
            buffers.Step(environment, [0, 1]);
            EpisodesLostException lost = Assert.Throws<EpisodesLostException>(() => buffers.Step(environment, [0, 1]));
            Assert.Contains(cause, lost.Message, StringComparison.Ordinal);
            Assert.EndsWith($"it was started again (restart {restart}), and its copies begin new episodes", lost.Message, StringComparison.Ordinal);
            Assert.Equal((1, 0), (buffers.Observations[1], buffers.Observations[2]));
            Assert.NotEqual(seed, buffers.Observations[0]);
        }

        buffers.Step(environment, [0, 1]);
        buffers.Step(environment, [0, 1]);
        EnvironmentException end = Assert.Throws<EnvironmentException>(() => buffers.Step(environment, [0, 1]));
        Assert.Contains(cause, end.Message, StringComparison.Ordinal);
        Assert.EndsWith("(after 2 restarts in 60 minutes, the limit dqn.environment.max-restarts)", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_of_frames_begins_anew_with_the_lost_episodes()
    {
        EnvironmentSpecification specification = PythonInterpreter.Scripted(("fault", "exit")) with { Wrappers = ["FrameStackObservation(stack_size=2)"] };
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, 1);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        buffers.Step(environment, [0]);
        buffers.Step(environment, [0]);
        Assert.Equal((1, 2), (buffers.Observations[2], buffers.Observations[5]));
        Assert.Throws<EpisodesLostException>(() => buffers.Step(environment, [0]));
        Assert.Equal((0, 0), (buffers.Observations[2], buffers.Observations[5]));
        Assert.Equal(buffers.Observations[..3], buffers.Observations[3..]);
    }

    [Fact]
    public void A_process_that_died_between_two_runs_is_replaced_without_a_word_by_the_next_reset()
    {
        using GymnasiumVectorEnvironment environment = new(GymnasiumSetup.Read(PythonInterpreter.Of("CartPole-v1")), 2, log: null);
        VectorBuffers buffers = new(environment);
        environment.Reset(3, 0, buffers.Observations);
        using (Process victim = Process.GetProcessById(environment.ProcessId))
        {
            victim.Kill();
            victim.WaitForExit();
        }

        environment.Reset(3, 0, buffers.Observations);
        buffers.Step(environment, [0, 1]);
        Assert.Equal(1, environment.Restarts);
    }

    [Fact]
    public void A_process_ends_with_its_environment_also_in_the_middle_of_a_step()
    {
        int idle;
        int hanging;
        using (GymnasiumVectorEnvironment environment = new(GymnasiumSetup.Read(PythonInterpreter.Of("CartPole-v1")), 1, log: null))
        {
            environment.Reset(0, 0, new float[4]);
            idle = environment.ProcessId;
        }

        EnvironmentSpecification specification = PythonInterpreter.Scripted(("fault", "hang"), ("at", "1")) with { StepTimeout = TimeSpan.FromSeconds(1), MaxRestarts = 0 };
        using (GymnasiumVectorEnvironment environment = new(GymnasiumSetup.Read(specification), 1, log: null))
        {
            VectorBuffers buffers = new(environment);
            environment.Reset(0, 0, buffers.Observations);
            hanging = environment.ProcessId;
            Assert.Throws<EnvironmentException>(() => buffers.Step(environment, [0]));
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(idle));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(hanging));
    }

    [Fact]
    public void Seeds_differ_by_copy_and_by_attempt_and_repeat_otherwise()
    {
        HashSet<long> all = [];
        for (int attempt = 0; attempt < 20; attempt++)
        {
            long[] seeds = new long[64];
            long[] again = new long[64];
            BridgeSeeds.Fill(7, 1UL << 40, attempt, seeds);
            BridgeSeeds.Fill(7, 1UL << 40, attempt, again);
            Assert.Equal(seeds, again);
            Assert.All(seeds, seed => Assert.InRange(seed, 0, int.MaxValue));
            all.UnionWith(seeds);
        }

        Assert.Equal(20 * 64, all.Count);
    }

    private static float[] Firsts(VectorBuffers buffers) => [.. Enumerable.Range(0, Copies).Select(i => buffers.Observations[i * 4])];

    // The rules in float64, from a state known in float32: what follows is known as exactly as that.
    private static void AssertFollows(ReadOnlySpan<float> before, int action, ReadOnlySpan<float> after, bool terminated)
    {
        CartPoleState state = new(before[0], before[1], before[2], before[3]);
        float[] expected = new float[4];
        StepResult result = new CartPole(false).Step(ref state, action, alreadyTerminated: false, new RandomSource(0), expected);
        for (int i = 0; i < 4; i++)
        {
            Assert.InRange(after[i], expected[i] - 1e-5f, expected[i] + 1e-5f);
        }

        bool isAtTheEdge = Math.Abs(Math.Abs(expected[0]) - 2.4) < 1e-5 || Math.Abs(Math.Abs(expected[2]) - (12 * 2 * Math.PI / 360)) < 1e-5;
        Assert.True(isAtTheEdge || result.Terminated == terminated);
    }
}
