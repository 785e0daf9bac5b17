using System.Collections.Frozen;

namespace DqnAkka.Actors;

/// <summary>
/// The binary form of every message that leaves a node: major and minor version, one byte each, then the fields, little-endian.
/// The manifest, which travels beside the frame, says which message it is; no name of a type does.
/// </summary>
internal static class WireCodec
{
    private static readonly WireEncoding[] Encodings =
    [
        .. ReplayEncoding.All, .. TransferEncoding.All, .. SnapshotEncoding.All, .. RunnerEncoding.All, .. RunEncoding.All, .. ProgressEncoding.All,
        .. NodeEncoding.All, NodeStatusEncoding.Encoding, .. ParameterServerEncoding.All, .. GradientEncoding.All, .. ReplicaEncoding.All,
    ];

    private static readonly FrozenDictionary<Type, WireEncoding> ByType = Encodings.ToFrozenDictionary(encoding => encoding.Type);

    private static readonly FrozenDictionary<string, WireEncoding> ByManifest = Encodings.ToFrozenDictionary(encoding => encoding.Manifest, StringComparer.Ordinal);

    static WireCodec()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("columns of numbers travel little-endian as they lie in memory, and this machine is big-endian");
        }
    }

    /// <summary>The message's name on the wire.</summary>
    /// <param name="message">The message.</param>
    public static string Manifest(IWireMessage message) => EncodingOf(message).Manifest;

    /// <summary>Length of the message's frame in bytes, without encoding it.</summary>
    /// <param name="message">The message.</param>
    public static long Size(IWireMessage message) => Measure(EncodingOf(message), message);

    /// <summary>Encodes a message that fits one frame.</summary>
    /// <param name="message">The message.</param>
    /// <returns>The frame, exactly as long as it needs to be.</returns>
    /// <exception cref="ArgumentException">The message is longer than a frame: whoever sends it should have cut it.</exception>
    public static byte[] Encode(IWireMessage message)
    {
        WireEncoding encoding = EncodingOf(message);
        long size = Measure(encoding, message);
        return size <= WireFormat.MaxFrameBytes
            ? Fill(encoding, message, size)
            : throw new ArgumentException($"a {encoding.Type.Name} of {size} bytes is longer than a frame ({WireFormat.MaxFrameBytes} bytes); it must be cut first", nameof(message));
    }

    /// <summary>Encodes a message of any length, to be cut.</summary>
    /// <param name="message">The message.</param>
    public static byte[] EncodeWhole(IWireMessage message)
    {
        WireEncoding encoding = EncodingOf(message);
        return Fill(encoding, message, Measure(encoding, message));
    }

    /// <summary>Encodes a piece of a message of any length.</summary>
    /// <param name="message">The message.</param>
    /// <param name="from">Bytes of the message before the piece.</param>
    /// <param name="piece">Receives the piece; where the message ends before it, what follows is left as it is.</param>
    public static void EncodePiece(IWireMessage message, long from, Span<byte> piece)
    {
        WireWriter writer = WireWriter.FillPiece(piece, from);
        WriteVersion(ref writer);
        EncodingOf(message).Write(ref writer, message);
    }

    /// <summary>Decodes a frame.</summary>
    /// <param name="manifest">The message's name on the wire.</param>
    /// <param name="frame">The frame; the message may keep slices of it.</param>
    /// <exception cref="WireException">The frame is no such message, or one of another version.</exception>
    public static IWireMessage Decode(string manifest, ReadOnlyMemory<byte> frame) => frame.Length <= WireFormat.MaxFrameBytes
        ? DecodeWhole(manifest, frame)
        : throw new WireException($"a frame of {frame.Length} bytes is longer than {WireFormat.MaxFrameBytes}");

    /// <summary>Decodes a message of any length that was put together from its pieces.</summary>
    /// <param name="manifest">The message's name on the wire.</param>
    /// <param name="whole">Its bytes.</param>
    /// <exception cref="WireException">The bytes are no such message, or one of another version.</exception>
    public static IWireMessage DecodeWhole(string manifest, ReadOnlyMemory<byte> whole)
    {
        WireReader reader = new(whole);
        return Decode(manifest, ref reader);
    }

    /// <summary>Decodes a message of any length from its pieces.</summary>
    /// <param name="manifest">The message's name on the wire.</param>
    /// <param name="pieces">Its pieces in order.</param>
    /// <exception cref="WireException">The bytes are no such message, or one of another version.</exception>
    public static IWireMessage DecodePieces(string manifest, ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        WireReader reader = new(pieces);
        return Decode(manifest, ref reader);
    }

    private static IWireMessage Decode(string manifest, ref WireReader reader)
    {
        (byte major, byte minor) = ReadVersion(ref reader);
        bool isKnown = ByManifest.TryGetValue(manifest, out WireEncoding? encoding);
        bool isTimeless = isKnown && encoding!.IsTimeless;
        if (major != WireFormat.Major && !isTimeless)
        {
            throw new WireException($"version {major}.{minor} is not of the major version {WireFormat.Major}");
        }

        bool isNewer = (major, minor).CompareTo((WireFormat.Major, WireFormat.Minor)) > 0;
        if (!isKnown)
        {
            throw new WireException("no message has this manifest", isNewer);
        }

        IWireMessage message = encoding!.Read(ref reader);
        return reader.Remaining == 0 || (isNewer && isTimeless)
            ? message
            : throw new WireException($"{reader.Remaining} bytes follow the end of a {encoding.Type.Name}", isNewer);
    }

    /// <summary>Writes the version that begins every frame.</summary>
    public static void WriteVersion(ref WireWriter writer)
    {
        writer.Byte(WireFormat.Major);
        writer.Byte(WireFormat.Minor);
    }

    /// <summary>Reads it.</summary>
    public static (byte Major, byte Minor) ReadVersion(ref WireReader reader) => (reader.Byte(), reader.Byte());

    private static WireEncoding EncodingOf(IWireMessage message) => ByType.TryGetValue(message.GetType(), out WireEncoding? encoding)
        ? encoding
        : throw new ArgumentException($"{message.GetType().Name} has no place in the codec", nameof(message));

    private static long Measure(WireEncoding encoding, IWireMessage message)
    {
        WireWriter writer = WireWriter.Measure();
        WriteVersion(ref writer);
        encoding.Write(ref writer, message);
        return writer.Length;
    }

    private static byte[] Fill(WireEncoding encoding, IWireMessage message, long size)
    {
        byte[] frame = GC.AllocateUninitializedArray<byte>(checked((int)size));
        WireWriter writer = WireWriter.Fill(frame);
        WriteVersion(ref writer);
        encoding.Write(ref writer, message);
        return frame;
    }
}
