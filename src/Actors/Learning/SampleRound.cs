using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Several batches asked for together: how many transitions of each batch come from each shard, and the replies as they arrive.
/// </summary>
/// <param name="number">Number of the request.</param>
/// <param name="counts">Transitions by shard and batch; null for a shard that is not asked.</param>
/// <param name="shares">What each shard had of all sampling masses when the round was planned.</param>
/// <param name="deadline">Timestamp after which the round is given up.</param>
internal sealed class SampleRound(long number, int[]?[] counts, ShardShare[] shares, long deadline)
{
    private readonly ReplayProtocol.SampleReply?[] _replies = new ReplayProtocol.SampleReply?[counts.Length];
    private readonly int[] _offsets = new int[counts.Length];
    private int _missing = counts.Count(part => part is not null);

    /// <summary>Number of the request.</summary>
    public long Number => number;

    /// <summary>Timestamp after which the round is given up.</summary>
    public long Deadline => deadline;

    /// <summary>Transitions of each batch, by shard; null for a shard that is not asked.</summary>
    public IReadOnlyList<int[]?> Counts => counts;

    /// <summary>What each shard had of all sampling masses when the round was planned.</summary>
    public IReadOnlyList<ShardShare> Shares => shares;

    /// <summary>N: transitions held by all shards when the round was planned. There may be none any more when it is trained on.</summary>
    public required long TotalCount { get; init; }

    /// <summary>Number of batches.</summary>
    public int Batches => counts.First(part => part is not null)!.Length;

    /// <summary>
    /// The smallest probability that a transition of any shard had of being a given draw: as told with the draw, or where a shard was not
    /// asked, as known when the round was planned. It sets the largest importance weight.
    /// </summary>
    public double SmallestProbability
    {
        get
        {
            double smallest = double.PositiveInfinity;
            for (int shard = 0; shard < shares.Length; shard++)
            {
                double probability = _replies[shard] is { State: { } state } ? shares[shard].Probability / state.Mass * state.MinimumMass : shares[shard].Smallest;
                smallest = probability > 0 ? Math.Min(smallest, probability) : smallest;
            }

            return smallest;
        }
    }

    /// <summary>Transitions asked of one shard, over all batches.</summary>
    public int Asked(int shard) => counts[shard]?.Sum() ?? 0;

    /// <summary>Whether a shard was asked and has not answered.</summary>
    public bool Awaits(int shard) => counts[shard] is not null && _replies[shard] is null;

    /// <summary>Takes one shard's reply.</summary>
    /// <returns>Whether the round is complete.</returns>
    public bool Add(ReplayProtocol.SampleReply reply)
    {
        int shard = reply.State.Shard;
        if (counts[shard] is null || _replies[shard] is not null)
        {
            return false;
        }

        _replies[shard] = reply;
        return --_missing == 0;
    }

    /// <summary>
    /// Fills the columns of the next batch, shard after shard, each shard's rows as they were drawn: in the order of its slots, since draws
    /// are stratified. Nothing may depend on the order of rows; the learning step does not, since its loss is a mean over all of them.
    /// </summary>
    /// <param name="index">Number of the batch; the calls go 0, 1, 2, …</param>
    /// <param name="batch">Receives the rows and their count; the weights are left alone.</param>
    /// <param name="probabilities">
    /// Receives each row's probability of being a given draw of the batch: that of its shard when the round was planned, times that within
    /// the shard when it was drawn. Masses may have changed between the two; these are nevertheless the probabilities with which it was
    /// drawn, they add up to 1 over all transitions of the shards planned with, and so weighing by them is without bias.
    /// </param>
    public void Fill(int index, TrainingBatch batch, Span<double> probabilities)
    {
        int size = batch.ObservationSize;
        int row = 0;
        for (int shard = 0; shard < counts.Length; shard++)
        {
            if (_replies[shard] is not { } reply)
            {
                continue;
            }

            int count = counts[shard]![index];
            int from = _offsets[shard];
            int bytes = reply.Samples.Format.Bytes;
            SampledTransitions samples = reply.Samples;
            ReadOnlySpan<byte> observations = samples.Observations.AsSpan(from * bytes, count * bytes);
            ReadOnlySpan<byte> nextObservations = samples.NextObservations.AsSpan(from * bytes, count * bytes);
            if (batch.HoldsBytes)
            {
                observations.CopyTo(batch.ObservationBytes[(row * size)..]);
                nextObservations.CopyTo(batch.NextObservationBytes[(row * size)..]);
            }
            else
            {
                samples.Format.DecodeRows(observations, batch.Observations.Slice(row * size, count * size));
                samples.Format.DecodeRows(nextObservations, batch.NextObservations.Slice(row * size, count * size));
            }

            samples.Actions.AsSpan(from, count).CopyTo(batch.Actions[row..]);
            samples.Returns.AsSpan(from, count).CopyTo(batch.Returns[row..]);
            samples.Discounts.AsSpan(from, count).CopyTo(batch.Discounts[row..]);
            double scale = shares[shard].Probability / reply.State.Mass;
            for (int i = 0; i < count; i++)
            {
                probabilities[row + i] = scale * reply.Samples.Masses[from + i];
            }

            _offsets[shard] = from + count;
            row += count;
        }

        batch.Count = row;
    }

    /// <summary>The new priorities for each shard. A transition whose |δ| is not finite keeps the one that it has.</summary>
    /// <param name="absoluteTdErrors">|δ| of every row of every batch, in the order in which <see cref="Fill"/> gave them.</param>
    public IEnumerable<ReplayProtocol.UpdatePriorities> Priorities(float[] absoluteTdErrors)
    {
        for (int shard = 0; shard < counts.Length; shard++)
        {
            if (_replies[shard] is not { } reply)
            {
                continue;
            }

            float[] errors = new float[reply.Samples.Keys.Length];
            int written = 0;
            int start = 0;
            for (int index = 0; index < Batches; index++)
            {
                int before = 0;
                for (int other = 0; other < shard; other++)
                {
                    before += counts[other]?[index] ?? 0;
                }

                int own = counts[shard]![index];
                absoluteTdErrors.AsSpan(start + before, own).CopyTo(errors.AsSpan(written));
                written += own;
                start += counts.Sum(part => part?[index] ?? 0);
            }

            (long[] keys, float[] finite) = Finite(reply.Samples.Keys, errors);
            if (keys.Length > 0)
            {
                yield return new ReplayProtocol.UpdatePriorities(shard, reply.State.Incarnation, keys, finite);
            }
        }
    }

    private static (long[] Keys, float[] Errors) Finite(long[] keys, float[] errors)
    {
        if (Array.TrueForAll(errors, float.IsFinite))
        {
            return (keys, errors);
        }

        int[] kept = [.. Enumerable.Range(0, errors.Length).Where(row => float.IsFinite(errors[row]))];
        return ([.. kept.Select(row => keys[row])], [.. kept.Select(row => errors[row])]);
    }
}
