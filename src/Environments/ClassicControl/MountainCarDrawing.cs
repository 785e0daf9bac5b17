namespace DqnAkka.Environments;

/// <summary>What a car in a valley looks like: the ground is at 0.45 sin(3x) + 0.55, the flag stands at the goal. Both axes have one scale at the usual size.</summary>
internal static class MountainCarDrawing
{
    private const double MinPosition = -1.2;
    private const double MaxPosition = 0.6;
    private const double GoalPosition = 0.5;
    private const double HalfThickness = 0.005;
    private const double HalfLength = 0.06;
    private const double Clearance = 0.025;
    private const double CarHeight = 0.06;
    private const double WheelRadius = 0.025;
    private const int GroundPoints = Canvas.MaxCorners / 2;
    private static readonly RgbColor Flag = new(204, 204, 0);
    private static readonly RgbColor Wheel = new(128, 128, 128);
    private static readonly (double X, double Y)[] Ground = MakeGround();

    public static ImageSize Size => new(600, 400);

    public static void Draw(in MountainCarState state, Canvas canvas)
    {
        canvas.SetView(MinPosition, 1.2, MaxPosition, 0);
        canvas.Clear(RgbColor.White);
        canvas.FillPolygon(Ground, RgbColor.Black);
        double foot = Height(GoalPosition);
        double top = foot + 0.16;
        canvas.DrawLine(GoalPosition, foot, GoalPosition, top, 0.006, RgbColor.Black);
        canvas.FillPolygon([(GoalPosition, top), (GoalPosition, top - 0.06), (GoalPosition + 0.075, top - 0.03)], Flag);
        DrawCar(state.Position, canvas);
    }

    private static void DrawCar(double position, Canvas canvas)
    {
        double slope = Slope(position);
        double length = Math.Sqrt(1 + (slope * slope));
        (double alongX, double alongY) = (1 / length, slope / length);
        (double upX, double upY) = (-alongY, alongX);
        // The axles are a wheel's radius above the ground, the body's middle line half its height above them.
        (double axleX, double axleY) = (position + (WheelRadius * upX), Height(position) + (WheelRadius * upY));
        (double x, double y) = (axleX + ((Clearance + (CarHeight / 2) - WheelRadius) * upX), axleY + ((Clearance + (CarHeight / 2) - WheelRadius) * upY));
        canvas.DrawLine(x - (HalfLength * alongX), y - (HalfLength * alongY), x + (HalfLength * alongX), y + (HalfLength * alongY), CarHeight, RgbColor.Black);
        canvas.FillCircle(axleX - (0.55 * HalfLength * alongX), axleY - (0.55 * HalfLength * alongY), WheelRadius, Wheel);
        canvas.FillCircle(axleX + (0.55 * HalfLength * alongX), axleY + (0.55 * HalfLength * alongY), WheelRadius, Wheel);
    }

    private static double Height(double position) => (0.45 * Math.Sin(3 * position)) + 0.55;

    private static double Slope(double position) => 1.35 * Math.Cos(3 * position);

    // A band along the curve: out along its upper side, back along its lower.
    private static (double X, double Y)[] MakeGround()
    {
        (double X, double Y)[] corners = new (double X, double Y)[2 * GroundPoints];
        for (int i = 0; i < GroundPoints; i++)
        {
            double x = MinPosition + ((MaxPosition - MinPosition) * i / (GroundPoints - 1));
            double slope = Slope(x);
            double length = Math.Sqrt(1 + (slope * slope));
            (double acrossX, double acrossY) = (-slope / length * HalfThickness, HalfThickness / length);
            corners[i] = (x + acrossX, Height(x) + acrossY);
            corners[^(i + 1)] = (x - acrossX, Height(x) - acrossY);
        }

        return corners;
    }
}
