using DqnAkka.Environments;
using DqnAkka.Tests;

namespace DqnAkka.Learner.Tests;

/// <summary>Transitions whose every field is a function of a number, so that a mixed-up column shows.</summary>
internal static class Transitions
{
    public static TransitionBatch Batch(long firstNumber, int count, int observationSize, float[]? absoluteTdErrors = null)
    {
        TransitionBatchBuilder builder = new(1, Format(observationSize));
        for (long number = firstNumber; number < firstNumber + count; number++)
        {
            builder.Add(0, Observation(number, observationSize, 0), (int)number, number + 0.25f, number + 0.75f, EpisodeEnd.None, Observation(number, observationSize, 0.5f));
        }

        TransitionBatch batch = builder.Build();
        return absoluteTdErrors is null ? batch : batch.WithErrors(absoluteTdErrors);
    }

    public static ObservationFormat Format(int observationSize) => new(ObservationType.Float32, observationSize);

    public static void AssertRowIs(TransitionBatch batch, int row, long number) => AssertIs(
        number,
        Unpacked.Observations(batch)[(row * batch.Format.Size)..((row + 1) * batch.Format.Size)],
        batch.Actions[row],
        batch.Returns[row],
        batch.Discounts[row],
        Unpacked.NextObservations(batch)[(row * batch.Format.Size)..((row + 1) * batch.Format.Size)]);

    public static void AssertRowIs(SampledTransitions samples, int row, long number) => AssertIs(
        number,
        Unpacked.Observations(samples)[(row * samples.Format.Size)..((row + 1) * samples.Format.Size)],
        samples.Actions[row],
        samples.Returns[row],
        samples.Discounts[row],
        Unpacked.NextObservations(samples)[(row * samples.Format.Size)..((row + 1) * samples.Format.Size)]);

    private static void AssertIs(long number, float[] observation, int action, float nStepReturn, float discount, float[] nextObservation)
    {
        Assert.Equal(Observation(number, observation.Length, 0), observation);
        Assert.Equal((int)number, action);
        Assert.Equal(number + 0.25f, nStepReturn);
        Assert.Equal(number + 0.75f, discount);
        Assert.Equal(Observation(number, observation.Length, 0.5f), nextObservation);
    }

    private static float[] Observation(long number, int size, float shift) =>
        [.. Enumerable.Range(0, size).Select(component => (number * 16) + component + shift)];
}
