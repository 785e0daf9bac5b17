using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>Actor systems over TLS on loopback: one with the files of a node, the other as each test has it.</summary>
public sealed class ClusterTlsTests : TestKit
{
    private static readonly Config Remote = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = remote
          loggers = ["Akka.Event.DefaultLogger, Akka"]
          loglevel = OFF
          stdout-loglevel = OFF
          # How long the side that is refused without a word waits for an answer.
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, connection-timeout = 6 s }
        }
        """);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dqn-tls-");
    private readonly TestAuthority _authority = new(now: DateTimeOffset.UtcNow);
    private readonly TestAuthority _foreign = new("foreign", DateTimeOffset.UtcNow);
    private readonly BlockingCollection<string> _lines = [];
    private readonly List<ActorSystem> _systems = [];

    public ClusterTlsTests() : base(Remote.WithFallback("akka.actor.provider = local"))
    {
    }

    public enum Intruder
    {
        WithoutCertificate,
        Expired,
        NotYetValid,
        Foreign,
        SelfSigned,
    }

    [Fact]
    public void Two_nodes_of_one_authority_talk_both_ways()
    {
        ActorSystem first = StartNode("first");
        ActorSystem second = StartNode("second");
        AssertTalks(first, second);
        AssertTalks(second, first);
        Assert.Empty(_lines);
        Assert.Equal("akka.ssl.tcp", AddressOf(first).Protocol);
    }

    [Theory]
    [InlineData(Intruder.Expired, "it shows a certificate that expired on ")]
    [InlineData(Intruder.NotYetValid, "it shows a certificate that is valid from ")]
    [InlineData(Intruder.Foreign, "it shows a certificate that is not signed by the authority: CN=node")]
    [InlineData(Intruder.SelfSigned, "it shows a certificate that is not signed by the authority: CN=node")]
    public void An_intruder_that_connects_is_refused_in_one_line(Intruder intruder, string reason)
    {
        ActorSystem node = StartNode("node");
        ActorSystem other = StartIntruder(intruder);
        AssertRefused(dialler: other, dialled: node);
        Assert.StartsWith($"refused 127.0.0.1: {reason}", NextLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Intruder.Expired, "it shows a certificate that expired on ")]
    [InlineData(Intruder.NotYetValid, "it shows a certificate that is valid from ")]
    [InlineData(Intruder.Foreign, "it shows a certificate that is not signed by the authority: CN=node")]
    [InlineData(Intruder.SelfSigned, "it shows a certificate that is not signed by the authority: CN=node")]
    public void An_intruder_that_is_dialled_is_refused_in_one_line(Intruder intruder, string reason)
    {
        ActorSystem node = StartNode("node");
        ActorSystem other = StartIntruder(intruder);
        AssertRefused(dialler: node, dialled: other);
        Address address = AddressOf(other);
        Assert.StartsWith($"refused {address.Host}:{address.Port}: {reason}", NextLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Intruders_that_were_refused_change_nothing_for_others()
    {
        ActorSystem node = StartNode("node");
        AssertRefused(dialler: StartIntruder(Intruder.Foreign), dialled: node);
        AssertRefused(dialler: StartIntruder(Intruder.WithoutCertificate), dialled: node);
        AssertTalks(StartNode("second"), node);
        Assert.Null(ClusterTls.Ended(node));
    }

    [Fact]
    public async Task A_node_that_has_dialled_an_intruder_is_ended_by_akka_and_says_why()
    {
        ActorSystem node = StartNode("node");
        AssertRefused(dialler: node, dialled: StartIntruder(Intruder.Foreign));
        await node.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("Akka has ended this node because one that it dialled could not be identified over TLS", ClusterTls.Ended(node), StringComparison.Ordinal);
    }

    [Fact]
    public void An_intruder_that_shows_no_certificate_is_refused()
    {
        ActorSystem node = StartNode("node");
        AssertRefused(dialler: StartIntruder(Intruder.WithoutCertificate), dialled: node);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_cut_off_before_anything_is_said()
    {
        ActorSystem node = StartNode("node");
        using TcpClient client = await ConnectAsync(node);
#pragma warning disable CA5359 // It is the node that judges here.
        await using SslStream stream = new(client.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await AssertCutOffAsync(async () =>
        {
            await stream.AuthenticateAsClientAsync("127.0.0.1");
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        });
    }

    [Fact]
    public async Task A_client_without_tls_is_cut_off()
    {
        ActorSystem node = StartNode("node");
        using TcpClient client = await ConnectAsync(node);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("\0\0\0\u0010 no TLS record at all, however long it goes on"));
        await AssertCutOffAsync(async () =>
        {
            byte[] buffer = new byte[256];
            while (await client.GetStream().ReadAsync(buffer) > 0)
            {
                // A TLS alert may come before the end.
            }
        });
    }

    [Fact]
    public void A_node_does_not_talk_to_one_that_listens_without_tls()
    {
        ActorSystem node = StartNode("node");
        ActorSystem plain = Start("plain", Remote);
        Address address = AddressOf(plain);
        AssertRefused(dialler: node, dialled: plain, new Address("akka.ssl.tcp", address.System, address.Host, address.Port));
    }

    [Fact]
    public void Files_that_do_not_fit_are_told_before_anything_starts() =>
        Assert.Throws<TlsFileException>(() => ClusterTls.CreateSetup(new TlsOptions("none.pem", "none.key", "none.pem"), _lines.Add));

    protected override void AfterAll()
    {
        foreach (ActorSystem system in _systems)
        {
            Shutdown(system);
        }

        base.AfterAll();
        _directory.Delete(recursive: true);
        _authority.Dispose();
        _foreign.Dispose();
        _lines.Dispose();
    }

    private static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    private static async Task<TcpClient> ConnectAsync(ActorSystem system)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, AddressOf(system).Port!.Value);
        return client;
    }

    private static async Task AssertCutOffAsync(Func<Task> talk)
    {
        // The end of the stream or a reset, as the operating system has it; silence would be neither.
        Task talking = talk();
        try
        {
            await talking.WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            Assert.True(talking.IsFaulted);
        }
    }

    private void AssertTalks(ActorSystem from, ActorSystem to)
    {
        TestProbe probe = CreateTestProbe(from);
        from.ActorSelection(new RootActorPath(AddressOf(to)) / "user").Tell(new Identify(1), probe.Ref);
        Assert.NotNull(probe.ExpectMsg<ActorIdentity>(TimeSpan.FromSeconds(20)).Subject);
    }

    private void AssertRefused(ActorSystem dialler, ActorSystem dialled, Address? address = null)
    {
        TestProbe answer = CreateTestProbe(dialler);
        TestProbe success = CreateTestProbe(dialled);
        TaskCompletionSource failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef listener = dialler.ActorOf(dsl => dsl.Receive<AssociationErrorEvent>((_, _) => failure.TrySetResult()));
        dialler.EventStream.Subscribe(listener, typeof(AssociationErrorEvent));
        dialled.EventStream.Subscribe(success.Ref, typeof(AssociatedEvent));
        dialler.ActorSelection(new RootActorPath(address ?? AddressOf(dialled)) / "user").Tell(new Identify(1), answer.Ref);
        // Akka ends a system whose own handshake failed, which may stop the listener before the event comes.
        Assert.NotEqual(-1, Task.WaitAny([failure.Task, dialler.WhenTerminated], TimeSpan.FromSeconds(20)));
        while (answer.HasMessages)
        {
            // A system answers by itself for one that it cannot reach: there is nobody.
            Assert.Null(answer.ExpectMsg<ActorIdentity>().Subject);
        }

        Assert.False(success.HasMessages);
    }

    private string NextLine()
    {
        Assert.True(_lines.TryTake(out string? line, TimeSpan.FromSeconds(20)));
        Assert.DoesNotContain('\n', line);
        return line;
    }

    private ActorSystem StartNode(string name)
    {
        using X509Certificate2 certificate = _authority.Issue();
        TlsOptions files = new(Path.Combine(_directory.FullName, $"{name}.pem"), Path.Combine(_directory.FullName, $"{name}.key"), Path.Combine(_directory.FullName, "authority.pem"));
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.PrivateKey, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(files.Authority, _authority.Certificate.ExportCertificatePem());
        return Start(name, ClusterTls.Settings.WithFallback(Remote), ClusterTls.CreateSetup(files, _lines.Add));
    }

    /// <summary>Somebody who accepts everyone and hopes for the same.</summary>
    private ActorSystem StartIntruder(Intruder intruder)
    {
        X509Certificate2 certificate = intruder switch
        {
            Intruder.Expired => _authority.Issue(fromDay: -10, toDay: -1),
            Intruder.NotYetValid => _authority.Issue(fromDay: 1),
            Intruder.Foreign => _foreign.Issue(),
            Intruder.SelfSigned => TestAuthority.SelfSigned(DateTimeOffset.UtcNow),
            _ => _authority.Issue(),
        };
        DotNettySslSetup setup = new(
            certificate, suppressValidation: true, requireMutualAuthentication: intruder != Intruder.WithoutCertificate, (_, _, _, _, _) => true);
        return Start("intruder", ClusterTls.Settings.WithFallback(Remote), setup);
    }

    private ActorSystem Start(string name, Config config, params Setup[] setups)
    {
        ActorSystemSetup all = ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(config), .. setups]);
        ActorSystem system = ActorSystem.Create(name, all);
        _systems.Add(system);
        return system;
    }
}
