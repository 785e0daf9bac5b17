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
    public static BoxSpace ObservationSpace => TDynamics.ObservationSpace;

    public static int ObservationSize => TDynamics.ObservationSize;

    public static int ActionCount => TDynamics.ActionCount;

    public TState Reset(RandomSource random) => tape.Resets.Dequeue();

    public void Observe(in TState state, Span<float> observation) => inner.Observe(in state, observation);

    public bool Step(ref TState state, int action, Span<float> observation)
    {
        if (tape.StatesBefore.TryDequeue(out TState before))
        {
            state = before;
        }

        bool terminated = inner.Step(ref state, action, observation);
        tape.Newest = state;
        return terminated;
    }

    public double Reward(bool terminated, bool alreadyTerminated) => inner.Reward(terminated, alreadyTerminated);
}
