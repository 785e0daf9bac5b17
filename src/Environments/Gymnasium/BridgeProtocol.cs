using System.Buffers.Binary;

namespace DqnAkka.Environments;

/// <summary>What a frame between the bridge's two ends is about.</summary>
internal enum BridgeMessage : ushort
{
    /// <summary>No message.</summary>
    None = 0,

    /// <summary>Which environment, and how many copies: JSON.</summary>
    Hello = 1,

    /// <summary>N × u8 mask, N × i64 seed.</summary>
    Reset = 2,

    /// <summary>N × i32 actions.</summary>
    Step = 3,

    /// <summary>i32 copy.</summary>
    Render = 4,

    /// <summary>Nothing follows.</summary>
    Close = 5,

    /// <summary>Spaces and versions: JSON.</summary>
    Ready = 101,

    /// <summary>N observations.</summary>
    ResetDone = 102,

    /// <summary>Rewards, flags, observations, final observations.</summary>
    Stepped = 103,

    /// <summary>u32 width, u32 height, RGB bytes.</summary>
    Rendered = 104,

    /// <summary>The environments are closed.</summary>
    Closed = 105,

    /// <summary>What went wrong: JSON.</summary>
    Error = 199,
}

/// <summary>
/// The frames between the bridge's two ends, little-endian: u32 length of the payload, u16 type, u16 zero, u32 sequence number, payload. An
/// answer carries its request's sequence number.
/// </summary>
internal static class BridgeProtocol
{
    /// <summary>The protocol's version.</summary>
    public const int Version = 1;

    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 12;

    /// <summary>The longest payload of JSON.</summary>
    public const int MaxJsonBytes = 1 << 20;

    /// <summary>The longest answer to a step: what is longer is refused when the environments are made.</summary>
    public const int MaxAnswerBytes = 1 << 30;

    /// <summary>The longest rendered picture, 8192 × 8192 pixels, with its size.</summary>
    public const int MaxPictureBytes = (8192 * 8192 * 3) + 8;

    /// <summary>Writes the bytes before the payload.</summary>
    public static void WriteHeader(Span<byte> frame, BridgeMessage type, uint sequence, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], sequence);
    }

    /// <summary>Checks the bytes before the payload, before anything is done with them.</summary>
    /// <param name="frame">At least the header.</param>
    /// <param name="expected">The answer's type.</param>
    /// <param name="sequence">The request's sequence number.</param>
    /// <param name="limit">The longest payload that the answer may have.</param>
    /// <param name="type">The type: <paramref name="expected"/> or <see cref="BridgeMessage.Error"/>.</param>
    /// <param name="length">Bytes of the payload.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? ReadHeader(ReadOnlySpan<byte> frame, BridgeMessage expected, uint sequence, int limit, out BridgeMessage type, out int length)
    {
        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        type = (BridgeMessage)BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);
        ushort zero = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        uint answered = BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]);
        int allowed = type == BridgeMessage.Error ? MaxJsonBytes : limit;
        length = (int)Math.Min(declared, int.MaxValue);
        if ((type != expected && type != BridgeMessage.Error) || zero != 0)
        {
            return $"a frame of type {(ushort)type} instead of {(ushort)expected}";
        }

        if (answered != sequence)
        {
            return $"an answer to request {answered} instead of {sequence}";
        }

        return declared > allowed ? $"a frame of {declared} bytes where at most {allowed} are expected" : null;
    }
}
