using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DqnAkka.Environments;

/// <summary>Makes observations as this side has them of those that arrive: bytes for uint8 and bool, float32 for other boxes, an i32 for an integer.</summary>
internal sealed class ObservationDecoder
{
    private readonly Kind _kind;
    private readonly int _channels;

    // Bytes one for one are a frame of integers, whatever they mean.
    private readonly ObservationFormat? _bytes;

    private ObservationDecoder(BoxSpace space, Kind kind, int bytes, bool isInterleaved)
    {
        Space = space;
        _kind = kind;
        Bytes = bytes;
        _channels = isInterleaved ? space.Format.Shape.Planes : 1;
        _bytes = kind == Kind.Bytes ? new ObservationFormat(ObservationType.UInt8, space.Size) : null;
    }

    private enum Kind
    {
        Bytes,
        Singles,
        Integer,
    }

    /// <summary>The space of what <see cref="Decode"/> writes.</summary>
    public BoxSpace Space { get; }

    /// <summary>Bytes of one observation that arrives.</summary>
    public int Bytes { get; }

    /// <summary>For a box.</summary>
    /// <param name="space">The space on this side.</param>
    /// <param name="isInterleaved">Whether it arrives with the channels last.</param>
    public static ObservationDecoder Box(BoxSpace space, bool isInterleaved) => space.Format.Type == ObservationType.Float32
        ? new ObservationDecoder(space, Kind.Singles, checked(space.Size * sizeof(float)), isInterleaved)
        : new ObservationDecoder(space, Kind.Bytes, space.Size, isInterleaved);

    /// <summary>For an integer.</summary>
    /// <param name="space">The space of its one-hot vectors.</param>
    public static ObservationDecoder OneHot(BoxSpace space) => new(space, Kind.Integer, sizeof(int), false);

    /// <summary>Decodes one observation.</summary>
    /// <param name="bytes">As it arrives, [<see cref="Bytes"/>].</param>
    /// <param name="observation">Receives it, float32, as many as the space has components.</param>
    /// <exception cref="BridgeLostException">An integer is outside its space.</exception>
    public void Decode(ReadOnlySpan<byte> bytes, Span<float> observation)
    {
        switch (_kind)
        {
            case Kind.Integer:
                Mark(BinaryPrimitives.ReadInt32LittleEndian(bytes), observation);
                break;
            case Kind.Singles when _channels > 1:
                Interleaving.Split(MemoryMarshal.Cast<byte, float>(bytes), observation, _channels);
                break;
            case Kind.Singles:
                bytes.CopyTo(MemoryMarshal.AsBytes(observation));
                break;
            case Kind.Bytes when _channels > 1:
                Interleaving.Split(bytes, observation, _channels);
                break;
            default:
                _bytes!.Decode(bytes, observation);
                break;
        }
    }

    private static void Mark(int value, Span<float> observation)
    {
        if ((uint)value >= (uint)observation.Length)
        {
            throw new BridgeLostException($"the Python process sent the observation {value} where 0 to {observation.Length - 1} are possible");
        }

        observation.Clear();
        observation[value] = 1;
    }
}
