using DqnAkka.Environments;
using DqnAkka.Learner;
using Outcome = DqnAkka.Actors.ParameterRangeState.Outcome;

namespace DqnAkka.Actors.Tests;

public sealed class ParameterRangeStateTests
{
    private const long Epoch = 5;

    [Theory]
    [InlineData(OptimizerKind.Adam, 1)]
    [InlineData(OptimizerKind.RmsProp, 2)]
    [InlineData(OptimizerKind.AdaGrad, 3)]
    public void Ranges_follow_a_trainer_that_is_given_the_same_gradients_bit_by_bit(OptimizerKind kind, int count)
    {
        TrainingOptions options = Make.Options();
        LearnerOptions learner = options.Learner with { Optimizer = kind, MaxGradientNorm = 0.5f };
        NetworkLayout layout = Make.Layout(options);
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(1, 2), parameters);
        using SimdTrainer trainer = new(layout, learner, parameters);
        ParameterRangeState[] ranges = [.. ParameterRange.Cut(layout.Length, count).Select(range => Loaded(range, learner, trainer.Capture()))];
        // The padding of a gradient is zero.
        bool[] isUsed = new bool[layout.Length];
        foreach (ParameterSlot slot in layout.Slots)
        {
            isUsed.AsSpan(slot.Offset, slot.Length).Fill(true);
        }

        for (int update = 1; update <= 20; update++)
        {
            float[] gradient = [.. ServerHarness.Vector(layout.Length, (ulong)update).Select((value, index) => isUsed[index] ? value : 0)];
            float norm = trainer.ApplyGradient(gradient, 0.01f);
            float tau = update % 5 == 0 ? 1f : 0f;
            if (tau > 0)
            {
                trainer.SynchronizeTarget();
            }

            foreach (ParameterRangeState range in ranges)
            {
                Take(range, 1, update, gradient);
                Assert.Equal(
                    Outcome.Done,
                    range.Apply(ServerHarness.Apply(range.Range, Epoch, update, 0.01f, tau, (1, update, GradientNorm.ClipScale(norm, 0.5f)))));
            }
        }

