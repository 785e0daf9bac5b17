namespace DqnAkka.Environments;

/// <summary>What bsuite's chains look like: the time that is left as a bar along the upper edge, what each is about below it.</summary>
internal static class ChainDrawing
{
    private const double Width = 6;
    private const double Height = 4;
    private static readonly RgbColor Paper = new(245, 242, 235);
    private static readonly RgbColor Trough = new(215, 210, 200);
    private static readonly RgbColor Time = new(95, 150, 110);
    private static readonly RgbColor Hidden = new(175, 172, 165);
    private static readonly RgbColor One = new(45, 110, 200);
    private static readonly RgbColor Zero = new(225, 125, 45);
    private static readonly RgbColor Ink = new(50, 50, 55);
    private static readonly RgbColor Bonus = new(215, 165, 30);

    public static ImageSize Size => new(480, 320);

    /// <summary>Begins a picture with the share of time that is left.</summary>
    public static void DrawTime(double left, Canvas canvas)
    {
        canvas.SetView(0, 0, Width, Height);
        canvas.Clear(Paper);
        canvas.FillRectangle(0.3, 0.25, Width - 0.3, 0.6, Trough);
        canvas.FillRectangle(0.3, 0.25, 0.3 + ((Width - 0.6) * Math.Clamp(left, 0, 1)), 0.6, Time);
    }

    /// <summary>Draws bits as cards that lie open or hidden, the one that is asked for framed.</summary>
    public static void DrawBits(int count, BitRow bits, bool isShown, int asked, Canvas canvas)
    {
        double pitch = Math.Min((Width - 0.6) / count, 1.5);
        double left = (Width - (pitch * count)) / 2;
        for (int i = 0; i < count; i++)
        {
            double x = left + (pitch * i);
            if (i == asked)
            {
                canvas.FillRectangle(x, 1.3, x + pitch, 3.5, Ink);
            }

            RgbColor color = !isShown ? Hidden : bits[i] ? One : Zero;
            canvas.FillRectangle(x + (0.08 * pitch), 1.4, x + (0.92 * pitch), 3.4, color);
        }
    }

    /// <summary>Draws rain or sun, with an umbrella where there is one.</summary>
    public static void DrawUmbrella(bool isNeeded, bool isHad, Canvas canvas)
    {
        if (isNeeded)
        {
            for (int i = 0; i < 6; i++)
            {
                canvas.DrawLine(0.7 + (0.3 * i), 1.1 + (0.3 * (i % 2)), 0.55 + (0.3 * i), 1.8 + (0.3 * (i % 2)), 0.06, One);
            }
        }
        else
        {
            canvas.FillCircle(1.4, 1.7, 0.5, Bonus);
        }

        if (isHad)
        {
            canvas.FillPolygon([(3.0, 2.2), (3.4, 1.4), (4.2, 1.05), (5.0, 1.4), (5.4, 2.2)], Ink);
            canvas.DrawLine(4.2, 2.1, 4.2, 3.0, 0.08, Ink);
            canvas.DrawLine(4.2, 2.96, 4.45, 2.96, 0.08, Ink);
        }
    }

    /// <summary>Draws bits without a meaning, along the lower edge.</summary>
    public static void DrawDistractors(int count, BitRow bits, Canvas canvas)
    {
        double pitch = count == 0 ? 0 : (Width - 0.6) / count;
        for (int i = 0; i < count; i++)
        {
            double x = 0.3 + (pitch * i);
            canvas.FillRectangle(x, 3.4, x + (0.85 * pitch), 3.75, bits[i] ? Ink : Trough);
        }
    }

    /// <summary>Draws chains as lines with their payments as coins, the chosen one with a mark at the present time.</summary>
    public static void DrawPayments(ReadOnlySpan<int> times, int length, int chosen, int bonus, int now, Canvas canvas)
    {
        // Root scale: half of the payments come within the first tenth of the time.
        double At(double time) => 0.4 + ((Width - 0.8) * Math.Sqrt(time / length));
        for (int chain = 0; chain < times.Length; chain++)
        {
            double y = 1.1 + (0.6 * chain);
            canvas.DrawLine(At(0), y, At(length), y, chain == chosen ? 0.12 : 0.04, chain == chosen ? Ink : Hidden);
            canvas.FillCircle(At(times[chain]), y, chain == bonus ? 0.22 : 0.16, chain == bonus ? Bonus : Time);
            if (chain == chosen)
            {
                canvas.FillRectangle(At(now) - 0.05, y - 0.25, At(now) + 0.05, y + 0.25, Zero);
            }
        }
    }
}
