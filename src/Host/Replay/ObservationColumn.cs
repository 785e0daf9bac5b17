using System.Runtime.InteropServices;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>The observations of a row group as they were read; one of the columns is empty.</summary>
/// <param name="Format">The form that they are to have.</param>
/// <param name="Integers">Integers or booleans, [rows × D].</param>
/// <param name="Floats">Numbers, [rows × D].</param>
internal sealed record ObservationColumn(ObservationFormat Format, byte[] Integers, float[] Floats)
{
    private readonly float[] _row = new float[Integers.Length > 0 ? Format.Size : 0];

    /// <summary>The column as it lies in memory, for its checksum.</summary>
    public ReadOnlySpan<byte> Bytes => Floats.Length > 0 ? MemoryMarshal.AsBytes<float>(Floats) : Integers;

    /// <summary>Packs one of them.</summary>
    /// <param name="row">Which.</param>
    /// <param name="packed">Receives it.</param>
    /// <exception cref="ArgumentException">A component is no value of the form's type.</exception>
    public void Pack(int row, Span<byte> packed)
    {
        int first = row * Format.Size;
        if (Floats.Length > 0)
        {
            Format.Encode(Floats.AsSpan(first, Format.Size), packed);
        }
        else if (Format.Type == ObservationType.UInt8)
        {
            Integers.AsSpan(first, Format.Size).CopyTo(packed);
        }
        else
        {
            for (int i = 0; i < _row.Length; i++)
            {
                _row[i] = Integers[first + i];
            }

            Format.Encode(_row, packed);
        }
    }
}
