using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

public sealed class WireCountersTests() : TestKit(ConfigurationFactory.ParseString("""
        akka.loglevel = WARNING
        akka.loggers = ["DqnAkka.Actors.Tests.SilentLogger, DqnAkka.Actors.Tests"]
        """).WithFallback(TestSettings.Local))
{
    [Fact]
    public async Task The_log_hears_of_the_first_and_then_of_one_in_a_period_with_the_count_so_far()
    {
        ManualTime time = new();
        WireCounters counters = new(Sys, time);
        TestProbe log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Warning));
        for (int i = 0; i < 100; i++)
        {
            counters.Reject("it is bad");
        }

        Assert.Contains("1 messages", (await log.ExpectMsgAsync<Warning>()).ToString(), StringComparison.Ordinal);
        time.Now += WireCounters.LogPeriod - TimeSpan.FromMilliseconds(1);
        counters.Reject("it is bad");
        time.Now += TimeSpan.FromMilliseconds(1);
        counters.Reject("its text is \"\r\n\u001b[2J" + new string('x', 10_000));
        string line = (await log.ExpectMsgAsync<Warning>()).ToString();
        Assert.Contains("102 messages", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, character => char.IsControl(character));
        Assert.InRange(line.Length, 1, 600);
        counters.Reject("it is bad");
        await log.ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.Equal((103, 0), (counters.Rejected, counters.Skipped));
    }

    [Fact]
    public async Task What_is_newer_is_counted_by_itself_and_costs_no_line()
    {
        WireCounters counters = WireCounters.Get(Sys);
        TestProbe log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Warning));
        counters.Count(new WireException("no message has this manifest", isNewer: true));
        Assert.Equal((0, 1), (counters.Rejected, counters.Skipped));
        Assert.Same(counters, WireCounters.Get(Sys));
        await log.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private sealed class ManualTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
