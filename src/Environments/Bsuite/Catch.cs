namespace DqnAkka.Environments;

/// <summary>State of <see cref="Catch"/>.</summary>
/// <param name="BallRow">The ball's row, 0 at the top.</param>
/// <param name="BallColumn">The ball's column.</param>
/// <param name="PaddleColumn">The paddle's column, in the lowest row.</param>
internal record struct CatchState(int BallRow, int BallColumn, int PaddleColumn);

/// <summary>
/// bsuite's catch (Osband et al. 2020): a ball falls one row a step, and a paddle in the lowest row is to be under it. Actions: left, stay,
/// right. A reset draws the ball's column.
/// </summary>
/// <param name="rows">Rows, at least 2.</param>
/// <param name="columns">Columns, at least 1.</param>
internal readonly struct Catch(int rows, int columns) : IDynamics<CatchState>
{
    public BoxSpace ObservationSpace { get; } = new(
        new float[rows * columns], [.. Enumerable.Repeat(1f, rows * columns)], ObservationType.Boolean, shape: new PlaneShape(1, rows, columns));

    public int ObservationSize => rows * columns;

    public int ActionCount => 3;

    public ImageSize RenderSize => CatchDrawing.Size(rows, columns);

    public void Reset(ref CatchState state, IRandomNumbers random) => state = new CatchState(0, random.NextInteger(0, columns), columns / 2);

    public void Observe(in CatchState state, Span<float> observation)
    {
        observation.Clear();
        observation[(state.BallRow * columns) + state.BallColumn] = 1;
        observation[((rows - 1) * columns) + state.PaddleColumn] = 1;
    }

    public StepResult Step(ref CatchState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        state.PaddleColumn = Math.Clamp(state.PaddleColumn + action - 1, 0, columns - 1);
        // A ball that has landed stays where it is.
        state.BallRow = Math.Min(state.BallRow + 1, rows - 1);
        Observe(in state, observation);
        bool landed = state.BallRow == rows - 1;
        double reward = landed && !alreadyTerminated ? (state.PaddleColumn == state.BallColumn ? 1 : -1) : 0;
        return new StepResult(reward, landed, Truncated: false);
    }

    public void Render(in CatchState state, Canvas canvas) => CatchDrawing.Draw(rows, columns, in state, canvas);
}
