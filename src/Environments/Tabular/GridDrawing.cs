namespace DqnAkka.Environments;

/// <summary>What the grid worlds' pictures have in common. Coordinates are cells: column to the right, row downwards.</summary>
internal static class GridDrawing
{
    private const double LineWidth = 0.03;
    private static readonly RgbColor Skin = new(240, 200, 165);
    private static readonly RgbColor Coat = new(60, 140, 75);
    private static readonly RgbColor Lost = new(120, 120, 130);

    /// <summary>Draws the lines between the cells.</summary>
    public static void Lines(int columns, int rows, RgbColor color, Canvas canvas)
    {
        for (int column = 0; column <= columns; column++)
        {
            canvas.DrawLine(column, 0, column, rows, LineWidth, color);
        }

        for (int row = 0; row <= rows; row++)
        {
            canvas.DrawLine(0, row, columns, row, LineWidth, color);
        }
    }

    /// <summary>Draws somebody who stands in a cell, or of whom only the head is left to see.</summary>
    public static void Figure(double x, double y, bool sunken, Canvas canvas)
    {
        if (sunken)
        {
            canvas.FillCircle(x + 0.5, y + 0.5, 0.16, Lost);
            return;
        }

        canvas.FillPolygon([(x + 0.5, y + 0.3), (x + 0.72, y + 0.82), (x + 0.28, y + 0.82)], Coat);
        canvas.FillCircle(x + 0.5, y + 0.28, 0.15, Skin);
    }
}