        TrainerState expected = trainer.Capture();
        Assert.Equal(expected.Online, Joined(ranges, ParameterServerProtocol.RangePart.Online));
        Assert.Equal(expected.Target, Joined(ranges, ParameterServerProtocol.RangePart.Target));
        Assert.All(ranges, range => Assert.Equal((20L, 20L), (range.Version, range.TargetVersion)));
    }

    [Fact]
    public void An_update_averages_its_gradients_with_their_shares()
    {
        ParameterRange range = new(0, 0, 16);
        LearnerOptions learner = new() { Optimizer = OptimizerKind.AdaGrad };
        ParameterRangeState two = Loaded(range, learner, State(16));
        ParameterRangeState one = Loaded(range, learner, State(16));
        float[] first = ServerHarness.Vector(16, 1);
        float[] second = ServerHarness.Vector(16, 2);
        Take(two, 1, 1, first);
        Take(two, 2, 1, second);
        Take(one, 1, 1, [.. first.Zip(second, (a, b) => (0.5f * a) + (0.25f * b))]);

        two.Apply(ServerHarness.Apply(range, Epoch, 1, 0.1f, 0, (1, 1, 0.5f), (2, 1, 0.25f)));
        one.Apply(ServerHarness.Apply(range, Epoch, 1, 0.1f, 0, (1, 1, 1f)));

        Assert.Equal(one.Copy(ParameterServerProtocol.RangePart.State).ToArray(), two.Copy(ParameterServerProtocol.RangePart.State).ToArray());
    }

    [Fact]
    public void What_is_of_another_epoch_or_version_is_never_applied()
    {
        ParameterRange range = new(0, 0, 16);
        ParameterRangeState state = Loaded(range, new LearnerOptions(), State(16));
        Take(state, 1, 1, ServerHarness.Vector(16, 1));
        byte[] before = state.Copy(ParameterServerProtocol.RangePart.State).ToArray();

        Assert.Equal(Outcome.Unknown, state.Apply(ServerHarness.Apply(range, Epoch + 1, 1, 0.1f, 1, (1, 1, 1))));
        Assert.Equal(Outcome.Unknown, state.Apply(ServerHarness.Apply(range, Epoch - 1, 1, 0.1f, 1, (1, 1, 1))));
        Assert.Equal(Outcome.Ignored, state.Apply(ServerHarness.Apply(range, Epoch, 2, 0.1f, 1, (1, 1, 1))));
        Assert.Equal(Outcome.Ignored, state.Apply(ServerHarness.Apply(range, Epoch, 0, 0.1f, 1, (1, 1, 1))));
        Assert.Equal(before, state.Copy(ParameterServerProtocol.RangePart.State).ToArray());

        Assert.Equal(Outcome.Done, state.Apply(ServerHarness.Apply(range, Epoch, 1, 0.1f, 1, (1, 1, 1))));
        byte[] after = state.Copy(ParameterServerProtocol.RangePart.State).ToArray();
        Assert.Equal(Outcome.Ignored, state.Apply(ServerHarness.Apply(range, Epoch, 1, 0.1f, 1, (1, 1, 1))));
        Assert.Equal(after, state.Copy(ParameterServerProtocol.RangePart.State).ToArray());
    }

    [Fact]
    public void A_range_that_lacks_a_gradient_which_the_others_apply_no_longer_counts_as_one_of_them()
    {
        ParameterRange range = new(0, 0, 16);
        ParameterRangeState state = Loaded(range, new LearnerOptions(), State(16));

        Assert.Equal(Outcome.Unknown, state.Apply(ServerHarness.Apply(range, Epoch, 1, 0.1f, 0, (1, 1, 1))));
        Assert.Equal((0L, 0L), (state.Epoch, state.Version));
    }

    [Fact]
    public void A_newer_epoch_replaces_everything_and_an_older_one_nothing()
    {
        ParameterRange range = new(0, 0, 16 * 1024);
        ParameterRangeState state = Loaded(range, new LearnerOptions(), State(range.Length));
        Take(state, 1, 1, ServerHarness.Vector(range.Length, 1));
        state.Apply(ServerHarness.Apply(range, Epoch, 1, 0.1f, 1, (1, 1, 1)));
        TrainerState other = State(range.Length, seed: 9) with { Updates = 100 };

        ParameterServerProtocol.LoadState[] older = [.. ServerHarness.LoadState(range, Epoch - 1, other)];
        Assert.Equal(Outcome.Ignored, state.Load(older[0]));
        Assert.Equal((Epoch, 1L), (state.Epoch, state.Version));

        ParameterServerProtocol.LoadState[] newer = [.. ServerHarness.LoadState(range, Epoch + 1, other, targetVersion: 60)];
        Assert.True(newer.Length > 1);
        Assert.Equal(Outcome.Taken, state.Load(newer[0]));
        // Between two epochs it has neither.
        Assert.Equal(0, state.Epoch);
        Assert.Equal(Outcome.Ignored, state.Load(newer[2]));
        Outcome last = newer.Skip(1).Select(state.Load).ToArray()[^1];
        Assert.Equal(Outcome.Done, last);
        Assert.Equal((Epoch + 1, 100L, 60L), (state.Epoch, state.Version, state.TargetVersion));
        Assert.Equal(other.Online, ServerHarness.Floats(state.Copy(ParameterServerProtocol.RangePart.Online).Span));
        Assert.Equal(Outcome.Done, state.Load(newer[0]));
        Assert.Equal(0, state.Held.Count);
    }

    [Fact]
    public void A_state_whose_beginning_is_not_known_is_asked_for_anew()
    {
        ParameterRange range = new(0, 0, 16 * 1024);
        ParameterRangeState state = new(range, new LearnerOptions());
        Assert.Equal(Outcome.Unknown, state.Load(ServerHarness.LoadState(range, Epoch, State(range.Length)).ElementAt(1)));
    }

    private static ParameterRangeState Loaded(ParameterRange range, LearnerOptions options, TrainerState state)
    {
        ParameterRangeState loaded = new(range, options);
        Outcome last = ServerHarness.LoadState(range, Epoch, state).Select(loaded.Load).ToArray()[^1];
        Assert.Equal(Outcome.Done, last);
        return loaded;
    }

    private static TrainerState State(int length, ulong seed = 1) => new()
    {
        Updates = 0,
        Online = ServerHarness.Vector(length, seed),
        Target = ServerHarness.Vector(length, seed + 1),
        FirstMoments = new float[length],
        SecondMoments = new float[length],
    };

    private static void Take(ParameterRangeState state, int worker, long push, float[] gradient)
    {
        HeldGradients.Outcome outcome = default;
        foreach (ParameterServerProtocol.PushGradient piece in ServerHarness.Push(state.Range, Epoch, worker, push, gradient))
        {
            outcome = state.Held.Take(piece, out _, out string fault);
            Assert.Equal("", fault);
        }

        Assert.Equal(HeldGradients.Outcome.Whole, outcome);
    }

    private static float[] Joined(ParameterRangeState[] ranges, ParameterServerProtocol.RangePart part) =>
        [.. ranges.SelectMany(range => ServerHarness.Floats(range.Copy(part).Span))];
}
