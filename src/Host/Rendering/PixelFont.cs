using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Capital letters, digits and signs of 5 × 7 pixels. Small letters are written as capitals; what it has not, as a question mark.</summary>
internal static class PixelFont
{
    /// <summary>Rows of a letter.</summary>
    public const int Height = 7;

    /// <summary>Columns from one letter to the next.</summary>
    public const int Advance = 6;

    private const int Width = 5;

    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['A'] = ".###. #...# #...# ##### #...# #...# #...#",
        ['B'] = "####. #...# #...# ####. #...# #...# ####.",
        ['C'] = ".#### #.... #.... #.... #.... #.... .####",
        ['D'] = "####. #...# #...# #...# #...# #...# ####.",
        ['E'] = "##### #.... #.... ####. #.... #.... #####",
        ['F'] = "##### #.... #.... ####. #.... #.... #....",
        ['G'] = ".#### #.... #.... #..## #...# #...# .####",
        ['H'] = "#...# #...# #...# ##### #...# #...# #...#",
        ['I'] = ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###.",
        ['J'] = "..### ...#. ...#. ...#. ...#. #..#. .##..",
        ['K'] = "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
        ['L'] = "#.... #.... #.... #.... #.... #.... #####",
        ['M'] = "#...# ##.## #.#.# #.#.# #...# #...# #...#",
        ['N'] = "#...# ##..# ##..# #.#.# #..## #..## #...#",
        ['O'] = ".###. #...# #...# #...# #...# #...# .###.",
        ['P'] = "####. #...# #...# ####. #.... #.... #....",
        ['Q'] = ".###. #...# #...# #...# #.#.# #..#. .##.#",
        ['R'] = "####. #...# #...# ####. #.#.. #..#. #...#",
        ['S'] = ".#### #.... #.... .###. ....# ....# ####.",
        ['T'] = "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
        ['U'] = "#...# #...# #...# #...# #...# #...# .###.",
        ['V'] = "#...# #...# #...# #...# .#.#. .#.#. ..#..",
        ['W'] = "#...# #...# #...# #.#.# #.#.# ##.## #...#",
        ['X'] = "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
        ['Y'] = "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
        ['Z'] = "##### ....# ...#. ..#.. .#... #.... #####",
        ['0'] = ".###. #...# #..## #.#.# ##..# #...# .###.",
        ['1'] = "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
        ['2'] = ".###. #...# ....# ..##. .#... #.... #####",
        ['3'] = "####. ....# ....# .###. ....# ....# ####.",
        ['4'] = "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
        ['5'] = "##### #.... ####. ....# ....# #...# .###.",
        ['6'] = "..##. .#... #.... ####. #...# #...# .###.",
        ['7'] = "##### ....# ...#. ..#.. .#... .#... .#...",
        ['8'] = ".###. #...# #...# .###. #...# #...# .###.",
        ['9'] = ".###. #...# #...# .#### ....# ...#. .##..",
        [' '] = "..... ..... ..... ..... ..... ..... .....",
        ['.'] = "..... ..... ..... ..... ..... .##.. .##..",
        [','] = "..... ..... ..... ..... .##.. ..#.. .#...",
        [':'] = "..... .##.. .##.. ..... .##.. .##.. .....",
        ['-'] = "..... ..... ..... ##### ..... ..... .....",
        ['+'] = "..... ..#.. ..#.. ##### ..#.. ..#.. .....",
        ['/'] = "..... ....# ...#. ..#.. .#... #.... .....",
        ['='] = "..... ..... ##### ..... ##### ..... .....",
        ['%'] = "##... ##..# ...#. ..#.. .#... #..## ...##",
        ['('] = "...#. ..#.. .#... .#... .#... ..#.. ...#.",
        [')'] = ".#... ..#.. ...#. ...#. ...#. ..#.. .#...",
        ['!'] = "..#.. ..#.. ..#.. ..#.. ..#.. ..... ..#..",
        ['?'] = ".###. #...# ....# ..##. ..#.. ..... ..#..",
        ['_'] = "..... ..... ..... ..... ..... ..... #####",
        ['\''] = "..#.. ..#.. ..... ..... ..... ..... .....",
    };

    /// <summary>Writes a line; what does not fit in the image is left out.</summary>
    /// <param name="image">The image.</param>
    /// <param name="text">The line.</param>
    /// <param name="x">Column of its left edge.</param>
    /// <param name="y">Row of its upper edge.</param>
    /// <param name="scale">Pixels to each of the font's, at least 1.</param>
    /// <param name="color">Its colour.</param>
    public static void Write(RgbImage image, ReadOnlySpan<char> text, int x, int y, int scale, RgbColor color)
    {
        foreach (char letter in text)
        {
            string glyph = Glyphs.GetValueOrDefault(char.ToUpperInvariant(letter)) ?? Glyphs['?'];
            for (int row = 0; row < Height; row++)
            {
                for (int column = 0; column < Width; column++)
                {
                    if (glyph[(row * (Width + 1)) + column] == '#')
                    {
                        Fill(image, x + (column * scale), y + (row * scale), scale, color);
                    }
                }
            }

            x += Advance * scale;
        }
    }

    private static void Fill(RgbImage image, int left, int top, int side, RgbColor color)
    {
        for (int y = Math.Max(0, top); y < Math.Min(top + side, image.Size.Height); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(left + side, image.Size.Width); x++)
            {
                image[x, y] = color;
            }
        }
    }
}
