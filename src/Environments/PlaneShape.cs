namespace DqnAkka.Environments;

/// <summary>
/// Planes of height × width, as an image or a convolution's features have them: plane by plane, each row by row. A vector is planes of
/// one cell.
/// </summary>
/// <param name="Planes">Planes (channels, frames), at least 1.</param>
/// <param name="Height">Rows of each, at least 1.</param>
/// <param name="Width">Columns of each, at least 1.</param>
public readonly record struct PlaneShape(int Planes, int Height, int Width)
{
    /// <summary>Cells of all planes.</summary>
    public long Size => (long)Planes * Height * Width;

    /// <summary>Whether there are neighbours in both directions, which a convolution can make use of.</summary>
    public bool IsImage => Height > 1 && Width > 1;

    /// <summary>The shape of a vector.</summary>
    /// <param name="size">Its components.</param>
    public static PlaneShape Vector(int size) => new(size, 1, 1);

    /// <inheritdoc />
    public override string ToString() => Height == 1 && Width == 1 ? $"{Planes}" : $"{Planes}x{Height}x{Width}";
}
