namespace DqnAkka.Environments;

/// <summary>What the cliff looks like from above: grass, the abyss along its lower edge, a flag at the goal.</summary>
internal static class CliffWalkingDrawing
{
    private static readonly RgbColor Grass = new(150, 195, 110);
    private static readonly RgbColor Blade = new(130, 175, 95);
    private static readonly RgbColor Abyss = new(60, 45, 40);
    private static readonly RgbColor Rock = new(125, 100, 85);
    private static readonly RgbColor Pole = new(90, 90, 90);
    private static readonly RgbColor Flag = new(205, 45, 50);

    public static ImageSize Size => new(720, 240);

    public static void Draw(int state, Canvas canvas)
    {
        const int Bottom = CliffWalking.Rows - 1;
        const int Last = CliffWalking.Columns - 1;
        canvas.SetView(0, 0, CliffWalking.Columns, CliffWalking.Rows);
        canvas.Clear(Grass);
        GridDrawing.Lines(CliffWalking.Columns, CliffWalking.Rows, Blade, canvas);
        canvas.FillRectangle(1, Bottom, Last, CliffWalking.Rows, Abyss);
        for (int column = 1; column < Last; column++)
        {
            canvas.FillPolygon([(column, Bottom), (column + 1, Bottom), (column + 0.75, Bottom + 0.35), (column + 0.5, Bottom + 0.2), (column + 0.25, Bottom + 0.4)], Rock);
        }

        canvas.DrawLine(Last + 0.3, Bottom + 0.1, Last + 0.3, Bottom + 0.9, 0.06, Pole);
        canvas.FillPolygon([(Last + 0.33, Bottom + 0.1), (Last + 0.85, Bottom + 0.28), (Last + 0.33, Bottom + 0.46)], Flag);
        GridDrawing.Figure(state % CliffWalking.Columns, state / CliffWalking.Columns, sunken: false, canvas);
    }
}
