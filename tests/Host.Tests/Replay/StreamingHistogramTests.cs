using CsCheck;

namespace DqnAkka.Host.Tests;

public sealed class StreamingHistogramTests
{
    [Fact]
    public void Every_number_is_counted_in_the_bin_that_holds_it_and_there_are_at_most_sixteen() =>
        Gen.OneOf(Gen.Double[-1e3, 1e3], Gen.Double[-1e-5, 1e-5], Gen.Double[1e12, 1e13]).Array[1, 60].Sample(numbers =>
        {
            StreamingHistogram histogram = new(1.0 / 1024);
            Array.ForEach(numbers, histogram.Add);
            (double From, double To, long Count)[] bins = [.. histogram.Bins];

            Assert.InRange(bins.Length, 1, 16);
            Assert.All(bins, bin => Assert.Equal(numbers.Count(number => number >= bin.From && number < bin.To), bin.Count));
            Assert.Equal(numbers.Length, bins.Sum(bin => bin.Count));
            Assert.All(bins.Zip(bins.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        });

    [Fact]
    public void Bins_are_as_narrow_as_sixteen_allow()
    {
        StreamingHistogram histogram = new(1);
        for (int number = -5; number < 20; number++)
        {
            histogram.Add(number);
        }

        Assert.Equal([(-6.0, -4.0, 1L), (-4, -2, 2), (-2, 0, 2)], histogram.Bins.Take(3));
        Assert.Equal(13, histogram.Bins.Count());
    }

    [Fact]
    public void Without_numbers_there_are_no_bins() => Assert.Empty(new StreamingHistogram(1).Bins);
}
