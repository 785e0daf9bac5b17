using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class ReplaySamplingTests
{
    private const int Capacity = 60;

    [Fact]
    public void A_million_uniform_draws_fit_equal_probabilities_after_wrapping()
    {
        ReplayBuffer buffer = new(Capacity, Transitions.Format(1), new ReplayOptions());
        buffer.Append(Transitions.Batch(0, 145, 1));
        ChiSquare.AssertFits(CountDraws(buffer, 7), [.. Enumerable.Repeat(1.0 / Capacity, Capacity)]);
    }

    [Fact]
    public void Uniform_draws_cover_only_what_is_there_before_wrapping()
    {
        ReplayBuffer buffer = new(Capacity, Transitions.Format(1), new ReplayOptions());
        buffer.Append(Transitions.Batch(0, 13, 1));
        ChiSquare.AssertFits(CountDraws(buffer, 8), [.. Enumerable.Range(0, Capacity).Select(i => i < 13 ? 1.0 / 13 : 0)]);
    }

    [Fact]
    public void A_million_prioritised_draws_fit_the_masses_after_updates_and_wrapping()
    {
        ReplayOptions options = new() { Prioritized = true, Alpha = 0.7, PriorityEpsilon = 0.01 };
        ReplayBuffer buffer = new(Capacity, Transitions.Format(1), options);
        RandomSource random = new(9);
        float[] errors = new float[145];
        for (int key = 0; key < errors.Length; key++)
        {
            errors[key] = (float)random.NextUniform(0, 4);
        }

        buffer.Append(Transitions.Batch(0, 100, 1, errors[..100]));
        buffer.Append(Transitions.Batch(100, 45, 1, errors[100..]));
        for (int key = 70; key < 130; key += 3)
        {
            float error = (float)random.NextUniform(0, 20);
            if (buffer.UpdatePriorities([key], [error]) == 1)
            {
                errors[key] = error;
            }
        }

        double[] masses = [.. errors[^Capacity..].Select(error => Math.Pow(error + 0.01, 0.7))];
        Assert.Equal(masses.Sum(), buffer.Mass, 1e-9);
        ChiSquare.AssertFits(CountDraws(buffer, 10), [.. masses.Select(mass => mass / masses.Sum())]);
    }

    [Fact]
    public void Each_sample_takes_every_transition_as_often_as_its_share_says()
    {
        // Ten strata over masses that add up to ten: stratified draws leave nothing to chance here, independent ones would.
        ReplayBuffer buffer = new(4, Transitions.Format(1), new ReplayOptions { Prioritized = true, Alpha = 1, PriorityEpsilon = 0 });
        buffer.Append(Transitions.Batch(0, 4, 1, [1, 2, 3, 4]));
        RandomSource random = new(12);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal([0L, 1, 1, 2, 2, 2, 3, 3, 3, 3], buffer.Sample(10, random).Keys);
        }
    }

    private static long[] CountDraws(ReplayBuffer buffer, ulong seed)
    {
        RandomSource random = new(seed);
        long[] counts = new long[Capacity];
        long oldest = buffer.Inserts - buffer.Count;
        for (int i = 0; i < 1_000; i++)
        {
            foreach (long key in buffer.Sample(1_000, random).Keys)
            {
                counts[key - oldest]++;
            }
        }

        return counts;
    }
}
