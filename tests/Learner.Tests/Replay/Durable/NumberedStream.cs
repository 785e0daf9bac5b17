using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>A stream of transitions in which s′ of one is s of the next, and whose every field follows from its number: what is torn or mixed up shows.</summary>
internal sealed class NumberedStream(ObservationFormat format)
{
    public TransitionBatch Batch(long first, int count, bool hasErrors)
    {
        TransitionBatchBuilder builder = new(count, format);
        for (long number = first; number < first + count; number++)
        {
            builder.Add(0, Observation(number), Action(number), number + 0.25f, 0.5f, EpisodeEnd.None, Observation(number + 1));
        }

        TransitionBatch batch = builder.Build();
        return hasErrors ? batch.WithErrors([.. Enumerable.Range(0, count).Select(row => Error(first + row))]) : batch;
    }

    /// <summary>The numbers that a buffer holds, the oldest first; every field of each is asserted.</summary>
    public List<long> Numbers(ReplayBuffer buffer)
    {
        (TransitionBatch batch, double[] masses) = buffer.ReadOldest(0, buffer.Count);
        List<long> numbers = [];
        float[] observation = new float[format.Size];
        for (int row = 0; row < batch.Count; row++)
        {
            long number = (long)(batch.Returns[row] - 0.25f);
            Assert.Equal((number + 0.25f, 0.5f, Action(number), (byte)0), (batch.Returns[row], batch.Discounts[row], batch.Actions[row], batch.Ends[row]));
            format.Decode(batch.Observation(row), observation);
            Assert.Equal(Observation(number), observation);
            format.Decode(batch.NextObservation(row), observation);
            Assert.Equal(Observation(number + 1), observation);
            Assert.True(masses[row] > 0);
            numbers.Add(number);
        }

        return numbers;
    }

    public static float Error(long number) => 1f + (number % 97 / 97f);

    private static int Action(long number) => (int)(number % 5);

    /// <summary>Frames number … number + k − 1, so that consecutive observations overlap as stacks do.</summary>
    private float[] Observation(long number) =>
    [
        .. Enumerable.Range(0, format.Size).Select(component =>
        {
            long frame = number + (component / format.FrameSize);
            uint hash = (uint)((frame * 2_654_435_761L) + (component % format.FrameSize * 40_503)) >> 7;
            return format.Type switch { ObservationType.Float32 => hash % 1_000_003, ObservationType.UInt8 => hash & 255, _ => hash & 1 };
        }),
    ];
}
