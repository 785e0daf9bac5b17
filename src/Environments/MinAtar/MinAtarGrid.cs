using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Environments;

/// <summary>The grid that all MinAtar games are played on. Cell = 10 y + x, x to the right, y downwards. A set of cells is a <see cref="UInt128"/>, one bit for each.</summary>
internal static class MinAtarGrid
{
    /// <summary>Rows, and columns.</summary>
    public const int Size = 10;

    /// <summary>The last row, and column.</summary>
    public const int Last = Size - 1;

    /// <summary>Cells of one plane.</summary>
    public const int Cells = Size * Size;

    private const int Lanes = 16;

    /// <summary>Whether a coordinate is on the grid.</summary>
    public static bool Contains(int coordinate) => (uint)coordinate < Size;

    /// <summary>A coordinate after a move of at most one, which a wall stops.</summary>
    public static int Clamp(int coordinate) => Math.Clamp(coordinate, 0, Last);

    /// <summary>The cell of a place.</summary>
    public static int Cell(int x, int y) => (y * Size) + x;

    /// <summary>The set of one cell.</summary>
    public static UInt128 Bit(int cell) => UInt128.One << cell;

    /// <summary>Marks a cell of a plane.</summary>
    public static void Set(Span<float> observation, int plane, int x, int y) => observation[(plane * Cells) + Cell(x, y)] = 1;

    /// <summary>Clears the first planes. Their stores go on while what follows is computed; those of a call that clears memory would not.</summary>
    /// <param name="observation">Receives the planes.</param>
    /// <param name="count">How many, at least 1.</param>
    public static void Clear(Span<float> observation, int count)
    {
        observation = observation[..(count * Cells)];
        ref float target = ref MemoryMarshal.GetReference(observation);
        nuint last = (nuint)(observation.Length - Lanes);
        // The first and the last vector overlap those beside them, which begin where cache lines do: a store across two lines costs twice.
        Vector512<float>.Zero.StoreUnsafe(ref target);
        for (nuint i = FirstLine(ref target); i < last; i += Lanes)
        {
            Vector512<float>.Zero.StoreUnsafe(ref target, i);
        }

        Vector512<float>.Zero.StoreUnsafe(ref target, last);
    }

    /// <summary>Writes the last row of a plane that was cleared, whose other cells remain 0.</summary>
    /// <param name="observation">Receives the row.</param>
    /// <param name="plane">Which.</param>
    /// <param name="columns">The columns that are 1, one bit for each.</param>
    public static void WriteLastRow(Span<float> observation, int plane, uint columns) =>
        Expand(columns << (Lanes - Size), ref MemoryMarshal.GetReference(observation.Slice((plane * Cells) + Cells - Lanes, Lanes)), 0);

    /// <summary>Writes one whole plane.</summary>
    /// <param name="observation">Receives the plane.</param>
    /// <param name="plane">Which.</param>
    /// <param name="cells">The cells that are 1; all others become 0.</param>
    public static void Write(Span<float> observation, int plane, UInt128 cells)
    {
        ref float target = ref MemoryMarshal.GetReference(observation.Slice(plane * Cells, Cells));
        ulong low = (ulong)cells;
        ulong high = (ulong)(cells >> 64);
        Expand((uint)low, ref target, 0);
        Expand((uint)(low >> 16), ref target, 16);
        Expand((uint)(low >> 32), ref target, 32);
        Expand((uint)(low >> 48), ref target, 48);
        Expand((uint)high, ref target, 64);
        Expand((uint)(high >> 16), ref target, 80);
        // The last vector overlaps the one before.
        Expand((uint)(high >> (Cells - Lanes - 64)), ref target, Cells - Lanes);
    }

    /// <summary>The floats in front of the first full cache line. Where the memory moves later only time is lost.</summary>
    private static unsafe nuint FirstLine(ref float target) => (nuint)(-(nint)Unsafe.AsPointer(ref target) & ((Lanes * sizeof(float)) - 1)) / sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand(uint bits, ref float target, int offset)
    {
        Vector512<uint> lanes = Vector512.Create(
            1u << 0, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7, 1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);
        Vector512<float> marked = Vector512.Equals(Vector512.Create(bits) & lanes, lanes).AsSingle() & Vector512<float>.One;
        marked.StoreUnsafe(ref target, (nuint)offset);
    }
}
