using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class PowerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    [InlineData(0.5)]
    [InlineData(0.6)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void Powers_are_those_of_the_standard_library(double exponent)
    {
        RandomSource random = new(1);
        double[] values = [0, double.PositiveInfinity, 1, 1e-300, 1e100, .. Enumerable.Range(0, 10_000).Select(_ => Math.Pow(10, random.NextUniform(-40, 39)))];
        double[] powers = [.. values];
        Power.Raise(powers, exponent);
        for (int i = 0; i < values.Length; i++)
        {
            double expected = Math.Pow(values[i], exponent);
            if (expected is 0 or < 1e-300 or double.PositiveInfinity)
            {
                Assert.True(powers[i] == expected || expected is > 0 and < 1e-300, $"{values[i]}^{exponent} became {powers[i]}");
                continue;
            }

            Assert.True(Math.Abs(powers[i] - expected) <= 1e-13 * expected, $"{values[i]}^{exponent} became {powers[i]} instead of {expected}");
        }

        Assert.Equal(1, powers[2]);
    }

    [Fact]
    public void A_number_has_the_same_power_wherever_it_is()
    {
        for (int length = 1; length < 40; length++)
        {
            double[] values = [.. Enumerable.Repeat(0.3712, length)];
            Power.Raise(values, 0.6);
            double[] single = [0.3712];
            Power.Raise(single, 0.6);
            Assert.All(values, value => Assert.Equal(BitConverter.DoubleToInt64Bits(single[0]), BitConverter.DoubleToInt64Bits(value)));
        }
    }
}
