using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Columns of transitions: their length and width, then each column as it lies in memory.</summary>
internal static class TransitionEncoding
{
    public static void Write(ref WireWriter writer, TransitionBatch batch)
    {
        writer.Int32(batch.Count);
        writer.Int32(batch.ObservationSize);
        writer.Boolean(batch.AbsoluteTdErrors.Length > 0);
        writer.Column<float>(batch.Observations);
        writer.Column<float>(batch.NextObservations);
        writer.Column<int>(batch.Actions);
        writer.Column<float>(batch.Returns);
        writer.Column<float>(batch.Discounts);
        writer.Column<float>(batch.AbsoluteTdErrors);
    }

    public static TransitionBatch Read(ref WireReader reader)
    {
        int count = reader.Count();
        int observationSize = reader.Count(least: 1);
        bool hasErrors = reader.Boolean();
        long components = (long)count * observationSize;
        // The products of two lengths that the frame states are compared with what it holds, in numbers that do not overflow.
        if (components > Array.MaxLength || (2 * components) + (count * (hasErrors ? 4L : 3L)) > reader.Remaining / sizeof(float))
        {
            throw new WireException($"{count} transitions of {observationSize} components do not fit the {reader.Remaining} bytes that follow");
        }

        float[] observations = reader.Column<float>((int)components);
        float[] nextObservations = reader.Column<float>((int)components);
        int[] actions = reader.Column<int>(count);
        float[] returns = reader.Column<float>(count);
        float[] discounts = reader.Column<float>(count);
        float[] errors = hasErrors ? reader.Column<float>(count) : [];
        CheckNotNegative(actions);
        CheckErrors(errors);
        return new TransitionBatch(observationSize, observations, actions, returns, discounts, nextObservations, errors);
    }

    public static void Write(ref WireWriter writer, SampledTransitions samples)
    {
        Write(ref writer, samples.Transitions);
        writer.Column<long>(samples.Keys);
        writer.Column<double>(samples.Masses);
    }

    public static SampledTransitions ReadSampled(ref WireReader reader)
    {
        TransitionBatch transitions = Read(ref reader);
        long[] keys = ReadKeys(ref reader, transitions.Count);
        return new SampledTransitions(transitions, keys, ReadMasses(ref reader, transitions.Count));
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
        CheckErrors(errors);
        return errors;
    }

    private static void CheckErrors(ReadOnlySpan<float> errors)
    {
        foreach (float error in errors)
        {
            if (!float.IsFinite(error) || error < 0)
            {
                throw new WireException($"{error} is no absolute error");
            }
        }
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
