namespace DqnAkka.Environments;

/// <summary>What a car in a valley looks like: the height is sin(3x), the flag stands at the goal.</summary>
internal static class MountainCarDrawing
{
    private const double MinPosition = -1.2;
    private const double MaxPosition = 0.6;
    private const double GoalPosition = 0.5;
    private const int Segments = 60;
    private static readonly RgbColor Flag = new(204, 204, 0);
    private static readonly RgbColor Wheel = new(128, 128, 128);

    public static ImageSize Size => new(600, 400);

    public static void Draw(in MountainCarState state, Canvas canvas)
    {
        canvas.SetView(MinPosition, 1.2, MaxPosition, -1.2);
        canvas.Clear(RgbColor.White);
        double from = MinPosition;
        for (int i = 1; i <= Segments; i++)
        {
            double to = MinPosition + ((MaxPosition - MinPosition) * i / Segments);
            canvas.DrawLine(from, Height(from), to, Height(to), 0.015, RgbColor.Black);
            from = to;
        }

        double top = Height(GoalPosition) + 0.25;
        canvas.DrawLine(GoalPosition, Height(GoalPosition), GoalPosition, top, 0.008, RgbColor.Black);
        canvas.FillPolygon([(GoalPosition, top), (GoalPosition, top - 0.1), (GoalPosition + 0.06, top - 0.05)], Flag);

        // The slope at the car, as seen: dy/dx = 3 cos(3x).
        double length = Math.Sqrt(1 + (9 * Math.Cos(3 * state.Position) * Math.Cos(3 * state.Position)));
        (double alongX, double alongY) = (0.06 / length, 0.06 * 3 * Math.Cos(3 * state.Position) / length);
        (double x, double y) = (state.Position, Height(state.Position) + 0.05);
        canvas.DrawLine(x - alongX, y - alongY, x + alongX, y + alongY, 0.06, RgbColor.Black);
        canvas.FillCircle(x - (alongX * 0.7), y - 0.02 - (alongY * 0.7), 0.025, Wheel);
        canvas.FillCircle(x + (alongX * 0.7), y - 0.02 + (alongY * 0.7), 0.025, Wheel);
    }

    private static double Height(double position) => Math.Sin(3 * position);
}
