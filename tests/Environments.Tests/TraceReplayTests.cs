using System.Text.Json;

namespace DqnAkka.Environments.Tests;

public sealed class TraceReplayTests
{
    [Theory]
    [InlineData("cartpole", false)]
    [InlineData("cartpole", true)]
    [InlineData("mountaincar", false)]
    [InlineData("mountaincar", true)]
    [InlineData("acrobot", false)]
    [InlineData("acrobot", true)]
    public void Single_environments_replay_every_recorded_episode(string name, bool stepByStep)
    {
        Assert.SkipUnless(stepByStep || Traces.IsBitExactHere, "whole episodes are equal bit for bit on linux-x64 only");
        foreach (Episode episode in Traces.Read<Episode>(name))
        {
            Dispatch(episode, new SingleReplay(stepByStep));
        }
    }

    [Theory]
    [InlineData("cartpole", false)]
    [InlineData("cartpole", true)]
    [InlineData("mountaincar", false)]
    [InlineData("mountaincar", true)]
    [InlineData("acrobot", false)]
    [InlineData("acrobot", true)]
    public void Vectors_replay_every_recorded_episode_to_its_end(string name, bool stepByStep)
    {
        Assert.SkipUnless(stepByStep || Traces.IsBitExactHere, "whole episodes are equal bit for bit on linux-x64 only");
        foreach (Episode episode in Traces.Read<Episode>(name))
        {
            Dispatch(episode, new VectorReplay(stepByStep));
        }
    }

    private static void Dispatch(Episode episode, IReplay replay)
    {
        switch (episode.Env)
        {
            case "CartPole-v0" or "CartPole-v1":
                bool suttonBarto = episode.Kwargs.TryGetValue("sutton_barto_reward", out JsonElement flag) && flag.GetBoolean();
                replay.Run<CartPole, CartPoleState>(episode, new CartPole(suttonBarto));
                break;
            case "MountainCar-v0":
                double goalVelocity = episode.Kwargs.TryGetValue("goal_velocity", out JsonElement velocity) ? velocity.GetDouble() : 0.0;
                replay.Run<MountainCar, MountainCarState>(episode, new MountainCar(goalVelocity));
                break;
            case "Acrobot-v1":
                replay.Run<Acrobot, AcrobotState>(episode, default);
                break;
            default:
                Assert.Fail($"no environment replays {episode.Env}");
                break;
        }
    }

    private interface IReplay
    {
        void Run<TDynamics, TState>(Episode episode, TDynamics dynamics)
            where TDynamics : struct, IDynamics<TState>
            where TState : unmanaged;
    }

    private static Tape<TState> Record<TState>(Episode episode, bool stepByStep)
        where TState : unmanaged
    {
        Tape<TState> tape = new();
        tape.Resets.Enqueue(Traces.State<TState>(episode.InitState));
        if (stepByStep)
        {
            foreach (double[] state in episode.State[..^1].Prepend(episode.InitState))
            {
                tape.StatesBefore.Enqueue(Traces.State<TState>(state));
            }
        }

        return tape;
    }

    private static double Tolerance(bool stepByStep) => stepByStep && !Traces.IsBitExactHere ? 1e-9 : 0;

    private sealed class SingleReplay(bool stepByStep) : IReplay
    {
        public void Run<TDynamics, TState>(Episode episode, TDynamics dynamics)
            where TDynamics : struct, IDynamics<TState>
            where TState : unmanaged
        {
            double tolerance = Tolerance(stepByStep);
            Tape<TState> tape = Record<TState>(episode, stepByStep);
            TimeLimit environment = new(
                new DynamicsEnvironment<TapeDynamics<TDynamics, TState>, TState>(new TapeDynamics<TDynamics, TState>(dynamics, tape)),
                EnvironmentRegistry.Get(episode.Env).MaxEpisodeSteps);
            float[] observation = new float[dynamics.ObservationSize];
            environment.Seed(0, 0);
            environment.Reset(observation);
            Traces.AssertSame(episode.InitObs, observation, tolerance, $"{episode.Kind} after reset");
            for (int t = 0; t < episode.Actions.Length; t++)
            {
                string where = $"{episode.Env} {episode.Kind} step {t}";
                StepResult result = environment.Step(episode.Actions[t], observation);
                Traces.AssertSame(episode.State[t], Traces.Numbers(tape.Newest), tolerance, where);
                Traces.AssertSame(episode.Obs[t], observation, tolerance, where);
                Assert.Equal(new StepResult(episode.Reward[t], episode.Terminated[t], episode.Truncated[t]), result);
            }
        }
    }

    private sealed class VectorReplay(bool stepByStep) : IReplay
    {
        public void Run<TDynamics, TState>(Episode episode, TDynamics dynamics)
            where TDynamics : struct, IDynamics<TState>
            where TState : unmanaged
        {
            double tolerance = Tolerance(stepByStep);
            Tape<TState> tape = Record<TState>(episode, stepByStep);
            // The vector resets at the episode's end; beginning the same episode again shows that it did.
            tape.Resets.Enqueue(Traces.State<TState>(episode.InitState));
            DynamicsVectorEnvironment<TapeDynamics<TDynamics, TState>, TState> environment = new(
                new TapeDynamics<TDynamics, TState>(dynamics, tape), 1, EnvironmentRegistry.Get(episode.Env).MaxEpisodeSteps);
            VectorBuffers buffers = new(environment);
            environment.Reset(0, 0, buffers.Observations);
            Traces.AssertSame(episode.InitObs, buffers.Observations, tolerance, $"{episode.Kind} after reset");
            for (int t = 0; t < episode.Actions.Length; t++)
            {
                string where = $"{episode.Env} {episode.Kind} step {t}";
                buffers.Step(environment, [episode.Actions[t]]);
                bool ended = episode.Terminated[t] || episode.Truncated[t];
                Traces.AssertSame(episode.State[t], Traces.Numbers(tape.Newest), tolerance, where);
                Traces.AssertSame(episode.Obs[t], ended ? buffers.FinalObservations : buffers.Observations, tolerance, where);
                Assert.Equal(episode.Reward[t], buffers.Rewards[0]);
                Assert.Equal(episode.Terminated[t], buffers.Terminated[0]);
                Assert.Equal(episode.Truncated[t], buffers.Truncated[0]);
                if (ended)
                {
                    Traces.AssertSame(episode.InitObs, buffers.Observations, tolerance, $"{where} after auto-reset");
                    Assert.Empty(tape.Resets);
                    return;
                }
            }
        }
    }
}
