namespace DqnAkka.Environments;

/// <summary>What a game of blackjack looks like: the dealer's cards above the player's, the second one face down until the end.</summary>
internal static class BlackjackDrawing
{
    private const double Width = 9;
    private const double Height = 6;
    private const double CardWidth = 1.5;
    private const double CardHeight = 2.2;
    private static readonly RgbColor Table = new(20, 105, 65);
    private static readonly RgbColor Edge = new(60, 60, 60);
    private static readonly RgbColor Back = new(40, 65, 140);
    private static readonly RgbColor BackPattern = new(110, 135, 205);
    private static readonly RgbColor Ace = new(200, 35, 45);
    private static readonly RgbColor Pip = new(35, 35, 40);

    // Columns (left, middle, right) and rows (from the top) of a playing card's pips, by its value.
    private static readonly (double X, double Y)[][] Pips =
    [
        [],
        [(0, 0)],
        [(0, -1), (0, 1)],
        [(0, -1), (0, 0), (0, 1)],
        [(-1, -1), (1, -1), (-1, 1), (1, 1)],
        [(-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)],
        [(-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1)],
        [(-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1), (0, -0.5)],
        [(-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1), (0, -0.5), (0, 0.5)],
        [(-1, -1), (1, -1), (-1, -0.33), (1, -0.33), (-1, 0.33), (1, 0.33), (-1, 1), (1, 1), (0, 0)],
        [(-1, -1), (1, -1), (-1, -0.33), (1, -0.33), (-1, 0.33), (1, 0.33), (-1, 1), (1, 1), (0, -0.66), (0, 0.66)],
    ];

    public static ImageSize Size => new(540, 360);

    public static void Draw(in BlackjackState state, Canvas canvas)
    {
        canvas.SetView(0, 0, Width, Height);
        canvas.Clear(Table);
        DrawHand(state.Dealer, 0.5, hideSecond: !state.HasEnded, canvas);
        DrawHand(state.Player, Height - CardHeight - 0.5, hideSecond: false, canvas);
    }

    private static void DrawHand(BlackjackHand hand, double top, bool hideSecond, Canvas canvas)
    {
        // Cards that do not fit beside each other overlap.
        double pitch = Math.Min(CardWidth + 0.2, (Width - CardWidth - 1) / Math.Max(hand.Count - 1, 1));
        for (int i = 0; i < hand.Count; i++)
        {
            double left = 0.5 + (pitch * i);
            canvas.FillRectangle(left - 0.03, top - 0.03, left + CardWidth + 0.03, top + CardHeight + 0.03, Edge);
            if (hideSecond && i == 1)
            {
                DrawBack(left, top, canvas);
            }
            else
            {
                DrawFace(hand[i], left, top, canvas);
            }
        }
    }

    private static void DrawBack(double left, double top, Canvas canvas)
    {
        canvas.FillRectangle(left, top, left + CardWidth, top + CardHeight, Back);
        double centre = left + (CardWidth / 2);
        double middle = top + (CardHeight / 2);
        canvas.FillPolygon([(centre, top + 0.2), (left + CardWidth - 0.2, middle), (centre, top + CardHeight - 0.2), (left + 0.2, middle)], BackPattern);
    }

    private static void DrawFace(int card, double left, double top, Canvas canvas)
    {
        canvas.FillRectangle(left, top, left + CardWidth, top + CardHeight, RgbColor.White);
        foreach ((double x, double y) in Pips[card])
        {
            canvas.FillCircle(
                left + (CardWidth / 2) + (x * 0.42), top + (CardHeight / 2) + (y * 0.78), card == 1 ? 0.4 : 0.15, card == 1 ? Ace : Pip);
        }
    }
}
