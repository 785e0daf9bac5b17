using System.Text.Json;

namespace DqnAkka.Environments.Tests;

public sealed class VectorAutoresetTests
{
    // The recordings run free over whole episodes; these two environments are not chaotic, so 1e-6 holds under any libm.
    private static double Tolerance => Traces.IsBitExactHere ? 0 : 1e-6;

    [Fact]
    public void The_vector_of_environments_replays_every_recording_in_every_mode()
    {
        int ends = 0;
        foreach (VectorRecording recording in Traces.Read<VectorRecording>("vector_autoreset"))
        {
            ends += IsCartPole(recording)
                ? Replay<CartPoleState>(recording, tapes => MakeVector(recording, tapes, new CartPole(false)))
                : Replay<MountainCarState>(recording, tapes => MakeVector(recording, tapes, new MountainCar(0)));
        }

        Assert.True(ends > 0, "recordings without an end show no auto-reset");
    }

    [Fact]
    public void The_compiled_vector_replays_the_recordings_of_its_mode()
    {
        VectorRecording[] recordings = [.. Traces.Read<VectorRecording>("vector_autoreset").Where(recording => recording.Mode == AutoresetMode.SameStep)];
        Assert.SkipUnless(recordings.Length > 0 || Traces.Directory == Traces.Shipped, $"{Traces.Directory} has no recordings of mode {AutoresetMode.SameStep}");
        int ends = 0;
        foreach (VectorRecording recording in recordings)
        {
            ends += IsCartPole(recording)
                ? Replay<CartPoleState>(recording, tapes => MakeCompiled(recording, tapes, new CartPole(false)))
                : Replay<MountainCarState>(recording, tapes => MakeCompiled(recording, tapes, new MountainCar(0)));
        }

        Assert.True(ends > 0, "recordings without an end show no auto-reset");
    }

    [Fact]
    public void Shipped_recordings_are_of_every_mode()
    {
        Assert.SkipUnless(Traces.Directory == Traces.Shipped, "further recordings may be of some modes only");
        Assert.Equal(
            Enum.GetValues<AutoresetMode>().Order(),
            Traces.Read<VectorRecording>("vector_autoreset").Select(recording => recording.Mode).Distinct().Order());
    }

    private static bool IsCartPole(VectorRecording recording) => recording.Env switch
    {
        "CartPole-v0" or "CartPole-v1" => true,
        "MountainCar-v0" => false,
        _ => throw new NotSupportedException($"no vector replays {recording.Env}"),
    };

    private static SyncVectorEnvironment MakeVector<TDynamics, TState>(VectorRecording recording, Tape<TState>[] tapes, TDynamics dynamics)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        int made = 0;
        return new SyncVectorEnvironment(
            recording.Env,
            () => new TimeLimit(
                new DynamicsEnvironment<TapeDynamics<TDynamics, TState>, TState>(new TapeDynamics<TDynamics, TState>(dynamics, tapes[made++])),
                EnvironmentRegistry.Get(recording.Env).MaxEpisodeSteps),
            recording.N,
            recording.Mode);
    }

    // One tape serves all copies here: the resets in the order in which the vector makes them.
    private static DynamicsVectorEnvironment<TapeDynamics<TDynamics, TState>, TState> MakeCompiled<TDynamics, TState>(
        VectorRecording recording, Tape<TState>[] tapes, TDynamics dynamics)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        Tape<TState> merged = new();
        foreach (Tape<TState> tape in tapes)
        {
            merged.Resets.Enqueue(tape.Resets.Dequeue());
        }

        for (int t = 0; t < recording.Actions.Length; t++)
        {
            for (int i = 0; i < recording.N; i++)
            {
                if (recording.Terminated[t][i] || recording.Truncated[t][i])
                {
                    merged.Resets.Enqueue(tapes[i].Resets.Dequeue());
                }
            }
        }

        return new(new TapeDynamics<TDynamics, TState>(dynamics, merged), recording.N, EnvironmentRegistry.Get(recording.Env).MaxEpisodeSteps);
    }

    /// <summary>Replays one recording. Returns how many episodes ended in it.</summary>
    private static int Replay<TState>(VectorRecording recording, Func<Tape<TState>[], IVectorEnvironment> create)
        where TState : unmanaged
    {
        Tape<TState>[] tapes = new Tape<TState>[recording.N];
        for (int i = 0; i < tapes.Length; i++)
        {
            tapes[i] = new Tape<TState>();
            foreach (double[] state in recording.ResetStates[i])
            {
                tapes[i].Resets.Enqueue(Traces.State<TState>(state));
            }
        }

        IVectorEnvironment environment = create(tapes);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        AssertRows(recording.InitObs, buffers, $"{recording.Env} {recording.Mode} reset");
        int ends = 0;
        for (int t = 0; t < recording.Actions.Length; t++)
        {
            string where = $"{recording.Env} {recording.Mode} step {t}";
            buffers.Step(environment, recording.Actions[t]);
            AssertRows(recording.Obs[t], buffers, where);
            Assert.Equal(recording.Reward[t], buffers.Rewards);
            Assert.Equal(recording.Terminated[t], buffers.Terminated);
            Assert.Equal(recording.Truncated[t], buffers.Truncated);
            for (int i = 0; i < recording.N; i++)
            {
                if (recording.FinalObs?[t]?[i] is { } final)
                {
                    Traces.AssertSame(final, buffers.FinalRow(i), Tolerance, where);
                }

                ends += recording.Terminated[t][i] || recording.Truncated[t][i] ? 1 : 0;
            }

            if (recording.Mode == AutoresetMode.Disabled && recording.ResetMask?[t] is { } mask)
            {
                ((SyncVectorEnvironment)environment).Reset(mask, buffers.Observations);
                JsonElement entry = recording.ObsAfterReset.EnumerateArray().Single(entry => entry[0].GetInt32() == t);
                AssertRows(entry[1].Deserialize<float[][]>()!, buffers, $"{where} after the masked reset");
            }
        }

        return ends;
    }

    private static void AssertRows(float[][] expected, VectorBuffers buffers, string where)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Traces.AssertSame(expected[i], buffers.Row(i), Tolerance, $"{where} copy {i}");
        }
    }
}
