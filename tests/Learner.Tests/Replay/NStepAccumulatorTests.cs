using CsCheck;
using DqnAkka.Environments;
using DqnAkka.Tests;

namespace DqnAkka.Learner.Tests;

public sealed class NStepAccumulatorTests
{
    private readonly record struct Step(float[] Observation, int Action, double Reward, bool Terminated, bool Truncated, float[] Next);

    private readonly record struct Expected(float[] Observation, int Action, float Return, float Discount, float[] Next);

    [Fact]
    public void Three_step_returns_by_hand()
    {
        // γ = 1/2, rewards 1, 2, 4, 8. Windows: 1 + 2/2 + 4/4 = 3 and 2 + 4/2 + 8/4 = 6, both with γ³; at the end 4 + 8/2 = 8 and 8.
        TransitionBatchBuilder builder = new(1, Transitions.Format(1), 4);
        NStepAccumulator accumulator = new(1, 1, 3, 0.5);
        accumulator.Append(0, [0], 10, 1, false, false, [1], builder);
        accumulator.Append(0, [1], 11, 2, false, false, [2], builder);
        Assert.Equal(0, builder.Count);
        accumulator.Append(0, [2], 12, 4, false, false, [3], builder);
        Assert.Equal(1, builder.Count);
        accumulator.Append(0, [3], 13, 8, false, true, [4], builder);
        TransitionBatch batch = builder.Build();
        Assert.Equal([0f, 1f, 2f, 3f], Unpacked.Observations(batch));
        Assert.Equal([10, 11, 12, 13], batch.Actions);
        Assert.Equal([3f, 6f, 8f, 8f], batch.Returns);
        Assert.Equal([0.125f, 0.125f, 0.25f, 0.5f], batch.Discounts);
        Assert.Equal([3f, 4f, 4f, 4f], Unpacked.NextObservations(batch));
    }

    [Theory]
    [InlineData(true, false, 0f)]
    [InlineData(true, true, 0f)]
    [InlineData(false, true, 0.9f)]
    [InlineData(false, false, 0.9f)]
    public void Only_termination_stops_the_bootstrap(bool terminated, bool truncated, float discount)
    {
        TransitionBatchBuilder builder = new(1, Transitions.Format(1), 4);
        new NStepAccumulator(1, 1, 1, 0.9).Append(0, [1], 0, 5, terminated, truncated, [2], builder);
        TransitionBatch batch = builder.Build();
        Assert.Equal(discount, Assert.Single(batch.Discounts));
        Assert.Equal(5f, Assert.Single(batch.Returns));
        Assert.Equal(2f, Assert.Single(Unpacked.NextObservations(batch)));
    }

    [Fact]
    public void Interleaved_environments_give_what_each_episode_alone_defines() =>
        (from environments in Gen.Int[1, 4]
         from steps in Gen.Int[1, 6]
         from gamma in Gen.OneOf(Gen.Double[0, 1], Gen.Const(1.0), Gen.Const(0.0))
         from endShare in Gen.Double[0, 0.6]
         from seed in Gen.ULong
         select (environments, steps, gamma, endShare, seed)).Sample(
            example =>
            {
                RandomSource random = new(example.seed);
                NStepAccumulator accumulator = new(example.environments, 2, example.steps, example.gamma);
                TransitionBatchBuilder builder = new(1, Transitions.Format(2), 4);
                List<Step>[] histories = [.. Enumerable.Range(0, example.environments).Select(_ => new List<Step>())];
                for (int turn = 0; turn < 80; turn++)
                {
                    int environment = random.NextInt(example.environments);
                    Step step = RandomStep(random, environment, histories[environment], example.endShare);
                    histories[environment].Add(step);
                    accumulator.Append(
                        environment, step.Observation, step.Action, step.Reward, step.Terminated, step.Truncated, step.Next, builder);
                }

                TransitionBatch batch = builder.Build();
                float[] observations = Unpacked.Observations(batch);
                float[] nextObservations = Unpacked.NextObservations(batch);
                for (int environment = 0; environment < example.environments; environment++)
                {
                    int[] rows = [.. Enumerable.Range(0, batch.Count).Where(row => batch.Actions[row] / 1_000 == environment)];
                    Expected[] expected = [.. Define(histories[environment], example.steps, example.gamma)];
                    Assert.Equal(expected.Length, rows.Length);
                    foreach ((int row, Expected wanted) in rows.Zip(expected))
                    {
                        Assert.Equal(wanted.Action, batch.Actions[row]);
                        Assert.Equal(wanted.Observation, observations[(2 * row)..((2 * row) + 2)]);
                        Assert.Equal(wanted.Next, nextObservations[(2 * row)..((2 * row) + 2)]);
                        Assert.Equal(wanted.Return, batch.Returns[row], 1e-5f);
                        Assert.Equal(wanted.Discount, batch.Discounts[row], 1e-6f);
                    }
                }
            },
            iter: 500);

