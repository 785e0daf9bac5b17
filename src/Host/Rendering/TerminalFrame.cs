using System.Globalization;
using System.Text;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>A picture as text: half blocks in 24-bit colour for a terminal, or letters by brightness for a file.</summary>
internal sealed class TerminalFrame
{
    private const string Ramp = " .:-=+*#%@";
    private readonly StringBuilder _text = new();

    /// <summary>Makes a picture as large as fits.</summary>
    /// <param name="picture">The size whose proportions it has.</param>
    /// <param name="columns">Columns of text that there are.</param>
    /// <param name="rows">Rows of text that there are; each holds two rows of pixels.</param>
    public TerminalFrame(ImageSize picture, int columns, int rows)
    {
        double scale = Math.Min(columns / (double)picture.Width, 2.0 * rows / picture.Height);
        int height = Math.Clamp((int)Math.Round(picture.Height * scale / 2) * 2, 2, 2 * rows);
        Canvas = new Canvas(new RgbImage(new ImageSize(Math.Clamp((int)Math.Round(picture.Width * scale), 1, columns), height)));
    }

    /// <summary>What the picture is drawn on.</summary>
    public Canvas Canvas { get; }

    /// <summary>Rows of text.</summary>
    public int Rows => Canvas.Image.Size.Height / 2;

    /// <summary>Lines of half blocks, the upper pixel in the letter's colour and the lower one in the ground's, each line ended by a reset.</summary>
    public string Colored()
    {
        RgbImage image = Canvas.Image;
        _text.Clear();
        for (int row = 0; row < Rows; row++)
        {
            (RgbColor? ink, RgbColor? ground) = (null, null);
            for (int x = 0; x < image.Size.Width; x++)
            {
                RgbColor upper = image[x, 2 * row];
                RgbColor lower = image[x, (2 * row) + 1];
                if (upper != ink)
                {
                    _text.Append(CultureInfo.InvariantCulture, $"\e[38;2;{upper.Red};{upper.Green};{upper.Blue}m");
                }

                if (lower != ground)
                {
                    _text.Append(CultureInfo.InvariantCulture, $"\e[48;2;{lower.Red};{lower.Green};{lower.Blue}m");
                }

                (ink, ground) = (upper, lower);
                _text.Append('▀');
            }

            _text.Append("\e[0m\n");
        }

        return _text.ToString();
    }

    /// <summary>Lines of letters, the denser the brighter.</summary>
    public string Plain()
    {
        RgbImage image = Canvas.Image;
        _text.Clear();
        for (int row = 0; row < Rows; row++)
        {
            for (int x = 0; x < image.Size.Width; x++)
            {
                int light = Luma(image[x, 2 * row]) + Luma(image[x, (2 * row) + 1]);
                _text.Append(Ramp[light * Ramp.Length / ((2 * 255 * 1000) + 1)]);
            }

            _text.Append('\n');
        }

        return _text.ToString();
    }

    // BT.601, in thousandths.
    private static int Luma(RgbColor color) => (299 * color.Red) + (587 * color.Green) + (114 * color.Blue);
}
