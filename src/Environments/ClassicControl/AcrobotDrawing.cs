namespace DqnAkka.Environments;

/// <summary>What a two-link arm under a bar looks like: both links are 1 m long, the line is the height to be reached.</summary>
internal static class AcrobotDrawing
{
    private static readonly RgbColor Link = new(0, 204, 204);
    private static readonly RgbColor Joint = new(204, 204, 0);

    public static ImageSize Size => new(500, 500);

    public static void Draw(in AcrobotState state, Canvas canvas)
    {
        canvas.SetView(-2.2, 2.2, 2.2, -2.2);
        canvas.Clear(RgbColor.White);
        canvas.DrawLine(-2.2, 1, 2.2, 1, 0.02, RgbColor.Black);
        (double sine1, double cosine1) = Math.SinCos(state.Angle1);
        (double sine2, double cosine2) = Math.SinCos(state.Angle1 + state.Angle2);
        (double elbowX, double elbowY) = (sine1, -cosine1);
        canvas.DrawLine(0, 0, elbowX, elbowY, 0.2, Link);
        canvas.DrawLine(elbowX, elbowY, elbowX + sine2, elbowY - cosine2, 0.2, Link);
        canvas.FillCircle(0, 0, 0.1, Joint);
        canvas.FillCircle(elbowX, elbowY, 0.1, Joint);
    }
}
