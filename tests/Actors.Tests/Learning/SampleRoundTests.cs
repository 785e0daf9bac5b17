using CsCheck;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class SampleRoundTests
{
    /// <summary>Counts by shard and batch (null where a shard is not asked, and every batch of the same size), and the order of replies.</summary>
    private static readonly Gen<(int[]?[] Counts, int[] Order)> Rounds =
        from shards in Gen.Int[1, 5]
        from batches in Gen.Int[1, 4]
        from size in Gen.Int[1, 9]
        from owners in Gen.Int[0, shards - 1].Array[batches * size]
        from order in Gen.Shuffle(Enumerable.Range(0, shards).ToArray())
        select (Allot(shards, batches, size, owners), order);

    [Fact]
    public void Batches_are_put_together_exactly_and_each_error_returns_to_its_own_transition() => Rounds.Sample(
        round =>
        {
            (int[]?[] counts, int[] order) = round;
            ShardShare[] shares = [.. Enumerable.Range(0, counts.Length).Select(shard => new ShardShare(0.1 * (shard + 1), 0.01 / (shard + 1)))];
            SampleRound sut = new(number: 9, counts, shares, deadline: 0) { TotalCount = 1_000 };
            int asked = counts.Count(part => part is not null);
            foreach (int shard in order)
            {
                if (counts[shard] is { } part)
                {
                    // Transition k of a shard has the id 1000·shard + k in every column.
                    ReplayProtocol.SampleReply reply = new(9, Make.Sampled(part.Sum(), 1000 * shard), Make.State(shard, 100, incarnation: 70 + shard) with { Mass = 50 * (shard + 1), MinimumMass = 0.5 });
                    Assert.Equal(--asked == 0, sut.Add(reply));
                    Assert.False(sut.Add(reply));
                }
                else
                {
                    Assert.False(sut.Add(new ReplayProtocol.SampleReply(9, Make.Sampled(1), Make.State(shard, 100))));
                }
            }

            // 0.1/50·0.5 of each that was asked, as it said with the draw; of the others what was known when the round was planned.
            Assert.Equal(
                Enumerable.Range(0, counts.Length).Min(shard => counts[shard] is null ? 0.01 / (shard + 1) : 0.001), sut.SmallestProbability, 1e-15);
            int size = counts.Sum(part => part?[0] ?? 0);
            TrainingBatch batch = new(size, Make.ObservationSize);
            double[] probabilities = new double[size];
            int[] next = [.. Enumerable.Range(0, counts.Length).Select(shard => 1000 * shard)];
            List<float> errors = [];
            for (int index = 0; index < sut.Batches; index++)
            {
                sut.Fill(index, batch, probabilities);
                int[] expected = [.. Enumerable.Range(0, counts.Length).SelectMany(shard => Enumerable.Range(0, counts[shard]?[index] ?? 0).Select(_ => next[shard]++))];
                Assert.Equal(size, batch.Count);
                Assert.Equal(expected.Select(id => (float)id), batch.Returns.ToArray());
                Assert.Equal(expected.SelectMany(id => new[] { (float)id, id }), batch.Observations.ToArray());
                Assert.Equal(expected.SelectMany(id => new[] { (float)id, id }), batch.NextObservations.ToArray());
                // Transition id has the mass 1 + id; of shard s, planned at 0.1·(s + 1), drawn from a mass of 50·(s + 1).
                Assert.Equal(expected.Select(id => 0.1 / 50 * (1.0 + id)), probabilities, (one, other) => Math.Abs(one - other) <= 1e-12 * one);
                Assert.All(batch.Discounts.ToArray(), discount => Assert.Equal(0.5f, discount));
                errors.AddRange(expected.Select(id => id + 0.5f));
            }

            ReplayProtocol.UpdatePriorities[] updates = [.. sut.Priorities([.. errors])];
            Assert.Equal(Enumerable.Range(0, counts.Length).Where(shard => counts[shard] is not null), updates.Select(update => update.Shard));
            foreach (ReplayProtocol.UpdatePriorities update in updates)
            {
                Assert.Equal(70 + update.Shard, update.Incarnation);
                Assert.Equal(counts[update.Shard]!.Sum(), update.Keys.Length);
                Assert.Equal(update.Keys.Select(key => key + 0.5f), update.AbsoluteTdErrors);
            }
            // What is not finite leaves the transition's priority as it is.
            float[] broken = [.. errors.Select((error, row) => row % 2 == 0 ? float.NaN : error)];
            ReplayProtocol.UpdatePriorities[] partial = [.. sut.Priorities(broken)];
            Assert.Equal(errors.Where((_, row) => row % 2 == 1).Order(), partial.SelectMany(update => update.AbsoluteTdErrors).Order());
            Assert.All(partial, update => Assert.Equal(update.Keys.Select(key => key + 0.5f), update.AbsoluteTdErrors));
            Assert.Empty(sut.Priorities([.. errors.Select(_ => float.PositiveInfinity)]));
        },
        iter: 500,
        seed: "0000000000000");

    private static int[]?[] Allot(int shards, int batches, int size, int[] owners)
    {
        int[]?[] counts = new int[]?[shards];
        for (int i = 0; i < owners.Length; i++)
        {
            (counts[owners[i]] ??= new int[batches])[i / size]++;
        }

        return counts;
    }
}
