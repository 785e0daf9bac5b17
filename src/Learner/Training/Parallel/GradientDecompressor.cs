using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>Reads what <see cref="GradientCompressor"/> wrote. Bytes may come from anybody: nothing here throws on them.</summary>
public static class GradientDecompressor
{
    /// <summary>Whether an encoded gradient can have that many bytes, to be asked before room is made for them.</summary>
    /// <param name="compression">How it travels.</param>
    /// <param name="bytes">Bytes of the encoded gradient.</param>
    /// <param name="length">Parameters of the range.</param>
    /// <returns>Null, or one line that says what is wrong.</returns>
    public static string? LengthFault(GradientCompression compression, long bytes, int length) => compression switch
    {
        GradientCompression.None => Unless(bytes == (long)length * sizeof(float), $"a gradient of {length} float32 has {(long)length * sizeof(float)} bytes: got {bytes}"),
        GradientCompression.BFloat16 => Unless(bytes == (long)length * sizeof(ushort), $"a gradient of {length} bfloat16 has {(long)length * sizeof(ushort)} bytes: got {bytes}"),
        GradientCompression.TopK => Unless(
            bytes >= GradientFormat.PairBytes && bytes <= (long)length * GradientFormat.PairBytes && bytes % GradientFormat.PairBytes == 0,
            $"the largest entries of a gradient of {length} have 1 to {length} times {GradientFormat.PairBytes} bytes: got {bytes}"),
        _ => $"gradients do not travel as {(int)compression}",
    };

    /// <summary>Decodes a gradient; entries that did not travel are zero.</summary>
    /// <param name="compression">How it travels.</param>
    /// <param name="bytes">The encoded gradient.</param>
    /// <param name="gradient">Receives the range's part of the gradient, float32 [<see cref="ParameterRange.Length"/>], all finite; of no use where there is a fault.</param>
    /// <returns>Null, or one line that says what is wrong: the length, an index that does not ascend or is out of range, a component that is not finite.</returns>
    /// <exception cref="ArgumentException">The span's own length is not a positive multiple of <see cref="ParameterRange.Alignment"/>.</exception>
    public static string? Decode(GradientCompression compression, ReadOnlySpan<byte> bytes, Span<float> gradient)
    {
        ParameterRange.RequireAligned(gradient.Length);
        if (LengthFault(compression, bytes.Length, gradient.Length) is { } fault)
        {
            return fault;
        }

        switch (compression)
        {
            case GradientCompression.TopK:
                return DecodePairs(bytes, gradient);
            case GradientCompression.BFloat16:
                GradientKernels.WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(bytes), gradient);
                break;
            default:
                bytes.CopyTo(MemoryMarshal.AsBytes(gradient));
                break;
        }

        int index = GradientKernels.IndexOfNotFinite(gradient);
        return index < 0 ? null : NotFinite((uint)index, gradient[index]);
    }

    private static string? DecodePairs(ReadOnlySpan<byte> bytes, Span<float> gradient)
    {
        gradient.Clear();
        long last = -1;
        for (; bytes.Length > 0; bytes = bytes[GradientFormat.PairBytes..])
        {
            uint index = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            float value = BinaryPrimitives.ReadSingleLittleEndian(bytes[sizeof(uint)..]);
            if (index <= last || index >= (uint)gradient.Length)
            {
                return $"the indices of a gradient's largest entries ascend from 0 to at most {gradient.Length - 1}: got {index} after {last}";
            }

            if (!float.IsFinite(value))
            {
                return NotFinite(index, value);
            }

            gradient[(int)index] = value;
            last = index;
        }

        return null;
    }

    private static string NotFinite(uint index, float value) => $"component {index} of a gradient is {value}";

    private static string? Unless(bool isRight, string fault) => isRight ? null : fault;
}
