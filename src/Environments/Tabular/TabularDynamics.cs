using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>State of a <see cref="TabularTask"/>.</summary>
/// <param name="Index">The state's number in the table.</param>
internal record struct TabularState(int Index);

/// <summary>Steps through the table of a task. Each reset and each step draws one uniform number, even where it decides nothing.</summary>
/// <param name="task">The task.</param>
internal readonly struct TabularDynamics(TabularTask task) : IDynamics<TabularState>
{
    private readonly TransitionTable _table = task.Table;

    public TabularTask Task => task;

    public BoxSpace ObservationSpace => task.ObservationSpace;

    public int ObservationSize => _table.StateCount;

    public int ActionCount => _table.ActionCount;

    public ImageSize RenderSize => task.RenderSize;

    public void Reset(ref TabularState state, IRandomNumbers random) => state = new TabularState(_table.SampleInitial(random.NextUniform()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Observe(in TabularState state, Span<float> observation)
    {
        observation.Clear();
        observation[state.Index] = 1;
    }

    // Short enough that a call for each copy would show.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ref TabularState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        ref readonly TransitionTable.Outcome outcome = ref _table.Sample(state.Index, action, random.NextUniform());
        state = new TabularState(outcome.NextState);
        Observe(in state, observation);
        return new StepResult(outcome.Reward, outcome.Terminated, Truncated: false);
    }

    public void Render(in TabularState state, Canvas canvas) => task.Draw(state.Index, canvas);
}
