using System.Runtime.CompilerServices;

namespace DqnAkka.Environments.Tests;

public sealed class MinAtarReplayTests
{
    [Fact]
    public void Asterix_replays_every_recording() => Replay<Asterix, AsterixState, RecordedAsterix>("asterix");

    [Fact]
    public void Breakout_replays_every_recording() => Replay<Breakout, BreakoutState, RecordedBreakout>("breakout");

    [Fact]
    public void Freeway_replays_every_recording() => Replay<Freeway, FreewayState, RecordedFreeway>("freeway");

    [Fact]
    public void Seaquest_replays_every_recording() => Replay<Seaquest, SeaquestState, RecordedSeaquest>("seaquest");

    [Fact]
    public void Space_Invaders_replays_every_recording() => Replay<SpaceInvaders, SpaceInvadersState, RecordedSpaceInvaders>("space_invaders");

    private static void Replay<TGame, TState, TRecorded>(string game)
        where TGame : struct, IMinAtarGame<TState>
        where TState : unmanaged
        where TRecorded : IRecordedState<TState>
    {
        List<MinAtarRecording> recordings = Traces.Read<MinAtarRecording>($"minatar_{game}");
        ManifestEntry entry = Traces.Manifest(Traces.Directory)[$"minatar_{game}.jsonl.gz"];
        Assert.Equal((entry.Lines, entry.Steps), (recordings.Count, recordings.Sum(recording => recording.Steps.Length)));
        for (int line = 0; line < recordings.Count; line++)
        {
            string where = $"{game} line {line + 1} {recordings[line].Kind}";
            ReplaySingle<TGame, TState, TRecorded>(recordings[line], where);
            ReplayVector<TGame, TState, TRecorded>(recordings[line], where);
        }
    }

    private static void ReplaySingle<TGame, TState, TRecorded>(MinAtarRecording recording, string episode)
        where TGame : struct, IMinAtarGame<TState>
        where TState : unmanaged
        where TRecorded : IRecordedState<TState>
    {
        (TapedDynamics<MinAtarDynamics<TGame, TState>, MinAtarState<TState>> dynamics, RecordedNumbers numbers, StrongBox<MinAtarState<TState>> newest) =
            Tape<TGame, TState, TRecorded>(recording);
        DynamicsEnvironment<TapedDynamics<MinAtarDynamics<TGame, TState>, MinAtarState<TState>>, MinAtarState<TState>> environment = new(dynamics);
        float[] observation = new float[dynamics.ObservationSize];
        environment.Seed(0, 0);
        environment.Reset(observation);
        RecordedStates.AssertSame<TRecorded, TState>(recording.Init, in newest.Value, $"{episode} beginning");
        AssertCells(recording.InitObs, observation, $"{episode} beginning");
        Assert.Equal(0, numbers.Left);
        for (int t = 0; t < recording.Steps.Length; t++)
        {
            string where = $"{episode} step {t}";
            MinAtarStep step = recording.Steps[t];
            numbers.Add(step.D);
            StepResult result = environment.Step(step.A, observation);
            Assert.True(numbers.Left == 0, $"{where}: {numbers.Left} draws were not made");
            RecordedStates.AssertSame<TRecorded, TState>(step.S, in newest.Value, where);
            Assert.True(step.X == newest.Value.LastAction, $"{where}: executed {newest.Value.LastAction} in place of {step.X}");
            AssertCells(step.O, observation, where);
            Assert.True(new StepResult(step.R, step.T, Truncated: false) == result, $"{where}: expected {step.R} {step.T}, got {result}");
        }
    }

    private static void ReplayVector<TGame, TState, TRecorded>(MinAtarRecording recording, string episode)
        where TGame : struct, IMinAtarGame<TState>
        where TState : unmanaged
        where TRecorded : IRecordedState<TState>
    {
        (TapedDynamics<MinAtarDynamics<TGame, TState>, MinAtarState<TState>> dynamics, RecordedNumbers numbers, _) = Tape<TGame, TState, TRecorded>(recording);
        DynamicsVectorEnvironment<TapedDynamics<MinAtarDynamics<TGame, TState>, MinAtarState<TState>>, MinAtarState<TState>> environment = new(dynamics, 1, 0);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        AssertCells(recording.InitObs, buffers.Observations, $"{episode} beginning");
        for (int t = 0; t < recording.Steps.Length; t++)
        {
            string where = $"{episode} vector step {t}";
            MinAtarStep step = recording.Steps[t];
            numbers.Add(step.D);
            if (step.T)
            {
                // The vector resets at the end of the episode; where that draws, the recorded beginning is played again.
                numbers.Add(recording.ResetDraws ?? []);
            }

            buffers.Step(environment, [step.A]);
            AssertCells(step.O, step.T ? buffers.FinalObservations : buffers.Observations, where);
            Assert.Equal(step.R, buffers.Rewards[0]);
            Assert.Equal(step.T, buffers.Terminated[0]);
            Assert.False(buffers.Truncated[0]);
            if (step.T)
            {
                AssertCells(recording.InitObs, buffers.Observations, $"{where} after auto-reset");
                Assert.Equal(0, numbers.Left);
                return;
            }
        }
    }

    private static (TapedDynamics<MinAtarDynamics<TGame, TState>, MinAtarState<TState>> Dynamics, RecordedNumbers Numbers, StrongBox<MinAtarState<TState>> Newest)
        Tape<TGame, TState, TRecorded>(MinAtarRecording recording)
        where TGame : struct, IMinAtarGame<TState>
        where TState : unmanaged
        where TRecorded : IRecordedState<TState>
    {
        RecordedNumbers numbers = new();
        Queue<MinAtarState<TState>> written = new();
        MinAtarState<TState> init = RecordedStates.Read<TRecorded, TState>(recording.Init);
        if (recording.InitFrom == "set")
        {
            // Twice: the second is for the reset at the episode's end.
            written.Enqueue(init);
            written.Enqueue(init);
        }
        else
        {
            Assert.Equal("reset", recording.InitFrom);
            numbers.Add(recording.ResetDraws!);
        }

        // A reset finds a game that is over and has to leave nothing of it but the last action.
        StrongBox<MinAtarState<TState>> newest = new(init with { Terminal = true });
        MinAtarDynamics<TGame, TState> dynamics = new(recording.Sticky, recording.Ramping, minimal: false);
        return (new TapedDynamics<MinAtarDynamics<TGame, TState>, MinAtarState<TState>>(dynamics, numbers, written, newest), numbers, newest);
    }

    private static void AssertCells(int[] expected, ReadOnlySpan<float> observation, string where)
    {
        List<int> actual = [];
        for (int i = 0; i < observation.Length; i++)
        {
            Assert.True(observation[i] is 0 or 1, $"{where}: component {i} is {observation[i]}");
            if (observation[i] == 1)
            {
                actual.Add(i);
            }
        }

        Assert.True(actual.SequenceEqual(expected), $"{where}: expected cells {string.Join(' ', expected)}, got {string.Join(' ', actual)}");
    }
}
