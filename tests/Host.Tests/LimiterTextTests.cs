namespace DqnAkka.Host.Tests;

public sealed class LimiterTextTests
{
    [Theory]
    [InlineData(double.NaN, "–")]
    [InlineData(0, "0 %")]
    [InlineData(0.5, "+50 %")]
    [InlineData(-0.5, "-50 %")]
    [InlineData(0.97, "+97 %, runners wait")]
    [InlineData(-0.97, "-97 %, learner waits")]
    public void Who_waits_for_whom_is_said_near_the_edges(double error, string expected) => Assert.Equal(expected, LimiterText.Describe(error));
}
