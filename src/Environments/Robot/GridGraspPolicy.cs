namespace DqnAkka.Environments;

/// <summary>A shortest way through <see cref="GridGrasp"/>, from every state and from either observation.</summary>
internal sealed class GridGraspPolicy : IScriptedPolicy
{
    /// <inheritdoc />
    public int Act(ReadOnlySpan<float> observation)
    {
        GridGraspState state = observation.Length == GridGraspObserver.Size(GridGraspObservation.Planes) ? ReadPlanes(observation) : ReadNumbers(observation);
        return (int)(state.Held ? Deliver(in state) : Fetch(in state));
    }

    private static GridGraspAction Deliver(in GridGraspState state) =>
        state.GripperX == GridGrasp.Bin && state.GripperY == GridGrasp.Bin ? GridGraspAction.ToggleJaws : Approach(in state, GridGrasp.Bin, GridGrasp.Bin);

    private static GridGraspAction Fetch(in GridGraspState state)
    {
        if (state.GripperX != state.ObjectX || state.GripperY != state.ObjectY)
        {
            return Approach(in state, state.ObjectX, state.ObjectY);
        }

        // Empty closed jaws are opened first, so that closing them can grasp.
        return state.Closed || state.Down ? GridGraspAction.ToggleJaws : GridGraspAction.ToggleHeight;
    }

    private static GridGraspAction Approach(in GridGraspState state, int x, int y)
    {
        if (state.Down)
        {
            return GridGraspAction.ToggleHeight;
        }

        return state.GripperX < x ? GridGraspAction.East
            : state.GripperX > x ? GridGraspAction.West
            : state.GripperY < y ? GridGraspAction.South
            : GridGraspAction.North;
    }

    private static GridGraspState ReadPlanes(ReadOnlySpan<float> planes)
    {
        bool down = planes.Slice(GridGraspObserver.PlaneSize, GridGraspObserver.PlaneSize).Contains(1);
        bool held = planes.Slice(4 * GridGraspObserver.PlaneSize, GridGraspObserver.PlaneSize).Contains(1);
        int gripper = Cell(planes, down ? 1 : 0);
        int thing = Cell(planes, held ? 4 : 3);
        return new GridGraspState(
            gripper % GridGrasp.Cells,
            gripper / GridGrasp.Cells,
            down,
            planes.Slice(2 * GridGraspObserver.PlaneSize, GridGraspObserver.PlaneSize).Contains(1),
            thing % GridGrasp.Cells,
            thing / GridGrasp.Cells,
            held);
    }

    private static int Cell(ReadOnlySpan<float> planes, int plane) => planes.Slice(plane * GridGraspObserver.PlaneSize, GridGraspObserver.PlaneSize).IndexOf(1);

    private static GridGraspState ReadNumbers(ReadOnlySpan<float> numbers) => new(
        Coordinate(numbers[0]), Coordinate(numbers[1]), numbers[2] > 0.5f, numbers[3] > 0.5f, Coordinate(numbers[4]), Coordinate(numbers[5]), numbers[6] > 0.5f);

    private static int Coordinate(float scaled) => (int)MathF.Round(scaled * (GridGrasp.Cells - 1));
}
