namespace DqnAkka.Environments;

/// <summary>What the deep sea looks like: a diver in water that darkens downwards, the chest in the lower right corner.</summary>
internal static class DeepSeaDrawing
{
    private static readonly RgbColor Chest = new(150, 95, 45);
    private static readonly RgbColor Gold = new(250, 205, 70);
    private static readonly RgbColor Suit = new(240, 110, 60);
    private static readonly RgbColor Glass = new(205, 235, 250);
    private static readonly RgbColor Grid = new(50, 110, 150);

    public static ImageSize Size => new(400, 400);

    public static void Draw(int size, in DeepSeaState state, Canvas canvas)
    {
        canvas.SetView(0, 0, size, size);
        canvas.Clear(Water(0));
        for (int row = 1; row < size; row++)
        {
            // Into the row below, so that no seam is left where a row ends within a pixel.
            canvas.FillRectangle(0, row, size, row + 2, Water((double)row / size));
        }

        GridDrawing.Lines(size, size, Grid, canvas);
        canvas.FillRectangle(size - 0.9, size - 0.55, size - 0.1, size - 0.08, Chest);
        canvas.FillRectangle(size - 0.9, size - 0.42, size - 0.1, size - 0.34, Gold);
        // Who has arrived is still in the last row to the eye.
        double y = Math.Min(state.Row, size - 1);
        canvas.FillRectangle(state.Column + 0.35, y + 0.4, state.Column + 0.65, y + 0.85, Suit);
        canvas.FillCircle(state.Column + 0.5, y + 0.3, 0.2, Suit);
        canvas.FillCircle(state.Column + 0.5, y + 0.3, 0.12, Glass);
    }

    private static RgbColor Water(double depth) => new((byte)(60 - (45 * depth)), (byte)(150 - (110 * depth)), (byte)(200 - (120 * depth)));
}
