namespace DqnAkka.Environments.Tests;

public sealed class CanvasTests
{
    private static readonly RgbColor Gray = new(100, 150, 200);

    [Fact]
    public void A_pixel_gets_the_share_of_the_colour_that_it_is_covered_by()
    {
        Canvas canvas = New(4, 3);
        canvas.FillRectangle(0.5, 0.25, 2.25, 2, RgbColor.White);
        // Columns are covered by 1/2, 1, 1/4 and none; rows by 3/4, 1 and none. 255 × 3/8 = 95.6, 255 × 3/16 = 47.8.
        Assert.Equal([96, 191, 48, 0, 128, 255, 64, 0, 0, 0, 0, 0], Red(canvas));
    }

    [Fact]
    public void Covers_add_up_over_what_lies_below()
    {
        Canvas canvas = New(2, 1);
        canvas.Clear(RgbColor.White);
        canvas.FillRectangle(0, 0, 1, 0.5, Gray);
        // 255 + (100 - 255) / 2 and so on, rounded half up.
        Assert.Equal(new RgbColor(178, 203, 228), canvas.Image[0, 0]);
        Assert.Equal(RgbColor.White, canvas.Image[1, 0]);
    }

    [Fact]
    public void Where_an_outline_crosses_itself_the_even_odd_rule_holds()
    {
        Canvas canvas = New(5, 5);
        // A square wound around twice leaves nothing, one within another leaves a ring.
        canvas.FillPolygon([(0, 0), (5, 0), (5, 5), (0, 5), (0, 0), (5, 0), (5, 5), (0, 5)], RgbColor.White);
        Assert.All(Red(canvas), value => Assert.Equal(0, value));
        canvas.FillPolygon([(0, 0), (5, 0), (5, 5), (0, 5), (0, 0), (1, 1), (4, 1), (4, 4), (1, 4), (1, 1)], RgbColor.White);
        Assert.Equal(16 * 255, Red(canvas).Sum());
        Assert.Equal(0, canvas.Image[2, 2].Red);
    }

    [Fact]
    public void The_view_turns_and_stretches_the_axes()
    {
        Canvas canvas = New(4, 2);
        canvas.SetView(-1, 1, 1, -1);
        canvas.FillRectangle(0, 1, 1, 0, RgbColor.White);
        Assert.Equal([0, 0, 255, 255, 0, 0, 0, 0], Red(canvas));
    }

    [Theory]
    [InlineData(-1e300, -1e300, 1e300, 1e300, 8)]
    [InlineData(-1e9, 0, 1e9, 1, 4)]
    [InlineData(100, 100, 200, 200, 0)]
    [InlineData(-5, -5, -1, -1, 0)]
    [InlineData(double.MinValue, 0, double.MaxValue, 2, 8)]
    public void What_lies_outside_is_left_out(double left, double top, double right, double bottom, int covered)
    {
        Canvas canvas = New(4, 2);
        canvas.FillRectangle(left, top, right, bottom, RgbColor.White);
        Assert.Equal(covered * 255, Red(canvas).Sum());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_does_no_harm(double value)
    {
        Canvas canvas = New(4, 3);
        for (int wrong = 0; wrong < 6; wrong++)
        {
            double[] at = [0, 0, 4, 0, 4, 3];
            at[wrong] = value;
            canvas.FillPolygon([(at[0], at[1]), (at[2], at[3]), (at[4], at[5])], RgbColor.White);
            canvas.DrawLine(at[0], at[1], at[2], at[3], at[4], RgbColor.White);
            canvas.FillCircle(at[0], at[1], at[2], RgbColor.White);
        }

        Assert.Throws<ArgumentException>(() => canvas.SetView(value, 0, 1, 1));
        Assert.Throws<ArgumentException>(() => canvas.SetView(0, 0, 0, 1));
        canvas.FillRectangle(0, 0, 4, 3, RgbColor.Black);
        Assert.All(Red(canvas), red => Assert.Equal(0, red));
    }

    [Fact]
    public void A_polygon_has_three_corners_and_not_too_many()
    {
        Canvas canvas = New(2, 2);
        Assert.Throws<ArgumentException>(() => canvas.FillPolygon([(0, 0), (1, 1)], RgbColor.White));
        Assert.Throws<ArgumentException>(() => canvas.FillPolygon(new (double X, double Y)[Canvas.MaxCorners + 1], RgbColor.White));
        canvas.DrawLine(1, 1, 1, 1, 5, RgbColor.White);
        Assert.All(Red(canvas), red => Assert.Equal(0, red));
    }

    [Fact]
    public void A_disc_has_nearly_the_area_of_a_circle()
    {
        Canvas canvas = New(40, 40);
        canvas.FillCircle(20, 20, 15, RgbColor.White);
        // The polygon of 32 corners has 0.9936 of it.
        Assert.Equal(Math.PI * 225 * 0.9936, Red(canvas).Sum(red => red / 255.0), 1.0);
    }

    private static Canvas New(int width, int height) => new(new RgbImage(new ImageSize(width, height)));

    private static int[] Red(Canvas canvas) => [.. Enumerable.Range(0, canvas.Image.Pixels.Length / 3).Select(i => (int)canvas.Image.Pixels[3 * i])];
}
