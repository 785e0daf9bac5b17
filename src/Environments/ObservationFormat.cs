using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Environments;

/// <summary>What one component of an observation is.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The field calls its dtypes so.")]
public enum ObservationType
{
    /// <summary>A float32.</summary>
    Float32,

    /// <summary>An integer from 0 to 255, one byte.</summary>
    UInt8,

    /// <summary>0 or 1, one bit.</summary>
    Boolean,
}

/// <summary>
/// How an observation lies in memory, in files and on the wire: as consecutive frames in bytes of their own type, little-endian, the
/// oldest frame first. Booleans are packed to bits, the first component in the lowest bit; each frame begins at a byte of its own.
/// </summary>
public sealed record ObservationFormat
{
    // A shorter one costs a cache line however it is stored; finding and following what is shared would cost more than it saves.
    private const int LargestUnsharedBytes = 64;

    /// <summary>Makes a format.</summary>
    /// <param name="type">What one component is.</param>
    /// <param name="size">Components of one observation, D, at least 1.</param>
    /// <param name="stack">Frames stacked in one observation, at least 1; a divisor of <paramref name="size"/>.</param>
    /// <param name="shape">What the components are arranged in, as many cells as <paramref name="size"/>; null for a vector.</param>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public ObservationFormat(ObservationType type, int size, int stack = 1, PlaneShape? shape = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stack, 1);
        if (!Enum.IsDefined(type) || size % stack != 0)
        {
            throw new ArgumentException($"an observation of {size} components of type {type} cannot be a stack of {stack} frames");
        }

        Shape = shape ?? PlaneShape.Vector(size);
        if (Shape.Planes < 1 || Shape.Height < 1 || Shape.Width < 1 || Shape.Size != size)
        {
            throw new ArgumentException($"an observation of {size} components cannot be of the shape {Shape}");
        }

