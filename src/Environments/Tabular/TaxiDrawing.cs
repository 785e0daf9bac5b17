namespace DqnAkka.Environments;

/// <summary>What the taxi's town looks like from above: stands in their colours, the destination framed, the passenger waiting or inside.</summary>
internal static class TaxiDrawing
{
    private const double Margin = 0.15;
    private static readonly RgbColor Road = new(205, 205, 205);
    private static readonly RgbColor Grid = new(185, 185, 185);
    private static readonly RgbColor Wall = new(70, 70, 70);
    private static readonly RgbColor Cab = new(245, 190, 30);
    private static readonly RgbColor Window = new(60, 70, 90);
    private static readonly RgbColor[] StandColors = [new(230, 90, 80), new(100, 190, 100), new(250, 235, 120), new(95, 135, 225)];

    public static ImageSize Size => new(530, 530);

    public static void Draw(int state, Canvas canvas)
    {
        (int row, int column, int passenger, int destination) = Taxi.Decode(state);
        canvas.SetView(-Margin, -Margin, Taxi.Side + Margin, Taxi.Side + Margin);
        canvas.Clear(Road);
        for (int stand = 0; stand < StandColors.Length; stand++)
        {
            (int y, int x) = Taxi.Stands[stand];
            if (stand == destination)
            {
                canvas.FillRectangle(x, y, x + 1, y + 1, RgbColor.Black);
            }

            canvas.FillRectangle(x + 0.1, y + 0.1, x + 0.9, y + 0.9, StandColors[stand]);
        }

        GridDrawing.Lines(Taxi.Side, Taxi.Side, Grid, canvas);
        DrawWalls(canvas);
        if (passenger != Taxi.Inside)
        {
            (int y, int x) = Taxi.Stands[passenger];
            GridDrawing.Figure(x, y, sunken: false, canvas);
        }

        DrawTaxi(column, row, passenger == Taxi.Inside, canvas);
    }

    private static void DrawWalls(Canvas canvas)
    {
        const double Thickness = 0.1;
        canvas.DrawLine(0, 0, Taxi.Side, 0, Thickness, Wall);
        canvas.DrawLine(0, Taxi.Side, Taxi.Side, Taxi.Side, Thickness, Wall);
        canvas.DrawLine(0, 0, 0, Taxi.Side, Thickness, Wall);
        for (int row = 0; row < Taxi.Side; row++)
        {
            for (int column = 0; column < Taxi.Side; column++)
            {
                if (Taxi.HasWallInTheEast(row, column))
                {
                    canvas.DrawLine(column + 1, row, column + 1, row + 1, Thickness, Wall);
                }
            }
        }
    }

    private static void DrawTaxi(double x, double y, bool occupied, Canvas canvas)
    {
        canvas.FillRectangle(x + 0.12, y + 0.45, x + 0.88, y + 0.75, Cab);
        canvas.FillPolygon([(x + 0.25, y + 0.45), (x + 0.35, y + 0.25), (x + 0.65, y + 0.25), (x + 0.75, y + 0.45)], Cab);
        canvas.FillRectangle(x + 0.42, y + 0.17, x + 0.58, y + 0.25, RgbColor.White);
        canvas.FillRectangle(x + 0.35, y + 0.3, x + 0.65, y + 0.44, Window);
        if (occupied)
        {
            canvas.FillCircle(x + 0.5, y + 0.38, 0.09, new RgbColor(240, 200, 165));
        }

        canvas.FillCircle(x + 0.3, y + 0.76, 0.1, RgbColor.Black);
        canvas.FillCircle(x + 0.7, y + 0.76, 0.1, RgbColor.Black);
    }
}
