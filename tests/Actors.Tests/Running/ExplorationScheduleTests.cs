namespace DqnAkka.Actors.Tests;

public sealed class ExplorationScheduleTests
{
    private static readonly ExplorationOptions Annealing = new() { EpsilonInitial = 1, EpsilonFinal = 0.2, EpsilonDecaySteps = 100 };

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(50, 0.6)]
    [InlineData(100, 0.2)]
    [InlineData(1_000_000, 0.2)]
    public void A_single_runner_anneals(long steps, double epsilon) =>
        Assert.Equal(epsilon, new ExplorationSchedule(Annealing, runnerCount: 1).Epsilon(0, steps), 12);

    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(1, 0.4 * 0.4 * 0.4 * 0.4)]
    [InlineData(2, 0.00065536)]
    public void Each_of_several_runners_keeps_its_rung(int runner, double epsilon)
    {
        // N = 3 with exponent 6: powers 1, 4 and 7; 0.4⁷ = 0.0016384 and 0.4⁸ = 0.00065536, so exponent 7 gives 1, 4.5 and 8.
        ExplorationOptions options = Annealing with { LadderExponent = runner == 1 ? 6 : 7 };
        ExplorationSchedule schedule = new(options, runnerCount: 3);

        Assert.Equal(epsilon, schedule.Epsilon(runner, 0), 12);
        Assert.Equal(epsilon, schedule.Epsilon(runner, 1_000_000), 12);
    }

    [Fact]
    public void Several_runners_anneal_together_where_that_is_asked_for() =>
        Assert.Equal(0.6, new ExplorationSchedule(Annealing with { Kind = ExplorationKind.Anneal }, runnerCount: 3).Epsilon(2, 50), 12);

    [Fact]
    public void A_single_runner_on_the_ladder_has_its_base() =>
        Assert.Equal(0.4, new ExplorationSchedule(Annealing with { Kind = ExplorationKind.Ladder }, runnerCount: 1).Epsilon(0, 50), 12);
}
