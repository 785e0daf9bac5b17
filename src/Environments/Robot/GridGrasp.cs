namespace DqnAkka.Environments;

/// <summary>State of <see cref="GridGrasp"/>. Columns x and rows y are 0 to 7, row 0 in the north, column 0 in the west.</summary>
/// <param name="GripperX">Column of the gripper.</param>
/// <param name="GripperY">Row of the gripper.</param>
/// <param name="Down">Whether the gripper is at the height of the floor.</param>
/// <param name="Closed">Whether its jaws are closed.</param>
/// <param name="ObjectX">Column of the object; the gripper's while it is held.</param>
/// <param name="ObjectY">Row of the object; the gripper's while it is held.</param>
/// <param name="Held">Whether the jaws hold the object; only closed ones do.</param>
internal record struct GridGraspState(int GripperX, int GripperY, bool Down, bool Closed, int ObjectX, int ObjectY, bool Held);

/// <summary>
/// Pick and place on a floor of 8 by 8 cells: a gripper takes up an object and drops it into the bin in the corner (7, 7).
/// </summary>
/// <remarks>
/// <para>
/// Actions: 0 north (y − 1), 1 south (y + 1), 2 east (x + 1), 3 west (x − 1), 4 toggle the height, 5 toggle the jaws. A move off the floor
/// stays where it is, and one of a gripper that is down does nothing. Jaws that close while the gripper is down on the object's cell hold it from then
/// on, wherever the gripper goes; jaws that open drop it there, at either height. Jaws that close anywhere else hold nothing, and
/// must be opened again.
/// </para>
/// <para>
/// Every step costs 0.01, the last one too; the drop into the bin gives 1 and ends the episode. It begins with the gripper anywhere
/// (drawn first: x, y), up and open, and the object anywhere but in the bin (drawn next, one number), so also under the gripper. The shortest way from there is the
/// distance to the object, down, close, up, the distance to the bin, open: 16 1/3 steps on average, and a mean return of 1 − 0.1633 = 0.8367.
/// </para>
/// </remarks>
/// <param name="observation">What is observed of the state; either is all of it.</param>
internal readonly struct GridGrasp(GridGraspObservation observation) : IDynamics<GridGraspState>
{
    /// <summary>Columns, and rows, of the floor.</summary>
    public const int Cells = 8;

    /// <summary>Column, and row, of the bin.</summary>
    public const int Bin = Cells - 1;

    private const double StepCost = 0.01;

    public BoxSpace ObservationSpace => GridGraspObserver.Space(observation);

    public int ObservationSize => GridGraspObserver.Size(observation);

    public int ActionCount => 6;

    public ImageSize RenderSize => GridGraspDrawing.Size;

    public void Reset(ref GridGraspState state, IRandomNumbers random)
    {
        int gripperX = random.NextInteger(0, Cells);
        int gripperY = random.NextInteger(0, Cells);
        // Row by row, and the bin is the last cell of the last row.
        int cell = random.NextInteger(0, (Cells * Cells) - 1);
        state = new GridGraspState(gripperX, gripperY, Down: false, Closed: false, cell % Cells, cell / Cells, Held: false);
    }

    public void Observe(in GridGraspState state, Span<float> values) => GridGraspObserver.Observe(observation, in state, values);

    public StepResult Step(ref GridGraspState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> values)
    {
        bool delivered = Act(ref state, (GridGraspAction)action);
        Observe(in state, values);
        return new StepResult(delivered ? 1 - StepCost : -StepCost, delivered, Truncated: false);
    }

    public void Render(in GridGraspState state, Canvas canvas) => GridGraspDrawing.Draw(in state, canvas);

    private static bool Act(ref GridGraspState state, GridGraspAction action)
    {
        switch (action)
        {
            case GridGraspAction.ToggleHeight:
                state.Down = !state.Down;
                return false;
            case GridGraspAction.ToggleJaws:
                return ToggleJaws(ref state);
            default:
                Move(ref state, action);
                return false;
        }
    }

    private static void Move(ref GridGraspState state, GridGraspAction direction)
    {
        if (state.Down)
        {
            return;
        }

        switch (direction)
        {
            case GridGraspAction.North:
                state.GripperY = Math.Max(state.GripperY - 1, 0);
                break;
            case GridGraspAction.South:
                state.GripperY = Math.Min(state.GripperY + 1, Cells - 1);
                break;
            case GridGraspAction.East:
                state.GripperX = Math.Min(state.GripperX + 1, Cells - 1);
                break;
            default:
                state.GripperX = Math.Max(state.GripperX - 1, 0);
                break;
        }

        if (state.Held)
        {
            (state.ObjectX, state.ObjectY) = (state.GripperX, state.GripperY);
        }
    }

    // Whether the object fell into the bin.
    private static bool ToggleJaws(ref GridGraspState state)
    {
        bool dropped = state.Held;
        state.Closed = !state.Closed;
        state.Held = state.Closed && state.Down && state.GripperX == state.ObjectX && state.GripperY == state.ObjectY;
        return dropped && state.ObjectX == Bin && state.ObjectY == Bin;
    }
}
