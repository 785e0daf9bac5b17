using System.Runtime.CompilerServices;

namespace DqnAkka.Environments.Tests;

/// <summary>The real rules with recorded numbers in place of the caller's, and beginnings that were written in by hand.</summary>
/// <param name="inner">The rules.</param>
/// <param name="numbers">What they draw.</param>
/// <param name="written">States that resets begin with in place of the rules' own.</param>
/// <param name="newest">Receives each state; holds the one that the first reset finds.</param>
internal readonly struct TapedDynamics<TDynamics, TState>(
    TDynamics inner, RecordedNumbers numbers, Queue<TState> written, StrongBox<TState> newest) : IDynamics<TState>
    where TDynamics : struct, IDynamics<TState>
    where TState : unmanaged
{
    public BoxSpace ObservationSpace => inner.ObservationSpace;

    public int ObservationSize => inner.ObservationSize;

    public int ActionCount => inner.ActionCount;

    public ImageSize RenderSize => inner.RenderSize;

    public void Reset(ref TState state, IRandomNumbers random)
    {
        if (!written.TryDequeue(out state))
        {
            state = newest.Value;
            inner.Reset(ref state, numbers);
        }

        newest.Value = state;
    }

    public void Observe(in TState state, Span<float> observation) => inner.Observe(in state, observation);

    public StepResult Step(ref TState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        StepResult result = inner.Step(ref state, action, alreadyTerminated, numbers, observation);
        newest.Value = state;
        return result;
    }

    public void Render(in TState state, Canvas canvas) => inner.Render(in state, canvas);
}
