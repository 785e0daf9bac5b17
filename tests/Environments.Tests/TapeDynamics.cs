namespace DqnAkka.Environments.Tests;

/// <summary>What a recording puts in the place of chance, and what came of it.</summary>
internal sealed class Tape<TState>
    where TState : unmanaged
{
    /// <summary>States of the resets, in their order.</summary>
    public Queue<TState> Resets { get; } = new();

    /// <summary>States to step from in place of the own ones, where steps are compared one at a time.</summary>
    public Queue<TState> StatesBefore { get; } = new();

    /// <summary>The state after the newest step.</summary>
    public TState Newest { get; set; }
}

/// <summary>The real physics, with resets from a tape.</summary>
internal readonly struct TapeDynamics<TDynamics, TState>(TDynamics inner, Tape<TState> tape) : IDynamics<TState>
    where TDynamics : struct, IDynamics<TState>
    where TState : unmanaged
{
    public BoxSpace ObservationSpace => inner.ObservationSpace;

    public int ObservationSize => inner.ObservationSize;

    public int ActionCount => inner.ActionCount;

    public ImageSize RenderSize => inner.RenderSize;

    public void Reset(ref TState state, IRandomNumbers random) => state = tape.Resets.Dequeue();

    public void Observe(in TState state, Span<float> observation) => inner.Observe(in state, observation);

    public StepResult Step(ref TState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        if (tape.StatesBefore.TryDequeue(out TState before))
        {
            state = before;
        }

        StepResult result = inner.Step(ref state, action, alreadyTerminated, random, observation);
        tape.Newest = state;
        return result;
    }

    public void Render(in TState state, Canvas canvas) => inner.Render(in state, canvas);
}