        Type = type;
        Size = size;
        Stack = stack;
        FrameSize = size / stack;
        FrameBytes = type switch
        {
            ObservationType.Float32 => checked(FrameSize * sizeof(float)),
            ObservationType.UInt8 => FrameSize,
            _ => (FrameSize + 7) / 8,
        };
        Bytes = checked(FrameBytes * stack);
    }

    /// <summary>What one component is.</summary>
    public ObservationType Type { get; }

    /// <summary>Components of one observation, D.</summary>
    public int Size { get; }

    /// <summary>What the components are arranged in. It changes no byte, so that formats which differ in it alone are equal.</summary>
    public PlaneShape Shape { get; }

    /// <summary>Frames stacked in one observation, k.</summary>
    public int Stack { get; }

    /// <summary>Components of one frame, D / k.</summary>
    public int FrameSize { get; }

    /// <summary>Bytes of one frame.</summary>
    public int FrameBytes { get; }

    /// <summary>Bytes of one observation, k frames.</summary>
    public int Bytes { get; }

    /// <summary>Whether what consecutive transitions have in common is kept once.</summary>
    public bool IsShared => Bytes > LargestUnsharedBytes;

    /// <summary>Whether observations of both formats are the same bytes.</summary>
    /// <param name="other">Another format.</param>
    public bool Equals(ObservationFormat? other) => other is not null && Type == other.Type && Size == other.Size && Stack == other.Stack;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Type, Size, Stack);

    /// <summary>Packs an observation.</summary>
    /// <param name="observation">Float32 [D]; integers from 0 to 255 where the type is <see cref="ObservationType.UInt8"/>, 0 or 1 where it is <see cref="ObservationType.Boolean"/>.</param>
    /// <param name="bytes">Receives it, [<see cref="Bytes"/>].</param>
    /// <exception cref="ArgumentException">A length does not fit, or a component is no value of the type.</exception>
    public void Encode(ReadOnlySpan<float> observation, Span<byte> bytes)
    {
        RequireLengths(observation.Length, bytes.Length);
        switch (Type)
        {
            case ObservationType.Float32:
                MemoryMarshal.AsBytes(observation).CopyTo(bytes);
                break;
            case ObservationType.UInt8:
                EncodeIntegers(observation, bytes);
                break;
            default:
                for (int frame = 0; frame < Stack; frame++)
                {
                    EncodeBits(observation.Slice(frame * FrameSize, FrameSize), bytes.Slice(frame * FrameBytes, FrameBytes));
                }

                break;
        }
    }

    /// <summary>Unpacks an observation.</summary>
    /// <param name="bytes">As <see cref="Encode"/> made it, [<see cref="Bytes"/>].</param>
    /// <param name="observation">Receives it, float32 [D].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Decode(ReadOnlySpan<byte> bytes, Span<float> observation)
    {
        RequireLengths(observation.Length, bytes.Length);
        switch (Type)
        {
            case ObservationType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(observation));
                break;
            case ObservationType.UInt8:
                DecodeIntegers(bytes, observation);
                break;
            default:
                for (int frame = 0; frame < Stack; frame++)
                {
                    DecodeBits(bytes.Slice(frame * FrameBytes, FrameBytes), observation.Slice(frame * FrameSize, FrameSize));
                }

                break;
        }
    }

    /// <summary>Unpacks several observations.</summary>
    /// <param name="bytes">As <see cref="Encode"/> made them, [B × <see cref="Bytes"/>].</param>
    /// <param name="observations">Receives them, float32 [B × D].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void DecodeRows(ReadOnlySpan<byte> bytes, Span<float> observations)
    {
        int rows = bytes.Length / Bytes;
        if (rows * Bytes != bytes.Length || (long)rows * Size != observations.Length)
        {
            throw new ArgumentException($"observations of {Size} components in {Bytes} bytes are expected, got {observations.Length} components and {bytes.Length} bytes");
        }

        if (Type == ObservationType.Float32)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(observations));
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            Decode(bytes.Slice(row * Bytes, Bytes), observations.Slice(row * Size, Size));
        }
    }

    /// <inheritdoc />
    public override string ToString() => Stack == 1 ? $"{Size} × {Type}" : $"{Stack} × {FrameSize} × {Type}";

    private static void EncodeIntegers(ReadOnlySpan<float> observation, Span<byte> bytes)
    {
        for (int i = 0; i < observation.Length; i++)
        {
            byte value = (byte)Math.Clamp(observation[i], byte.MinValue, byte.MaxValue);
            bytes[i] = value == observation[i] ? value : throw NoValue(i, observation[i], "an integer from 0 to 255");
        }
    }

    private static void EncodeBits(ReadOnlySpan<float> frame, Span<byte> bytes)
    {
        bytes.Clear();
        for (int i = 0; i < frame.Length; i++)
        {
            if (frame[i] == 1)
            {
                bytes[i >> 3] |= (byte)(1 << (i & 7));
            }
            else if (frame[i] != 0)
            {
                throw NoValue(i, frame[i], "0 or 1");
            }
        }
    }

    private static void DecodeIntegers(ReadOnlySpan<byte> bytes, Span<float> observation)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= bytes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
                Store(low, observation[i..]);
                Store(high, observation[(i + Vector<ushort>.Count)..]);
            }
        }

        for (; i < bytes.Length; i++)
        {
            observation[i] = bytes[i];
        }

        static void Store(Vector<ushort> values, Span<float> target)
        {
            Vector.Widen(values, out Vector<uint> low, out Vector<uint> high);
            Vector.ConvertToSingle(Vector.AsVectorInt32(low)).CopyTo(target);
            Vector.ConvertToSingle(Vector.AsVectorInt32(high)).CopyTo(target[Vector<uint>.Count..]);
        }
    }

    private static void DecodeBits(ReadOnlySpan<byte> bytes, Span<float> frame)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<int> places = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
            for (; i <= frame.Length - Vector512<int>.Count; i += Vector512<int>.Count)
            {
                Vector512<int> set = Vector512.Create(bytes[i >> 3] | (bytes[(i >> 3) + 1] << 8)) & places;
                (Vector512.Equals(set, places).AsSingle() & Vector512<float>.One).CopyTo(frame[i..]);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<int> places = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
            for (; i <= frame.Length - Vector256<int>.Count; i += Vector256<int>.Count)
            {
                Vector256<int> set = Vector256.Create((int)bytes[i >> 3]) & places;
                (Vector256.Equals(set, places).AsSingle() & Vector256<float>.One).CopyTo(frame[i..]);
            }
        }

        for (; i < frame.Length; i++)
        {
            frame[i] = (bytes[i >> 3] >> (i & 7)) & 1;
        }
    }

    private static ArgumentException NoValue(int component, float value, string expected) =>
        new($"component {component} of an observation is {value}, where the space promises {expected}");

    private void RequireLengths(int components, int bytes)
    {
        if (components != Size || bytes != Bytes)
        {
            throw new ArgumentException($"an observation of {Size} components in {Bytes} bytes is expected, got {components} components and {bytes} bytes");
        }
    }
}
