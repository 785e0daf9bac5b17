namespace DqnAkka.Environments;

/// <summary>What a MinAtar game looks like: its grid, one colour for each kind of thing.</summary>
internal static class MinAtarDrawing
{
    public static ImageSize Size => new(300, 300);

    public static void Draw(ReadOnlySpan<float> observation, IReadOnlyList<PlaneColor> colors, Canvas canvas)
    {
        canvas.SetView(0, 0, MinAtarGrid.Size, MinAtarGrid.Size);
        canvas.Clear(RgbColor.Black);
        // By index: an enumerator behind the interface would be allocated.
        for (int i = 0; i < colors.Count; i++)
        {
            ReadOnlySpan<float> plane = observation.Slice(colors[i].Plane * MinAtarGrid.Cells, MinAtarGrid.Cells);
            for (int cell = 0; cell < plane.Length; cell++)
            {
                if (plane[cell] > 0)
                {
                    (int y, int x) = Math.DivRem(cell, MinAtarGrid.Size);
                    canvas.FillRectangle(x, y, x + 1, y + 1, colors[i].Color);
                }
            }
        }
    }
}
