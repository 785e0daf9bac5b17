using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class LossOutlierFilterTests
{
    [Fact]
    public void Losses_far_above_the_running_mean_are_refused_and_those_around_it_are_not()
    {
        // Uniform on [0, 1), sometimes on (0.6, 1.6]: mean 0.55, deviation 0.33; five deviations above are 2.2, more than any ordinary loss.
        RandomSource random = new(1);
        LossOutlierFilter filter = new(5);
        for (int i = 0; i < 5_000; i++)
        {
            Assert.True(filter.TryAccept((float)random.NextUniform(0, 1)));
            if (i >= LossOutlierFilter.WarmUp && i % 10 == 0)
            {
                Assert.False(filter.TryAccept(4f));
                Assert.True(filter.TryAccept(1.6f - (float)random.NextUniform(0, 1)));
            }
        }
    }

    [Fact]
    public void Mean_and_deviation_are_those_of_the_losses_so_far()
    {
        // 100 losses, half 1 and half 3: mean 2, deviation 1.
        LossOutlierFilter refusing = new(2);
        LossOutlierFilter accepting = new(2);
        for (int i = 0; i < LossOutlierFilter.WarmUp; i++)
        {
            refusing.TryAccept(i % 2 == 0 ? 1 : 3);
            accepting.TryAccept(i % 2 == 0 ? 1 : 3);
        }

        Assert.False(refusing.TryAccept(4.001f));
        Assert.True(accepting.TryAccept(3.999f));
    }

    [Fact]
    public void None_is_refused_in_the_warm_up()
    {
        LossOutlierFilter filter = new(1);
        for (int i = 0; i < LossOutlierFilter.WarmUp; i++)
        {
            Assert.True(filter.TryAccept(i == 50 ? 1e6f : 1f));
        }
    }

    [Fact]
    public void A_level_that_stays_changed_is_the_new_level()
    {
        LossOutlierFilter filter = new(3);
        for (int i = 0; i < 1_000; i++)
        {
            filter.TryAccept(1f);
        }

        for (int i = 1; i < LossOutlierFilter.WarmUp; i++)
        {
            Assert.False(filter.TryAccept(2f));
        }

        for (int i = 0; i < 300; i++)
        {
            Assert.True(filter.TryAccept(2f));
        }

        Assert.False(filter.TryAccept(3f));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_loss_that_is_not_finite_is_always_refused_and_leaves_no_trace(double deviations)
    {
        LossOutlierFilter filter = new(deviations);
        for (int i = 0; i < 500; i++)
        {
            Assert.False(filter.TryAccept(i % 2 == 0 ? float.NaN : float.PositiveInfinity));
            Assert.True(filter.TryAccept(1f));
        }
    }

    [Fact]
    public void Without_a_bound_every_finite_loss_is_accepted_and_a_negative_bound_is_refused()
    {
        LossOutlierFilter filter = new(0);
        for (int i = 0; i < 500; i++)
        {
            Assert.True(filter.TryAccept(i % 7 == 0 ? 1e30f : 1f));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new LossOutlierFilter(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LossOutlierFilter(double.NaN));
    }
}
