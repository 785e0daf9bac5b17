using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Columns of transitions: their length and form, then each column as it lies in memory.</summary>
internal static class TransitionEncoding
{
    private const int BytesPerRow = sizeof(int) + sizeof(float) + sizeof(float) + sizeof(byte);
    private const int SampledBytesPerRow = sizeof(int) + sizeof(float) + sizeof(float) + sizeof(long) + sizeof(double);

    public static void Write(ref WireWriter writer, TransitionBatch batch)
    {
        WriteFormat(ref writer, batch.Format);
        writer.Int32(batch.Count);
        writer.Int32(batch.Frames.Length / batch.Format.FrameBytes);
        writer.Boolean(batch.Windows.Length > 0);
        writer.Boolean(batch.AbsoluteTdErrors.Length > 0);
        writer.Column<byte>(batch.Frames);
        writer.Column<int>(batch.Windows);
        writer.Column<int>(batch.Actions);
        writer.Column<float>(batch.Returns);
        writer.Column<float>(batch.Discounts);
        writer.Column<byte>(batch.Ends);
        writer.Column<float>(batch.AbsoluteTdErrors);
    }

    public static TransitionBatch Read(ref WireReader reader)
    {
        ObservationFormat format = ReadFormat(ref reader);
        int count = reader.Count();
        int frameCount = reader.Count();
        bool hasWindows = reader.Boolean();
        bool hasErrors = reader.Boolean();
        long frameBytes = (long)frameCount * format.FrameBytes;
        long rowBytes = BytesPerRow + (hasWindows ? 2 * sizeof(int) : 0) + (hasErrors ? sizeof(float) : 0);
        // The products of lengths that the frame states are compared with what it holds, in numbers that do not overflow.
        if (frameBytes > reader.Remaining || frameBytes + (count * rowBytes) > reader.Remaining)
        {
            throw new WireException($"{count} transitions with {frameCount} frames of {format} do not fit the {reader.Remaining} bytes that follow");
        }

        byte[] frames = reader.Column<byte>((int)frameBytes);
        int[] windows = hasWindows ? reader.Column<int>(2 * count) : [];
        int[] actions = reader.Column<int>(count);
        float[] returns = reader.Column<float>(count);
        float[] discounts = reader.Column<float>(count);
        byte[] ends = reader.Column<byte>(count);
        float[] errors = hasErrors ? reader.Column<float>(count) : [];
        // Of what the values mean the shard judges, so that it can tell the runner; what is dropped here would be sent again for ever.
        try
        {
            return new TransitionBatch(format, frames, windows, actions, returns, discounts, ends, errors);
        }
        catch (ArgumentException exception)
        {
            throw new WireException(exception.Message);
        }
    }

    public static void Write(ref WireWriter writer, SampledTransitions samples)
    {
        WriteFormat(ref writer, samples.Format);
        writer.Int32(samples.Count);
        writer.Column<byte>(samples.Observations);
        writer.Column<byte>(samples.NextObservations);
        writer.Column<int>(samples.Actions);
        writer.Column<float>(samples.Returns);
        writer.Column<float>(samples.Discounts);
        writer.Column<long>(samples.Keys);
        writer.Column<double>(samples.Masses);
    }

    public static SampledTransitions ReadSampled(ref WireReader reader)
    {
        ObservationFormat format = ReadFormat(ref reader);
        int count = reader.Count();
        long observationBytes = (long)count * format.Bytes;
        if (observationBytes > reader.Remaining || (2 * observationBytes) + ((long)count * SampledBytesPerRow) > reader.Remaining)
        {
            throw new WireException($"{count} sampled transitions with observations of {format} do not fit the {reader.Remaining} bytes that follow");
        }

        byte[] observations = reader.Column<byte>((int)observationBytes);
        byte[] nextObservations = reader.Column<byte>((int)observationBytes);
        int[] actions = reader.Column<int>(count);
        float[] returns = reader.Column<float>(count);
        float[] discounts = reader.Column<float>(count);
        CheckNotNegative(actions);
        long[] keys = ReadKeys(ref reader, count);
        return new SampledTransitions(format, observations, nextObservations, actions, returns, discounts, keys, ReadMasses(ref reader, count));
    }

    public static long[] ReadKeys(ref WireReader reader, int count)
    {
        long[] keys = reader.Column<long>(count);
        foreach (long key in keys)
        {
            if (key < 0)
            {
                throw new WireException($"{key} is no insertion number");
            }
        }

        return keys;
    }

    public static double[] ReadMasses(ref WireReader reader, int count)
    {
        double[] masses = reader.Column<double>(count);
        foreach (double mass in masses)
        {
            if (!double.IsFinite(mass) || mass < 0)
            {
                throw new WireException($"{mass} is no mass");
            }
        }

        return masses;
    }

    public static float[] ReadErrors(ref WireReader reader, int count)
    {
        float[] errors = reader.Column<float>(count);
        foreach (float error in errors)
        {
            if (!float.IsFinite(error) || error < 0)
            {
                throw new WireException($"{error} is no absolute error");
            }
        }

        return errors;
    }

    private static void WriteFormat(ref WireWriter writer, ObservationFormat format)
    {
        writer.Byte((byte)format.Type);
        writer.Int32(format.Size);
        writer.Int32(format.Stack);
    }

    private static ObservationFormat ReadFormat(ref WireReader reader)
    {
        ObservationType type = reader.Choice<ObservationType>();
        int size = reader.Count(least: 1);
        int stack = reader.Count(least: 1);
        if (size > WireFormat.MaxObservationSize || size % stack != 0)
        {
            throw new WireException($"there is no observation of {size} components in {stack} frames");
        }

        return new ObservationFormat(type, size, stack);
    }

    private static void CheckNotNegative(ReadOnlySpan<int> actions)
    {
        foreach (int action in actions)
        {
            if (action < 0)
            {
                throw new WireException($"{action} is no action");
            }
        }
    }
}
