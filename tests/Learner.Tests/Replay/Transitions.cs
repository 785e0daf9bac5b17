namespace DqnAkka.Learner.Tests;

/// <summary>Transitions whose every field is a function of a number, so that a mixed-up column shows.</summary>
internal static class Transitions
{
    public static TransitionBatch Batch(long firstNumber, int count, int observationSize, float[]? absoluteTdErrors = null)
    {
        TransitionBatchBuilder builder = new(1, observationSize);
        for (long number = firstNumber; number < firstNumber + count; number++)
        {
            builder.Add(Observation(number, observationSize, 0), (int)number, number + 0.25f, number + 0.75f, Observation(number, observationSize, 0.5f));
        }

        return builder.Build(absoluteTdErrors);
    }

    public static void AssertRowIs(TransitionBatch batch, int row, long number)
    {
        int size = batch.ObservationSize;
        Assert.Equal(Observation(number, size, 0), batch.Observations[(row * size)..((row + 1) * size)]);
        Assert.Equal((int)number, batch.Actions[row]);
        Assert.Equal(number + 0.25f, batch.Returns[row]);
        Assert.Equal(number + 0.75f, batch.Discounts[row]);
        Assert.Equal(Observation(number, size, 0.5f), batch.NextObservations[(row * size)..((row + 1) * size)]);
    }

    private static float[] Observation(long number, int size, float shift) =>
        [.. Enumerable.Range(0, size).Select(component => (number * 16) + component + shift)];
}
