using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How <see cref="ParameterServerProtocol"/> is encoded.</summary>
internal static class ParameterServerEncoding
{
    private const int StateWords = 4;
    private const int ShareBytes = sizeof(int) + sizeof(long) + sizeof(float);

    public static IReadOnlyList<WireEncoding> All { get; } =
    [
        new WireEncoding<ParameterServerProtocol.LoadState>("VL", WriteLoadState, ReadLoadState),
        new WireEncoding<ParameterServerProtocol.StateReceived>(
            "VS",
            (ref WireWriter writer, ParameterServerProtocol.StateReceived message) => WriteRange(ref writer, message.Range, message.Epoch, message.Bytes),
            (ref WireReader reader) => new ParameterServerProtocol.StateReceived(reader.Count(), reader.Total(), reader.Count())),
        new WireEncoding<ParameterServerProtocol.RangeLoaded>(
            "VD",
            (ref WireWriter writer, ParameterServerProtocol.RangeLoaded message) => WriteRange(ref writer, message.Range, message.Epoch, message.Version),
            (ref WireReader reader) => new ParameterServerProtocol.RangeLoaded(reader.Count(), reader.Total(), reader.Total())),
        new WireEncoding<ParameterServerProtocol.RangeUnknown>(
            "VU",
            (ref WireWriter writer, ParameterServerProtocol.RangeUnknown message) => WriteRange(ref writer, message.Range, message.Epoch, message.Held),
            (ref WireReader reader) => new ParameterServerProtocol.RangeUnknown(reader.Count(), reader.Total(), reader.Total())),
        new WireEncoding<ParameterServerProtocol.PushGradient>("VG", WritePush, ReadPush),
        new WireEncoding<ParameterServerProtocol.GradientReceived>("VR", WriteGradientReceived, ReadGradientReceived),
        new WireEncoding<ParameterServerProtocol.GradientHeld>("VH", WriteHeld, ReadHeld),
        new WireEncoding<ParameterServerProtocol.ApplyGradients>("VA", WriteApply, ReadApply),
        new WireEncoding<ParameterServerProtocol.RangeUpdated>(
            "VP",
            (ref WireWriter writer, ParameterServerProtocol.RangeUpdated message) => WriteRange(ref writer, message.Range, message.Epoch, message.Version),
            (ref WireReader reader) => new ParameterServerProtocol.RangeUpdated(reader.Count(), reader.Total(), reader.Total())),
        new WireEncoding<ParameterServerProtocol.DropGradient>("VX", WriteDrop, ReadDrop),
        new WireEncoding<ParameterServerProtocol.SendParameters>("VQ", WriteSend, ReadSend),
        new WireEncoding<ParameterServerProtocol.Parameters>("V", WriteParameters, ReadParameters),
        new WireEncoding<ParameterServerProtocol.ParametersReceived>("VK", WriteParametersReceived, ReadParametersReceived),
        new WireEncoding<ParameterServerProtocol.ProbeRange>(
            "VW",
            (ref WireWriter writer, ParameterServerProtocol.ProbeRange message) =>
            {
                writer.Int32(message.Range);
                writer.Int64(message.Epoch);
            },
            (ref WireReader reader) => new ParameterServerProtocol.ProbeRange(reader.Count(), reader.Total())),
        new WireEncoding<ParameterServerProtocol.RangesLeave>(
            "VN",
            (ref WireWriter writer, ParameterServerProtocol.RangesLeave message) => writer.Name(message.Node),
            (ref WireReader reader) => new ParameterServerProtocol.RangesLeave(reader.Name())),
        new WireEncoding<ParameterServerProtocol.RangesMayLeave>(
            "VM",
            (ref WireWriter writer, ParameterServerProtocol.RangesMayLeave message) => writer.Int64(message.Version),
            (ref WireReader reader) => new ParameterServerProtocol.RangesMayLeave(reader.Total())),
    ];

    private static void WriteRange(ref WireWriter writer, int range, long epoch, long value)
    {
        writer.Int32(range);
        writer.Int64(epoch);
        writer.Int64(value);
    }

    private static void WriteRange(ref WireWriter writer, int range, long epoch, int value)
    {
        writer.Int32(range);
        writer.Int64(epoch);
        writer.Int32(value);
    }

    private static void WriteLoadState(ref WireWriter writer, ParameterServerProtocol.LoadState message)
    {
        writer.Int32(message.Range);
        writer.Int64(message.Epoch);
        writer.Int64(message.Version);
        writer.Int64(message.TargetVersion);
        writer.Int32(message.Length);
        writer.Int32(message.Offset);
        WritePiece(ref writer, message.Bytes);
    }

    private static ParameterServerProtocol.LoadState ReadLoadState(ref WireReader reader)
    {
        int range = reader.Count();
        long epoch = reader.Total();
        long version = reader.Total();
        long targetVersion = reader.Total();
        int length = reader.Count(least: ParameterRange.Alignment);
        if (length % ParameterRange.Alignment != 0 || length > int.MaxValue / (StateWords * sizeof(float)))
        {
            throw new WireException($"there is no range of {length} parameters");
        }

        int offset = reader.Count();
        return new ParameterServerProtocol.LoadState(
            range, epoch, version, targetVersion, length, offset, ReadPiece(ref reader, offset, length * StateWords * sizeof(float)));
    }

