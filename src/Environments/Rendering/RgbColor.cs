namespace DqnAkka.Environments;

/// <summary>A colour, sRGB, one byte for each component.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <summary>Black.</summary>
    public static RgbColor Black { get; } = new(0, 0, 0);

    /// <summary>White.</summary>
    public static RgbColor White { get; } = new(255, 255, 255);
}
