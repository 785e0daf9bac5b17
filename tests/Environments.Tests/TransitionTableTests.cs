namespace DqnAkka.Environments.Tests;

public sealed class TransitionTableTests
{
    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.25, 2)]
    [InlineData(0.4999, 2)]
    [InlineData(0.5, 0)]
    [InlineData(0.7499, 0)]
    [InlineData(0.75, 1)]
    [InlineData(0.9999, 1)]
    public void The_first_sum_above_the_number_is_taken_and_where_there_is_none_the_first_entry(double uniform, int expected)
    {
        // Entries beyond three quarters are missing, as rounding may have it.
        Transition[] row = [new(0.25, 1, 1, false), new(0.25, 2, 2, true), new(0.25, 0, 3, false)];
        TransitionTable table = new([[row], [[new(1, 1, 0, false)]], [[new(1, 2, 0, true)]]], [0.25, 0.5, 0]);
        Assert.Equal(expected, table.Sample(0, 0, uniform).NextState);
        Assert.Equal(row.Single(entry => entry.NextState == expected).Reward, table.Sample(0, 0, uniform).Reward);
        Assert.Equal(expected == 2, table.Sample(0, 0, uniform).Terminated);
        Assert.Equal(1, table.Sample(1, 0, uniform).NextState);
        Assert.Equal(2, table.Sample(2, 0, uniform).NextState);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.2499, 0)]
    [InlineData(0.25, 2)]
    [InlineData(0.7499, 2)]
    [InlineData(0.75, 0)]
    public void Episodes_begin_where_the_first_sum_lies_above_the_number(double uniform, int expected)
    {
        Transition[][] stay = [[new(1, 0, 0, false)]];
        TransitionTable table = new([stay, stay, stay], [0.25, 0, 0.5]);
        Assert.Equal(expected, table.SampleInitial(uniform));
    }
}
