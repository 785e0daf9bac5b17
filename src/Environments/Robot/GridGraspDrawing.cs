namespace DqnAkka.Environments;

/// <summary>
/// What a gripper over a floor of cells looks like, from above: two jaws, apart while they are open, dark
/// while the gripper is down; its shadow lies away from it while it is up.
/// </summary>
internal static class GridGraspDrawing
{
    private static readonly RgbColor Floor = new(244, 241, 234);
    private static readonly RgbColor Line = new(214, 208, 196);
    private static readonly RgbColor BinWall = new(70, 110, 160);
    private static readonly RgbColor BinFloor = new(170, 195, 225);
    private static readonly RgbColor Thing = new(214, 90, 60);
    private static readonly RgbColor Shadow = new(205, 200, 190);
    private static readonly RgbColor Raised = new(120, 125, 130);
    private static readonly RgbColor Lowered = new(45, 50, 55);

    public static ImageSize Size => new(400, 400);

    public static void Draw(in GridGraspState state, Canvas canvas)
    {
        canvas.SetView(0, 0, GridGrasp.Cells, GridGrasp.Cells);
        canvas.Clear(Floor);
        DrawBin(canvas);
        for (int i = 1; i < GridGrasp.Cells; i++)
        {
            canvas.DrawLine(i, 0, i, GridGrasp.Cells, 0.03, Line);
            canvas.DrawLine(0, i, GridGrasp.Cells, i, 0.03, Line);
        }

        double x = state.GripperX + 0.5;
        double y = state.GripperY + 0.5;
        if (!state.Down)
        {
            DrawJaws(canvas, x + 0.1, y + 0.1, state.Closed, Shadow);
        }

        canvas.FillCircle(state.ObjectX + 0.5, state.ObjectY + 0.5, 0.22, Thing);
        DrawJaws(canvas, x, y, state.Closed, state.Down ? Lowered : Raised);
    }

    private static void DrawBin(Canvas canvas)
    {
        canvas.FillRectangle(GridGrasp.Bin, GridGrasp.Bin, GridGrasp.Bin + 1, GridGrasp.Bin + 1, BinWall);
        canvas.FillRectangle(GridGrasp.Bin + 0.12, GridGrasp.Bin + 0.12, GridGrasp.Bin + 0.88, GridGrasp.Bin + 0.88, BinFloor);
    }

    private static void DrawJaws(Canvas canvas, double x, double y, bool closed, RgbColor color)
    {
        double gap = closed ? 0.18 : 0.3;
        canvas.FillRectangle(x - gap - 0.14, y - 0.28, x - gap, y + 0.28, color);
        canvas.FillRectangle(x + gap, y - 0.28, x + gap + 0.14, y + 0.28, color);
        canvas.FillRectangle(x - gap - 0.14, y - 0.36, x + gap + 0.14, y - 0.26, color);
    }
}