    [Fact]
    public void A_reset_drops_open_windows()
    {
        TransitionBatchBuilder builder = new(1, Transitions.Format(1), 4);
        NStepAccumulator accumulator = new(2, 1, 2, 1);
        accumulator.Append(1, [1], 1, 100, false, false, [2], builder);
        accumulator.Reset();
        accumulator.Append(1, [5], 5, 1, false, false, [6], builder);
        Assert.Equal(0, builder.Count);
        accumulator.Append(1, [6], 6, 2, true, false, [7], builder);
        Assert.Equal([3f, 2f], builder.Build().Returns);
    }

    [Fact]
    public void No_step_allocates()
    {
        NStepAccumulator accumulator = new(3, 4, 5, 0.99);
        TransitionBatchBuilder builder = new(64, Transitions.Format(4), 4);
        float[] observation = new float[4];
        Run(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                accumulator.Append(i % 3, observation, 1, 1, i % 17 == 0, i % 23 == 0, observation, builder);
                if (builder.Count > 32)
                {
                    builder.Clear();
                }
            }
        }
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused()
    {
        NStepAccumulator accumulator = new(2, 2, 1, 0.9);
        TransitionBatchBuilder builder = new(1, Transitions.Format(2), 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => accumulator.Append(2, [1, 2], 0, 0, false, false, [1, 2], builder));
        Assert.Throws<ArgumentException>(() => accumulator.Append(0, [1], 0, 0, false, false, [1, 2], builder));
        Assert.Throws<ArgumentException>(() => accumulator.Append(0, [1, 2], 0, 0, false, false, [1, 2, 3], builder));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NStepAccumulator(1, 1, 0, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NStepAccumulator(1, 1, 1, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NStepAccumulator(1, 1, 1, double.NaN));
    }

    private static Step RandomStep(RandomSource random, int environment, List<Step> history, double endShare)
    {
        float[] observation = history.Count > 0 && !history[^1].Terminated && !history[^1].Truncated
            ? history[^1].Next
            : [(float)random.NextDouble(), (float)random.NextDouble()];
        return new Step(
            observation,
            (environment * 1_000) + history.Count,
            random.NextUniform(-1, 1),
            random.NextDouble() < endShare / 2,
            random.NextDouble() < endShare / 2,
            [(float)random.NextDouble(), (float)random.NextDouble()]);
    }

    private static IEnumerable<Expected> Define(List<Step> history, int steps, double gamma)
    {
        for (int start = 0; start < history.Count; start++)
        {
            double sum = 0;
            for (int k = 0; k < steps && start + k < history.Count; k++)
            {
                Step last = history[start + k];
                sum += Math.Pow(gamma, k) * last.Reward;
                if (last.Terminated || last.Truncated || k == steps - 1)
                {
                    double discount = last.Terminated ? 0 : Math.Pow(gamma, k + 1);
                    yield return new Expected(history[start].Observation, history[start].Action, (float)sum, (float)discount, last.Next);
                    break;
                }
            }
        }
    }
}
