using Akka.Actor;

namespace DqnAkka.Actors.Tests;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:4053", "127.0.0.1", 4053)]
    [InlineData("seed-0.dqn.svc:1", "seed-0.dqn.svc", 1)]
    [InlineData("[::1]:65535", "[::1]", 65535)]
    public void A_host_and_a_port_are_read_and_written_alike(string text, string host, int port)
    {
        Assert.True(NodeAddress.TryParse(text, out string? readHost, out int readPort));
        Assert.Equal((host, port), (readHost, readPort));
        Assert.Equal(text, NodeAddress.Format(NodeAddress.Parse(text, "akka.tcp")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":4053")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:-1")]
    [InlineData("a:+1")]
    [InlineData("a:4053 ")]
    [InlineData("a b:4053")]
    [InlineData("::1:4053")]
    [InlineData("akka.tcp://dqn@a:4053")]
    public void Anything_else_is_not(string? text) => Assert.False(NodeAddress.TryParse(text, out _, out _));

    [Fact]
    public void The_actor_of_a_node_is_at_a_fixed_path() => Assert.Equal(
        "akka.ssl.tcp://dqn@a:1/user/node", NodeAddress.ActorOf(new Address("akka.ssl.tcp", "dqn", "a", 1)).ToString());
}
