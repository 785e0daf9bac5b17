namespace DqnAkka.Environments;

/// <summary>What a frozen lake looks like from above: ice, holes, a present at the goal.</summary>
internal static class FrozenLakeDrawing
{
    private static readonly RgbColor Ice = new(214, 234, 246);
    private static readonly RgbColor Crack = new(170, 200, 220);
    private static readonly RgbColor Water = new(32, 78, 120);
    private static readonly RgbColor Wood = new(150, 110, 70);
    private static readonly RgbColor Present = new(200, 50, 60);
    private static readonly RgbColor Ribbon = new(250, 215, 90);

    public static ImageSize Size => new(512, 512);

    public static void Draw(string[] map, int state, Canvas canvas)
    {
        int width = map[0].Length;
        canvas.SetView(0, 0, width, map.Length);
        canvas.Clear(Ice);
        for (int row = 0; row < map.Length; row++)
        {
            for (int column = 0; column < width; column++)
            {
                DrawCell(map[row][column], column, row, canvas);
            }
        }

        GridDrawing.Lines(width, map.Length, Crack, canvas);
        int x = state % width;
        int y = state / width;
        GridDrawing.Figure(x, y, map[y][x] == 'H', canvas);
    }

    private static void DrawCell(char cell, int x, int y, Canvas canvas)
    {
        switch (cell)
        {
            case 'H':
                canvas.FillCircle(x + 0.5, y + 0.5, 0.42, Water);
                break;
            case 'S':
                canvas.FillRectangle(x + 0.15, y + 0.7, x + 0.85, y + 0.85, Wood);
                break;
            case 'G':
                canvas.FillRectangle(x + 0.15, y + 0.25, x + 0.85, y + 0.85, Present);
                canvas.FillRectangle(x + 0.43, y + 0.25, x + 0.57, y + 0.85, Ribbon);
                canvas.FillRectangle(x + 0.15, y + 0.48, x + 0.85, y + 0.6, Ribbon);
                canvas.FillPolygon([(x + 0.5, y + 0.25), (x + 0.25, y + 0.1), (x + 0.3, y + 0.27)], Ribbon);
                canvas.FillPolygon([(x + 0.5, y + 0.25), (x + 0.75, y + 0.1), (x + 0.7, y + 0.27)], Ribbon);
                break;
            default:
                break;
        }
    }
}
