namespace DqnAkka.Environments;

/// <summary>What catch looks like: a ball above a paddle.</summary>
internal static class CatchDrawing
{
    private const int CellPixels = 40;
    private static readonly RgbColor Sky = new(25, 30, 45);
    private static readonly RgbColor Grid = new(40, 46, 64);
    private static readonly RgbColor Ball = new(250, 200, 70);
    private static readonly RgbColor Paddle = new(100, 170, 240);

    public static ImageSize Size(int rows, int columns) => new(columns * CellPixels, rows * CellPixels);

    public static void Draw(int rows, int columns, in CatchState state, Canvas canvas)
    {
        canvas.SetView(0, 0, columns, rows);
        canvas.Clear(Sky);
        GridDrawing.Lines(columns, rows, Grid, canvas);
        canvas.FillRectangle(state.PaddleColumn + 0.05, rows - 0.35, state.PaddleColumn + 0.95, rows - 0.1, Paddle);
        canvas.FillCircle(state.BallColumn + 0.5, state.BallRow + 0.4, 0.3, Ball);
    }
}