    private static void WritePush(ref WireWriter writer, ParameterServerProtocol.PushGradient message)
    {
        writer.Int32(message.Range);
        writer.Int64(message.Epoch);
        writer.Int32(message.Worker);
        writer.Int64(message.Push);
        writer.Int64(message.TargetVersion);
        writer.Byte((byte)message.Compression);
        writer.Int32(message.Total);
        writer.Int32(message.Offset);
        WritePiece(ref writer, message.Bytes);
    }

    private static ParameterServerProtocol.PushGradient ReadPush(ref WireReader reader)
    {
        int range = reader.Count();
        long epoch = reader.Total();
        int worker = reader.Count();
        long push = reader.Total();
        long targetVersion = reader.Total();
        GradientCompression compression = reader.Choice<GradientCompression>();
        int total = reader.Count(least: 1);
        int offset = reader.Count();
        return new ParameterServerProtocol.PushGradient(
            range, epoch, worker, push, targetVersion, compression, total, offset, ReadPiece(ref reader, offset, total));
    }

    private static void WriteGradientReceived(ref WireWriter writer, ParameterServerProtocol.GradientReceived message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Push);
        writer.Int32(message.Bytes);
    }

    private static ParameterServerProtocol.GradientReceived ReadGradientReceived(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Total(), reader.Count());

    private static void WriteHeld(ref WireWriter writer, ParameterServerProtocol.GradientHeld message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Worker);
        writer.Int64(message.Push);
        writer.Text(message.Fault);
    }

    private static ParameterServerProtocol.GradientHeld ReadHeld(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Count(), reader.Total(), reader.Text());

    private static void WriteApply(ref WireWriter writer, ParameterServerProtocol.ApplyGradients message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Version);
        writer.Int32(BitConverter.SingleToInt32Bits(message.LearningRate));
        writer.Int32(BitConverter.SingleToInt32Bits(message.PolyakTau));
        writer.Int32(message.Gradients.Count);
        foreach (ParameterServerProtocol.GradientShare share in message.Gradients)
        {
            writer.Int32(share.Worker);
            writer.Int64(share.Push);
            writer.Int32(BitConverter.SingleToInt32Bits(share.Scale));
        }
    }

    private static ParameterServerProtocol.ApplyGradients ReadApply(ref WireReader reader)
    {
        int range = reader.Count();
        long epoch = reader.Total();
        long version = reader.Total();
        float learningRate = ReadFinite(ref reader);
        float tau = ReadFinite(ref reader);
        ParameterServerProtocol.GradientShare[] shares = new ParameterServerProtocol.GradientShare[reader.Length(ShareBytes)];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = new ParameterServerProtocol.GradientShare(reader.Count(), reader.Total(), ReadFinite(ref reader));
        }

        return new ParameterServerProtocol.ApplyGradients(range, epoch, version, shares, learningRate, tau);
    }

    private static void WriteDrop(ref WireWriter writer, ParameterServerProtocol.DropGradient message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Worker);
        writer.Int64(message.Push);
    }

    private static ParameterServerProtocol.DropGradient ReadDrop(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Count(), reader.Total());

    private static void WriteSend(ref WireWriter writer, ParameterServerProtocol.SendParameters message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Version);
        writer.Byte((byte)message.Part);
        writer.Boolean(message.WithTarget);
    }

    private static ParameterServerProtocol.SendParameters ReadSend(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Total(), reader.Choice<ParameterServerProtocol.RangePart>(), reader.Boolean());

    private static void WriteParameters(ref WireWriter writer, ParameterServerProtocol.Parameters message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Version);
        writer.Int64(message.TargetVersion);
        writer.Byte((byte)message.Part);
        writer.Int64(message.Transfer);
        writer.Int32(message.Total);
        writer.Int32(message.Offset);
        WritePiece(ref writer, message.Bytes);
    }

    private static ParameterServerProtocol.Parameters ReadParameters(ref WireReader reader)
    {
        int range = reader.Count();
        long epoch = reader.Total();
        long version = reader.Total();
        long targetVersion = reader.Total();
        ParameterServerProtocol.RangePart part = reader.Choice<ParameterServerProtocol.RangePart>();
        long transfer = reader.Total();
        int total = reader.Count(least: 1);
        int offset = reader.Count();
        return new ParameterServerProtocol.Parameters(
            range, epoch, version, targetVersion, part, transfer, total, offset, ReadPiece(ref reader, offset, total));
    }

    private static void WriteParametersReceived(ref WireWriter writer, ParameterServerProtocol.ParametersReceived message)
    {
        WriteRange(ref writer, message.Range, message.Epoch, message.Transfer);
        writer.Int32(message.Bytes);
    }

    private static ParameterServerProtocol.ParametersReceived ReadParametersReceived(ref WireReader reader) =>
        new(reader.Count(), reader.Total(), reader.Total(), reader.Count());

    private static void WritePiece(ref WireWriter writer, ReadOnlyMemory<byte> piece)
    {
        writer.Int32(piece.Length);
        writer.Column(piece.Span);
    }

    private static ReadOnlyMemory<byte> ReadPiece(ref WireReader reader, int offset, int total)
    {
        int length = reader.Length(1);
        return length > 0 && length <= total - (long)offset
            ? reader.Slice(length)
            : throw new WireException($"{total} bytes have no piece of {length} bytes at {offset}");
    }

    private static float ReadFinite(ref WireReader reader)
    {
        float value = BitConverter.Int32BitsToSingle(reader.Int32());
        return float.IsFinite(value) ? value : throw new WireException($"{value} is no factor");
    }
}
