using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Serialization;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>Two actor systems with a TCP connection between them.</summary>
public sealed class WireRemotingTests : IAsyncLifetime
{
    private const string StatusFailureManifest = "STF";
    private const int JsonSerializer = 1;
    private const int ProtobufSerializer = 2;
    private const int RemoteDeploymentSerializer = 3;
    private const int MiscSerializer = 16;
    private const int SystemMessageSerializer = 22;
    private const int DeliverySerializer = 36;

    private static readonly string TrapName = $"{typeof(Trap).FullName}, {typeof(Trap).Assembly.GetName().Name}";
    private static readonly Config RemoteOnly = ConfigurationFactory.ParseString("akka.actor.provider = remote");

    // The setting alone, with the serializers that Akka brings.
    private static readonly Config AkkasOwn = ConfigurationFactory.ParseString("""
        akka.actor.provider = remote
        akka.actor.serialization-settings.allow-unregistered-types = false
        akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
        akka.remote.dot-netty.tcp.port = 0
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """);

    private readonly TestKit _receiver = new(RemoteOnly.WithFallback(TestSettings.Cluster), "receiver");
    private readonly ActorSystem _sender = Start("sender", ConfigurationFactory.ParseString(HostileSerializer.Settings).WithFallback(TestSettings.Cluster));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _sender.Terminate();
        await _receiver.Sys.Terminate();
        _receiver.Dispose();
    }

    [Fact]
    public async Task Every_message_arrives_as_it_was_sent()
    {
        TestProbe probe = _receiver.CreateTestProbe();
        IActorRef remote = await Reach(_receiver.Sys, probe);
        foreach (IWireMessage message in Examples.All)
        {
            remote.Tell(message);
            Assert.Equal(Structure.Of(message), Structure.Of(await probe.ReceiveOneAsync(TimeSpan.FromSeconds(10))));
        }

        Assert.Equal(0, WireCounters.Get(_receiver.Sys).Rejected);
    }

    [Fact]
    public async Task Frames_that_name_a_type_make_none_are_counted_and_keep_the_association()
    {
        TestProbe probe = _receiver.CreateTestProbe();
        TestProbe associations = _receiver.CreateTestProbe();
        _receiver.Sys.EventStream.Subscribe(associations, typeof(DisassociatedEvent));
        IActorRef remote = await Reach(_receiver.Sys, probe);
        int sprung = Trap.Sprung;
        HostileFrame[] frames = await HostileFrames();
        foreach (HostileFrame frame in frames)
        {
            remote.Tell(frame);
        }

        await AssertArrives(remote, probe);
        Assert.Equal(sprung, Trap.Sprung);
        Assert.Equal(frames.Length, WireCounters.Get(_receiver.Sys).Rejected);
        await associations.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_same_frames_do_make_what_they_name_where_Akkas_own_serializers_are_in_use()
    {
        using TestKit careless = new(AkkasOwn, "careless");
        TestProbe probe = careless.CreateTestProbe();
        IActorRef remote = await Reach(careless.Sys, probe);
        int sprung = Trap.Sprung;
        foreach (HostileFrame frame in await HostileFrames())
        {
            remote.Tell(frame);
        }

        await probe.FishForMessageAsync(message => message is Trap, TimeSpan.FromSeconds(10));
        await probe.FishForMessageAsync(message => message is Status.Failure { Cause: TrapException }, TimeSpan.FromSeconds(10));
        Assert.InRange(Trap.Sprung - sprung, 3, int.MaxValue);
        await careless.Sys.Terminate();
    }

    [Fact]
    public async Task Bad_frames_of_our_own_are_counted_and_keep_the_association()
    {
        TestProbe probe = _receiver.CreateTestProbe();
        IActorRef remote = await Reach(_receiver.Sys, probe);
        byte[] credit = WireCodec.Encode(new ReplayProtocol.Credit(1, 2, 3, 4, 5, true));
        remote.Tell(new HostileFrame(WireSerializer.SerializerId, "C", credit[..^1]));
        remote.Tell(new HostileFrame(WireSerializer.SerializerId, "C", []));
        remote.Tell(new HostileFrame(WireSerializer.SerializerId, TrapName, credit));
        remote.Tell(new HostileFrame(WireSerializer.SerializerId, "", credit));
        remote.Tell(new HostileFrame(WireSerializer.SerializerId, "ZZ", [WireFormat.Major, WireFormat.Minor + 1]));
        await AssertArrives(remote, probe);
        Assert.Equal((4, 1), (WireCounters.Get(_receiver.Sys).Rejected, WireCounters.Get(_receiver.Sys).Skipped));
    }

    [Fact]
    public async Task What_is_bound_to_no_serializer_is_not_sent()
    {
        TestProbe probe = _receiver.CreateTestProbe();
        IActorRef remote = await Reach(_receiver.Sys, probe);
        Assert.Throws<System.Runtime.Serialization.SerializationException>(() => _sender.Serialization.FindSerializerFor(new Trap()));
        Serializer tooLong = _sender.Serialization.FindSerializerFor(Examples.All[0]);
        Assert.Throws<System.Runtime.Serialization.SerializationException>(
            () => tooLong.ToBinary(new ReplayProtocol.UpdatePriorities(1, 2, new long[6000], new float[6000])));
        remote.Tell(new Trap());
        remote.Tell(new Status.Failure(new TrapException()));
        await AssertArrives(remote, probe);
    }

    private static ActorSystem Start(string name, Config config) =>
        ActorSystem.Create(name, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(RemoteOnly.WithFallback(config))));

    private static async Task AssertArrives(IActorRef remote, TestProbe probe)
    {
        remote.Tell(new ProgressProtocol.Notice("after"));
        Assert.Equal("after", (await probe.ExpectMsgAsync<ProgressProtocol.Notice>(TimeSpan.FromSeconds(20))).Message);
    }

    private static async Task<HostileFrame[]> HostileFrames()
    {
        byte[] failure;
        using (ActorSystem plain = ActorSystem.Create("plain", AkkasOwn))
        {
            failure = plain.Serialization.FindSerializerFor(new Status.Failure(new TrapException())).ToBinary(new Status.Failure(new TrapException()));
            await plain.Terminate();
        }

        byte[] json = Encoding.UTF8.GetBytes($"{{\"$type\":\"{TrapName}\"}}");
        return
        [
            new HostileFrame(JsonSerializer, TrapName, json),
            new HostileFrame(JsonSerializer, "System.Object, System.Private.CoreLib", json),
            new HostileFrame(ProtobufSerializer, TrapName, []),
            new HostileFrame(RemoteDeploymentSerializer, "", [1, 2, 3]),
            new HostileFrame(DeliverySerializer, TrapName, [1, 2, 3]),
            new HostileFrame(SystemMessageSerializer, "Akka.Dispatch.SysMsg.Failed, Akka", [1, 2, 3]),
            new HostileFrame(MiscSerializer, StatusFailureManifest, failure),
        ];
    }

    private async Task<IActorRef> Reach(ActorSystem system, TestProbe probe)
    {
        Address address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        string path = probe.Ref.Path.ToStringWithAddress(address);
        return await _sender.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(20));
    }
}
