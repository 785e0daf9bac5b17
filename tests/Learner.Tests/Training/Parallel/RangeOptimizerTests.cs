using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class RangeOptimizerTests
{
    private const int Length = 16 * 13;

    [Theory]
    [InlineData(OptimizerKind.Adam, 1)]
    [InlineData(OptimizerKind.Adam, 5)]
    [InlineData(OptimizerKind.RmsProp, 3)]
    [InlineData(OptimizerKind.AdaGrad, 13)]
    public void Ranges_together_are_one_optimizer_on_the_whole_vector_bit_by_bit(OptimizerKind kind, int count)
    {
        LearnerOptions options = new() { Optimizer = kind };
        RandomSource random = new(3);
        TrainerState begin = State(random);
        IFlatOptimizer whole = FlatOptimizers.Create(options);
        TrainerState expected = Copy(begin);
        RangeOptimizer[] ranges = [.. ParameterRange.Cut(Length, count).Select(range => Loaded(range, options, begin))];
        for (int update = 1; update <= 30; update++)
        {
            float[] gradient = Vector(random, -1, 1);
            foreach (RangeOptimizer range in ranges)
            {
                float[] part = gradient.AsSpan(range.Range.Offset, range.Range.Length).ToArray();
                // Clipping as the whole-vector optimizer does it, which multiplies on the way.
                GradientSum.Begin(part, 0.3f, part);
                range.Apply(part, 1e-2f, update);
                Assert.All(part, component => Assert.Equal(0f, component));
                range.BlendTarget(update == 20 ? 1f : 0.1f);
            }

            whole.Step(expected.Online, gradient, expected.FirstMoments, expected.SecondMoments, 0.3f, 1e-2f, update);
            if (update == 20)
            {
                expected.Online.CopyTo(expected.Target, 0);
            }
            else
            {
                TargetBlending.Blend(expected.Online, expected.Target, 0.1f);
            }
        }

        TrainerState actual = Copy(begin);
        foreach (RangeOptimizer range in ranges)
        {
            RangeState.Insert(range.State, range.Range, actual);
            Assert.Equal(expected.Online.AsSpan(range.Range.Offset, range.Range.Length), range.Online);
            Assert.Equal(expected.Target.AsSpan(range.Range.Offset, range.Range.Length), range.Target);
        }

        Assert.Equal(expected.Online, actual.Online);
        Assert.Equal(expected.Target, actual.Target);
        Assert.Equal(expected.FirstMoments, actual.FirstMoments);
        Assert.Equal(expected.SecondMoments, actual.SecondMoments);
    }

    [Fact]
    public void A_copied_state_goes_on_as_the_original()
    {
        LearnerOptions options = new();
        RandomSource random = new(4);
        ParameterRange range = ParameterRange.Cut(Length, 4)[2];
        RangeOptimizer original = Loaded(range, options, State(random));
        float[] state = new float[RangeOptimizer.StateVectors * range.Length];
        original.CopyState(state);
        RangeOptimizer copy = new(range, options);
        copy.Load(state);
        float[] gradient = Vector(random, -1, 1)[..range.Length];
        original.Apply([.. gradient], 1e-3f, 7);
        copy.Apply([.. gradient], 1e-3f, 7);
        Assert.Equal(original.State, copy.State);
        float[] online = new float[range.Length];
        float[] target = new float[range.Length];
        copy.CopyOnline(online);
        copy.CopyTarget(target);
        Assert.Equal(original.Online, online);
        Assert.Equal(original.Target, target);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        RangeOptimizer range = new(new ParameterRange(1, 16, 32), new LearnerOptions());
        Assert.Equal("range 1 of 32 parameters takes 128 floats here: got 127", Assert.Throws<ArgumentException>(() => range.Load(new float[127])).Message);
        Assert.Throws<ArgumentException>(() => range.Apply(new float[16], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => range.Apply(new float[32], 1, 0));
        Assert.Throws<ArgumentException>(() => range.CopyState(new float[32]));
        Assert.Throws<ArgumentException>(() => range.CopyOnline(new float[16]));
        Assert.Throws<ArgumentException>(() => range.CopyTarget(new float[48]));
        Assert.Throws<ArgumentOutOfRangeException>(() => range.BlendTarget(0));
        Assert.Throws<ArgumentException>(() => new RangeOptimizer(new ParameterRange(0, 0, 24), new LearnerOptions()));
        TrainerState state = State(new RandomSource(1));
        Assert.Throws<ArgumentException>(() => RangeState.Extract(state, new ParameterRange(0, Length - 16, 32), new float[128]));
        Assert.Throws<ArgumentException>(() => RangeState.Insert(new float[127], new ParameterRange(0, 0, 32), state));
        Assert.Throws<ArgumentException>(() => GradientSum.Add(new float[16], 1, new float[32]));
        Assert.Throws<ArgumentException>(() => GradientSum.Begin(new float[8], 1, new float[8]));
    }

    [Fact]
    public void A_sum_of_gradients_has_each_ones_share()
    {
        float[] sum = new float[32];
        GradientSum.Begin([.. Enumerable.Range(0, 32).Select(i => (float)i)], 0.25f, sum);
        GradientSum.Add([.. Enumerable.Repeat(8f, 32)], 0.75f, sum);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (0.25f * i) + 6f), sum);
    }

    private static RangeOptimizer Loaded(ParameterRange range, LearnerOptions options, TrainerState whole)
    {
        float[] state = new float[RangeOptimizer.StateVectors * range.Length];
        RangeState.Extract(whole, range, state);
        RangeOptimizer loaded = new(range, options);
        loaded.Load(state);
        return loaded;
    }

    private static TrainerState State(RandomSource random) => new()
    {
        Updates = 0,
        Online = Vector(random, -1, 1),
        Target = Vector(random, -1, 1),
        FirstMoments = Vector(random, -0.1, 0.1),
        SecondMoments = Vector(random, 0.1, 0.2),
    };

    private static TrainerState Copy(TrainerState state) => state with
    {
        Online = [.. state.Online],
        Target = [.. state.Target],
        FirstMoments = [.. state.FirstMoments],
        SecondMoments = [.. state.SecondMoments],
    };

    private static float[] Vector(RandomSource random, double low, double high) =>
        [.. Enumerable.Range(0, Length).Select(_ => (float)random.NextUniform(low, high))];
}
