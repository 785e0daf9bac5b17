using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Fills a trainer's columns from what shards have answered.</summary>
/// <param name="trainer">Makes the columns.</param>
/// <param name="batchSize">The largest batch.</param>
/// <param name="isPrioritized">Whether rows are weighed by the probabilities that they were drawn with.</param>
internal sealed class BatchFilling(ITrainer trainer, int batchSize, bool isPrioritized)
{
    private readonly double[] _probabilities = new double[batchSize];

    /// <summary>The next batch of a round, with its importance weights.</summary>
    /// <param name="round">The complete round.</param>
    /// <param name="index">Number of the batch; the calls go 0, 1, 2, …</param>
    /// <param name="beta">β of the weights.</param>
    public TrainingBatch Fill(SampleRound round, int index, double beta)
    {
        TrainingBatch batch = trainer.NextBatch(batchSize);
        round.Fill(index, batch, _probabilities);
        if (isPrioritized)
        {
            // Probabilities add up to one over all transitions of all shards.
            ImportanceWeights.Compute(
                _probabilities.AsSpan(0, batch.Count), round.SmallestProbability, 1.0, round.TotalCount, beta, batch.Weights[..batch.Count]);
        }

        return batch;
    }
}
