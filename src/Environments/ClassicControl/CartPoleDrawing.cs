namespace DqnAkka.Environments;

/// <summary>What a cart with a pole looks like: the track from −2.4 to 2.4 m, seen from the side.</summary>
internal static class CartPoleDrawing
{
    private const double HalfTrack = 2.4;
    private const double PoleLength = 1.0;
    private static readonly RgbColor Pole = new(202, 152, 101);
    private static readonly RgbColor Axle = new(129, 132, 203);

    public static ImageSize Size => new(600, 400);

    public static void Draw(in CartPoleState state, Canvas canvas)
    {
        canvas.SetView(-HalfTrack, 2.4, HalfTrack, -0.8);
        canvas.Clear(RgbColor.White);
        canvas.DrawLine(-HalfTrack, 0, HalfTrack, 0, 0.02, RgbColor.Black);
        canvas.FillRectangle(state.Position - 0.2, 0.12, state.Position + 0.2, -0.12, RgbColor.Black);
        (double sine, double cosine) = Math.SinCos(state.Angle);
        canvas.DrawLine(state.Position, 0.12, state.Position + (PoleLength * sine), 0.12 + (PoleLength * cosine), 0.08, Pole);
        canvas.FillCircle(state.Position, 0.12, 0.04, Axle);
    }
}
