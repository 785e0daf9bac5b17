using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>A picture with a bar beneath it that says which episode it is of, at which step, and what it has returned so far.</summary>
internal sealed class CaptionedFrame
{
    private const int LineLetters = 40;
    private const int Margin = 3;
    private const int MaxScale = 4;
    private static readonly RgbColor Ground = new(24, 24, 32);
    private static readonly RgbColor Ink = new(232, 232, 232);
    private static readonly RgbColor ScoreInk = new(255, 208, 64);
    private readonly int _scale;
    private readonly bool _isOneLine;

    /// <summary>Makes the frame.</summary>
    /// <param name="picture">Size of the picture, without the bar.</param>
    public CaptionedFrame(ImageSize picture)
    {
        _isOneLine = picture.Width >= LineLetters * PixelFont.Advance;
        _scale = Math.Clamp(picture.Width / (LineLetters * PixelFont.Advance), 1, MaxScale);
        Canvas = new Canvas(new RgbImage(picture));
        Image = new RgbImage(picture with { Height = picture.Height + BarHeight });
    }

    /// <summary>What the picture is drawn on.</summary>
    public Canvas Canvas { get; }

    /// <summary>Picture and bar.</summary>
    public RgbImage Image { get; }

    private int Lines => _isOneLine ? 1 : 3;

    private int BarHeight => ((Lines * (PixelFont.Height + Margin)) + Margin) * _scale;

    /// <summary>Takes the picture over and writes the bar.</summary>
    /// <param name="episode">Number of the episode, from 1.</param>
    /// <param name="step">Steps that it has taken.</param>
    /// <param name="score">Sum of its rewards so far.</param>
    public void Compose(int episode, long step, double score)
    {
        Span<byte> pixels = Image.Pixels;
        Canvas.Image.Pixels.CopyTo(pixels);
        Span<byte> bar = pixels[Canvas.Image.Pixels.Length..];
        for (int i = 0; i < bar.Length; i += 3)
        {
            (bar[i], bar[i + 1], bar[i + 2]) = (Ground.Red, Ground.Green, Ground.Blue);
        }

        string number = string.Create(CultureInfo.InvariantCulture, $"EPISODE {episode}");
        string time = string.Create(CultureInfo.InvariantCulture, $"STEP {step}");
        string sum = $"RETURN {ScoreText(score)}";
        if (_isOneLine)
        {
            Write(0, 0, number, Ink);
            Write(12, 0, time, Ink);
            Write(25, 0, sum, ScoreInk);
        }
        else
        {
            Write(0, 0, number, Ink);
            Write(0, 1, time, Ink);
            Write(0, 2, sum, ScoreInk);
        }
    }

    /// <summary>A return with as many digits as tell something.</summary>
    public static string ScoreText(double score) =>
        Math.Abs(score) < 1e6 ? score.ToString("0.###", CultureInfo.InvariantCulture) : score.ToString("G4", CultureInfo.InvariantCulture);

    private void Write(int letter, int line, string text, RgbColor color) => PixelFont.Write(
        Image,
        text,
        (Margin + (letter * PixelFont.Advance)) * _scale,
        Canvas.Image.Size.Height + ((Margin + (line * (PixelFont.Height + Margin))) * _scale),
        _scale,
        color);
}
