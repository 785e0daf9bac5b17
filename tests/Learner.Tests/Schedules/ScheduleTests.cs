namespace DqnAkka.Learner.Tests;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData(-5, 1.0)]
    [InlineData(0, 1.0)]
    [InlineData(25, 0.75)]
    [InlineData(100, 0.0)]
    [InlineData(long.MaxValue, 0.0)]
    public void A_linear_schedule_is_a_line_between_its_ends(long step, double value) => Assert.Equal(value, new LinearSchedule(1, 0, 100).Value(step));

    [Fact]
    public void A_linear_schedule_also_rises() => Assert.Equal(0.55, new LinearSchedule(0.4, 1, 4).Value(1), 1e-12);

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public void A_linear_schedule_without_duration_stays_at_its_beginning(long step) => Assert.Equal(0.4, new LinearSchedule(0.4, 1, 0).Value(step));

    [Fact]
    public void A_negative_duration_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new LinearSchedule(1, 0, -1));

    [Fact]
    public void A_constant_stays() => Assert.Equal(3.5, new ConstantSchedule(3.5).Value(123));

    [Fact]
    public void The_ladder_goes_from_the_base_to_its_power()
    {
        // 0.4¹, 0.4^4.5, 0.4⁸ (Ape-X, three actors).
        Assert.Equal(0.4, EpsilonLadder.Value(0, 3, 0.4, 7), 1e-15);
        Assert.Equal(0.016190861620062111, EpsilonLadder.Value(1, 3, 0.4, 7), 1e-15);
        Assert.Equal(0.00065536, EpsilonLadder.Value(2, 3, 0.4, 7), 1e-15);
    }

    [Fact]
    public void A_single_actor_has_the_base() => Assert.Equal(0.4, EpsilonLadder.Value(0, 1, 0.4, 7));

    [Theory]
    [InlineData(3, 3, 0.4, 7)]
    [InlineData(-1, 3, 0.4, 7)]
    [InlineData(0, 0, 0.4, 7)]
    [InlineData(0, 3, 1.4, 7)]
    [InlineData(0, 3, double.NaN, 7)]
    [InlineData(0, 3, 0.4, -1)]
    public void What_is_no_ladder_is_refused(int index, int count, double baseValue, double exponent) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EpsilonLadder.Value(index, count, baseValue, exponent));
}
