namespace DqnAkka.Environments;

/// <summary>How <see cref="GridGrasp"/> is observed.</summary>
internal enum GridGraspObservation
{
    /// <summary>
    /// Five boolean planes of 8 by 8, [5, 8, 8], each with one cell or none set: 0 the gripper while it is up, 1 the gripper while it is down, 2 the gripper while its
    /// jaws are closed, 3 the object while it lies, 4 the object while it is held. The bin is always the last cell.
    /// </summary>
    Planes,

    /// <summary>
    /// Eight float32 from 0 to 1: the gripper's column / 7 and row / 7, whether it is down, whether its jaws are closed, the object's column / 7 and row / 7, whether it is held,
    /// whether the gripper is on the object's cell.
    /// </summary>
    Numbers,
}

/// <summary>Writes the state of <see cref="GridGrasp"/> as an observation.</summary>
internal static class GridGraspObserver
{
    /// <summary>Planes of the image.</summary>
    public const int PlaneCount = 5;

    /// <summary>Cells of one plane.</summary>
    public const int PlaneSize = GridGrasp.Cells * GridGrasp.Cells;

    private const int NumberCount = 8;
    private const float Scale = GridGrasp.Cells - 1;
    private static readonly BoxSpace PlaneSpace = new(
        new float[PlaneCount * PlaneSize],
        [.. Enumerable.Repeat(1f, PlaneCount * PlaneSize)],
        ObservationType.Boolean,
        shape: new PlaneShape(PlaneCount, GridGrasp.Cells, GridGrasp.Cells));

    private static readonly BoxSpace NumberSpace = new(new float[NumberCount], [.. Enumerable.Repeat(1f, NumberCount)]);

    /// <summary>The space of the observations.</summary>
    public static BoxSpace Space(GridGraspObservation observation) => observation == GridGraspObservation.Planes ? PlaneSpace : NumberSpace;

    /// <summary>Components of one observation.</summary>
    public static int Size(GridGraspObservation observation) => observation == GridGraspObservation.Planes ? PlaneCount * PlaneSize : NumberCount;

    /// <summary>Writes the state, every component.</summary>
    public static void Observe(GridGraspObservation observation, in GridGraspState state, Span<float> values)
    {
        if (observation == GridGraspObservation.Planes)
        {
            ObservePlanes(in state, values[..(PlaneCount * PlaneSize)]);
        }
        else
        {
            ObserveNumbers(in state, values[..NumberCount]);
        }
    }

    private static void ObservePlanes(in GridGraspState state, Span<float> planes)
    {
        planes.Clear();
        int gripper = (state.GripperY * GridGrasp.Cells) + state.GripperX;
        planes[((state.Down ? 1 : 0) * PlaneSize) + gripper] = 1;
        planes[(2 * PlaneSize) + gripper] = state.Closed ? 1 : 0;
        planes[((state.Held ? 4 : 3) * PlaneSize) + (state.ObjectY * GridGrasp.Cells) + state.ObjectX] = 1;
    }

    private static void ObserveNumbers(in GridGraspState state, Span<float> numbers)
    {
        numbers[0] = state.GripperX / Scale;
        numbers[1] = state.GripperY / Scale;
        numbers[2] = state.Down ? 1 : 0;
        numbers[3] = state.Closed ? 1 : 0;
        numbers[4] = state.ObjectX / Scale;
        numbers[5] = state.ObjectY / Scale;
        numbers[6] = state.Held ? 1 : 0;
        numbers[7] = state.GripperX == state.ObjectX && state.GripperY == state.ObjectY ? 1 : 0;
    }
}
