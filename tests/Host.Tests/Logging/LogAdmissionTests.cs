using DqnAkka.Actors;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Host.Tests;

/// <summary>Sources and messages as Akka 1.5.74 writes them.</summary>
public sealed class LogAdmissionTests
{
    private const string Writer =
        "akka.tcp://dqn@127.0.0.1:4053/system/endpointManager/reliableEndpointWriter-akka.tcp%3A%2F%2Fdqn%40127.0.0.1%3A4054-1/endpointWriter";

    private const string Refused = "AssociationError [akka.tcp://dqn@127.0.0.1:4053] -> akka.tcp://dqn@127.0.0.1:4054: Error [Connection refused tcp://dqn@127.0.0.1:4054] []";
    private const string Gated = "Tried to associate with unreachable remote address [akka.tcp://dqn@127.0.0.1:4054]. Address is now gated for 1000 ms";
    private readonly StandingTime _time = new();
    private readonly LogAdmission _admission;

    public LogAdmissionTests() => _admission = new LogAdmission(isDebug: false, new RepeatLimit(TimeSpan.FromMinutes(1), _time));

    [Fact]
    public void Of_a_peer_that_is_down_the_first_failure_of_each_minute_is_shown()
    {
        Assert.True(Warn(Writer, Refused));
        Assert.False(Warn("remoting (akka://dqn)", Gated));
        Assert.False(Warn(Writer, Refused));
        Assert.True(Warn(Writer.Replace("4054", "4055", StringComparison.Ordinal), Refused.Replace("4054", "4055", StringComparison.Ordinal)));
        _time.Now += TimeSpan.FromMinutes(1);
        Assert.True(Warn("remoting (akka://dqn)", Gated));
        Assert.False(Warn(Writer, Refused));
    }

    [Fact]
    public void An_encrypted_peer_is_known_by_its_address_too()
    {
        Assert.True(Warn(Writer.Replace("akka.tcp", "akka.ssl.tcp", StringComparison.Ordinal), Refused));
        Assert.False(Warn("remoting (akka://dqn)", Gated.Replace("akka.tcp", "akka.ssl.tcp", StringComparison.Ordinal)));
        Assert.False(Warn(Writer, "NullReferenceException: Object reference not set to an instance of an object."));
    }

    [Fact]
    public void Of_a_peer_that_is_refused_the_first_attempt_of_each_minute_is_shown_whatever_its_port()
    {
        Assert.True(Warn("TcpServerHandler (akka://dqn)", "TLS handshake failed on channel [[::ffff:127.0.0.1]:4053->[::ffff:10.0.0.7]:58510](Id=499395a0)\nat length"));
        Assert.False(Warn("TcpServerHandler (akka://dqn)", "Rejected incoming connection from [[::ffff:10.0.0.7]:58510] due to TLS handshake failure."));
        Assert.False(Warn("TcpServerHandler (akka://dqn)", "TLS handshake failed on channel [[::ffff:127.0.0.1]:4053->[::ffff:10.0.0.7]:58511](Id=499395a1)"));
        Assert.True(Warn("TcpServerHandler (akka://dqn)", "TLS handshake failed on channel [[::ffff:127.0.0.1]:4053->[::ffff:10.0.0.8]:58510](Id=499395a0)"));
    }

    [Fact]
    public void Of_a_region_that_waits_for_its_shards_the_first_warning_of_each_minute_is_shown()
    {
        const string Region = "akka.tcp://dqn@127.0.0.1:4053/system/sharding/replay";
        Assert.True(Warn(Region, "replay: Requested shard homes [0, 1] from coordinator at [[...]]. [17] total buffered messages."));
        Assert.False(Warn(Region, "replay: Requested shard homes [0, 1] from coordinator at [[...]]. [19] total buffered messages."));
        Assert.True(_admission.Admit(LogLevel.Error, new LogText(Region, IsAkka: true, "an error")));
        _time.Now += TimeSpan.FromMinutes(1);
        Assert.True(Warn(Region, "replay: Requested shard homes [0, 1] from coordinator at [[...]]. [21] total buffered messages."));
    }

    [Fact]
    public void Other_warnings_are_shown_each_time()
    {
        const string Shard = "akka.tcp://dqn@127.0.0.1:4053/system/sharding/replay/0/0";
        Assert.True(Warn(Shard, "replay shard 0: a file is damaged"));
        Assert.True(Warn(Shard, "replay shard 0: another file is damaged"));
        string quarantined = "Association to [akka.tcp://dqn@127.0.0.1:4054] having UID [1] is irrecoverably failed. UID is now quarantined";
        Assert.True(Warn(Writer, Refused));
        Assert.True(Warn("remoting (akka://dqn)", quarantined));
        Assert.True(Warn("remoting (akka://dqn)", quarantined));
        Assert.True(Warn("akka://dqn/user/learner", "AssociationError is what this actor says"));
        Assert.True(Warn("akka://dqn/user/learner", "AssociationError is what this actor says"));
    }

    [Theory]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/user/node/membership", true, true)]
    [InlineData(LogLevel.Debug, "akka.tcp://dqn@127.0.0.1:4053/user/node/membership", true, false)]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/user/training/training/learner", true, true)]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/user/training/training", true, true)]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/user/training", true, false)]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/system/sharding/replay/12/12", true, true)]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/system/sharding/replay/12", true, false)]
    [InlineData(LogLevel.Information, "akka.tcp://dqn@127.0.0.1:4053/user/training-proxy", true, false)]
    [InlineData(LogLevel.Information, "Cluster (akka://dqn)", true, false)]
    [InlineData(LogLevel.Information, "akka://dqn/deadLetters", true, false)]
    [InlineData(LogLevel.Information, "Microsoft.Hosting.Lifetime", false, false)]
    [InlineData(LogLevel.Warning, "Microsoft.Hosting.Lifetime", false, true)]
    [InlineData(LogLevel.Error, "Cluster (akka://dqn)", true, true)]
    public void Information_is_shown_of_our_own_actors_only(LogLevel level, string source, bool isAkka, bool isShown) =>
        Assert.Equal(isShown, _admission.Admit(level, new LogText(source, isAkka, "something")));

    [Theory]
    [InlineData("a\r\nb\tc", "a b c")]
    [InlineData("\u001b[31mred\u0007", "[31mred")]
    [InlineData("  a\u2028 b  ", "a b")]
    public void A_line_is_one_line_without_control_characters(string text, string line) => Assert.Equal(line, LogLine.OneLine(text));

    [Fact]
    public void A_line_has_an_end()
    {
        Assert.Equal(1000, LogLine.OneLine(new string('x', 5000)).Length);
        Assert.Equal(1000, LogLine.OneLine(new string('x', 1000)).Length);
    }

    private bool Warn(string source, string message) => _admission.Admit(LogLevel.Warning, new LogText(source, IsAkka: true, message));

    private sealed class StandingTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
