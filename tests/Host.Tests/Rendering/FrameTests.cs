using DqnAkka.Environments;

namespace DqnAkka.Host.Tests.Rendering;

public sealed class FrameTests
{
    [Fact]
    public void Letters_are_drawn_at_any_scale_and_cut_at_the_edge()
    {
        RgbImage image = new(new ImageSize(12, 7));
        PixelFont.Write(image, "I~", 0, 0, 1, RgbColor.White);
        Assert.Equal(
            """
            .###...###..
            ..#...#...#.
            ..#.......#.
            ..#.....##..
            ..#.....#...
            ..#.........
            .###....#...
            """,
            Text(image));
        RgbImage large = new(new ImageSize(8, 4));
        PixelFont.Write(large, "i", 0, 0, 2, RgbColor.White);
        Assert.Equal("..######\n..######\n....##..\n....##..", Text(large));
    }

    [Fact]
    public void The_bar_beneath_the_picture_says_episode_step_and_return()
    {
        CaptionedFrame frame = new(new ImageSize(300, 20));
        frame.Canvas.Clear(new RgbColor(1, 2, 3));
        frame.Compose(1, 23, 4.5);
        Assert.Equal(new ImageSize(300, 33), frame.Image.Size);
        Assert.Equal(new RgbColor(1, 2, 3), frame.Image[299, 19]);

        RgbImage expected = new(new ImageSize(300, 33));
        PixelFont.Write(expected, "EPISODE 1", 3, 23, 1, RgbColor.White);
        PixelFont.Write(expected, "STEP 23", 3 + (12 * 6), 23, 1, RgbColor.White);
        PixelFont.Write(expected, "RETURN 4.5", 3 + (25 * 6), 23, 1, RgbColor.White);
        for (int y = 20; y < 33; y++)
        {
            for (int x = 0; x < 300; x++)
            {
                Assert.Equal(expected[x, y] == RgbColor.White, frame.Image[x, y].Red > 200);
            }
        }
    }

    [Theory]
    [InlineData(60, 33)]
    [InlineData(239, 33)]
    [InlineData(240, 13)]
    [InlineData(600, 26)]
    public void The_bar_has_the_lines_and_the_scale_that_fit(int width, int height) =>
        Assert.Equal(new ImageSize(width, 50 + height), new CaptionedFrame(new ImageSize(width, 50)).Image.Size);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-7.25, "-7.25")]
    [InlineData(0.83749, "0.837")]
    [InlineData(123456.5, "123456.5")]
    [InlineData(12345678, "1.235E+07")]
    public void A_return_is_short(double score, string expected) => Assert.Equal(expected, CaptionedFrame.ScoreText(score));

    [Fact]
    public void Long_episodes_are_thinned_by_the_rule()
    {
        Assert.Equal([.. Enumerable.Range(0, 500)], Kept(0, 500));
        Assert.Equal(250, Kept(500, 1_000).Length);
        Assert.Equal([1_000, 1_004, 1_008], Kept(999, 1_009));
        Assert.Equal(250, Kept(1_000, 2_000).Length);
        Assert.InRange(Kept(0, 1_000_000).Length, 3_000, 3_500);

        static int[] Kept(int from, int to) => [.. Enumerable.Range(from, to - from).Where(step => FrameThinning.Keeps(step))];
    }

    [Fact]
    public void A_terminal_gets_half_blocks_and_a_file_letters_of_the_pictures_proportions()
    {
        TerminalFrame frame = new(new ImageSize(600, 400), 3, 30);
        Assert.Equal((new ImageSize(3, 2), 1), (frame.Canvas.Image.Size, frame.Rows));
        frame.Canvas.Clear(RgbColor.Black);
        frame.Canvas.Image[1, 0] = RgbColor.White;
        frame.Canvas.Image[2, 0] = RgbColor.White;
        frame.Canvas.Image[2, 1] = RgbColor.White;
        Assert.Equal("\e[38;2;0;0;0m\e[48;2;0;0;0m▀\e[38;2;255;255;255m▀\e[48;2;255;255;255m▀\e[0m\n", frame.Colored());
        Assert.Equal(" =@\n", frame.Plain());

        Assert.Equal(new ImageSize(20, 20), new TerminalFrame(new ImageSize(100, 100), 80, 10).Canvas.Image.Size);
        Assert.Equal(new ImageSize(1, 2), new TerminalFrame(new ImageSize(1_000, 1), 1, 1).Canvas.Image.Size);
    }

    private static string Text(RgbImage image) => string.Join('\n', Enumerable.Range(0, image.Size.Height).Select(y =>
        string.Concat(Enumerable.Range(0, image.Size.Width).Select(x => image[x, y] == RgbColor.White ? '#' : '.'))));
}
