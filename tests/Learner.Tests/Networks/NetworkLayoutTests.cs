namespace DqnAkka.Learner.Tests;

public sealed class NetworkLayoutTests
{
    [Theory]
    [InlineData(4, 2, 65_536, 65_536, false, "4295491586")]
    [InlineData(1, 1, int.MaxValue, int.MaxValue, true, "4611686024869838846")]
    public void A_network_of_too_many_parameters_is_refused_with_their_count(int size, int actions, int first, int second, bool dueling, string count)
    {
        NetworkOptions options = new() { Hidden = [first, second], Dueling = dueling };
        string message = Assert.Throws<ArgumentException>(() => new NetworkLayout(size, actions, options)).Message;
        Assert.Equal($"the network has {count} parameters, more than the 2147483591 that one array holds, padding included: give fewer or smaller hidden layers", message);
    }

    [Fact]
    public void The_largest_network_is_laid_out_without_overflow()
    {
        // 1 input, 1 action: 3 parameters for each hidden unit, and the last bias.
        const int Units = (2_147_483_591 - 61) / 3;
        NetworkLayout layout = new(1, 1, new NetworkOptions { Hidden = [Units] });
        Assert.Equal((3 * Units) + 1, layout.ParameterCount);
        Assert.True(layout.Length >= layout.ParameterCount);
        Assert.Throws<ArgumentException>(() => new NetworkLayout(1, 1, new NetworkOptions { Hidden = [Units + 1] }));
    }
}
