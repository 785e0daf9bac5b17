using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Tests;

/// <summary>Observations as floats again.</summary>
internal static class Unpacked
{
    public static float[] Observations(TransitionBatch batch) => Rows(batch.Format, batch.Count, batch.Observation);

    public static float[] NextObservations(TransitionBatch batch) => Rows(batch.Format, batch.Count, batch.NextObservation);

    public static float[] Observations(SampledTransitions samples) => Rows(samples.Format, samples.Count, row => Row(samples.Observations, samples.Format, row));

    public static float[] NextObservations(SampledTransitions samples) => Rows(samples.Format, samples.Count, row => Row(samples.NextObservations, samples.Format, row));

    private static ReadOnlySpan<byte> Row(byte[] column, ObservationFormat format, int row) => column.AsSpan(row * format.Bytes, format.Bytes);

    private static float[] Rows(ObservationFormat format, int count, Func<int, ReadOnlySpan<byte>> read)
    {
        float[] values = new float[count * format.Size];
        for (int row = 0; row < count; row++)
        {
            format.Decode(read(row), values.AsSpan(row * format.Size, format.Size));
        }

        return values;
    }
}
