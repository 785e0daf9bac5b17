using System.Net;
using System.Net.Sockets;
using DqnAkka.Actors;

namespace DqnAkka.Host.Tests;

public sealed class RemoteSafetyTests
{
    private static readonly TlsOptions Tls = new("node.pem", "node.key", "authority.pem");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    [InlineData("localhost")]
    [InlineData("only-here")]
    public void On_loopback_nothing_is_asked_for(string hostname)
    {
        RemoteOptions remote = new() { Hostname = hostname };
        Assert.Null(RemoteSafety.Problem(remote, Resolve));
        Assert.Null(RemoteSafety.Warning(remote, Resolve));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("10.1.2.3")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("node-1")]
    [InlineData("here-and-there")]
    [InlineData("")]
    public void Beyond_loopback_one_line_names_both_remedies(string hostname)
    {
        Assert.Equal(
            $"dqn.remote.hostname = {hostname} can be reached from other machines, and whoever reaches a node can take part in the training: give the three files of dqn.remote.tls (--config tls), or dqn.remote.allow-insecure = true on a network that you trust",
            RemoteSafety.Problem(new RemoteOptions { Hostname = hostname }, Resolve));
    }

    [Fact]
    public void With_tls_a_node_may_be_reached()
    {
        RemoteOptions remote = new() { Hostname = "0.0.0.0", Tls = Tls };
        Assert.Null(RemoteSafety.Problem(remote, Resolve));
        Assert.Null(RemoteSafety.Warning(remote, Resolve));
    }

    [Fact]
    public void Who_allows_it_by_name_is_warned_at_every_start()
    {
        RemoteOptions remote = new() { Hostname = "0.0.0.0", AllowInsecure = true };
        Assert.Null(RemoteSafety.Problem(remote, Resolve));
        Assert.Equal(
            "dqn.remote.allow-insecure = true: nothing is encrypted, and whoever reaches 0.0.0.0 can take part in the training",
            RemoteSafety.Warning(remote, Resolve));
    }

    [Fact]
    public void Who_allows_it_without_need_is_told_so()
    {
        Assert.Contains("not needed on loopback", RemoteSafety.Warning(new RemoteOptions { AllowInsecure = true }, Resolve), StringComparison.Ordinal);
        Assert.Contains(
            "which are in use", RemoteSafety.Warning(new RemoteOptions { Hostname = "0.0.0.0", AllowInsecure = true, Tls = Tls }, Resolve), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_without_an_address_is_named() => Assert.Equal(
        "dqn.remote.hostname = nowhere has no address here: name one of this machine's addresses or names",
        RemoteSafety.Problem(new RemoteOptions { Hostname = "nowhere" }, Resolve));

    private static IPAddress[] Resolve(string name) => name switch
    {
        "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        "only-here" => [IPAddress.Parse("127.0.1.1")],
        "node-1" => [IPAddress.Parse("10.1.2.3")],
        "here-and-there" => [IPAddress.Loopback, IPAddress.Parse("10.1.2.3")],
        _ => throw new SocketException((int)SocketError.HostNotFound),
    };
}
