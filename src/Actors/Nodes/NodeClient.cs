using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;

namespace DqnAkka.Actors;

/// <summary>Asks one node something from a process that is no node: it opens an actor system of its own on loopback for the time of the question.</summary>
internal static class NodeClient
{
    private const string SystemName = "dqn-client";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly Config Client = ConfigurationFactory.ParseString("""
        akka.actor.provider = remote
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.loggers = ["Akka.Event.DefaultLogger, Akka"]
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", public-hostname = "", port = 0, public-port = 0 }
        """);

    /// <summary>Asks, and takes the answers until one completes the result.</summary>
    /// <param name="node">The node, <c>host:port</c>.</param>
    /// <param name="akka">Akka's configuration of the nodes, for its serializers and its transport.</param>
    /// <param name="setup">What else the nodes' systems are set up with: their certificates.</param>
    /// <param name="request">The question; repeated until it is answered.</param>
    /// <param name="take">Takes one answer, and gives the result once it is complete.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="NodeClientException">The node does not answer.</exception>
    public static async Task<T> AskAsync<T>(
        string node, Config akka, ActorSystemSetup setup, IWireMessage request, Func<object, T?> take, CancellationToken stop)
        where T : class
    {
        if (!NodeAddress.TryParse(node, out _, out _))
        {
            throw new NodeClientException($"{node} is no address of a node: write it as host:port, for example 127.0.0.1:4053");
        }

        Config config = Client.WithFallback(akka);
        bool isEncrypted = config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl");
        Address address = NodeAddress.Parse(node, isEncrypted ? "akka.ssl.tcp" : "akka.tcp");
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ActorSystem system = ActorSystem.Create(SystemName, setup.WithSetup(BootstrapSetup.Create().WithConfig(config)));
        try
        {
            IActorRef actor = system.ActorOf(Props.Create(() => new ClientActor<T>(address, request, take, result)));
            system.EventStream.Subscribe(actor, typeof(AssociationErrorEvent));
            return await result.Task.WaitAsync(Deadline, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new NodeClientException(string.Create(
                CultureInfo.InvariantCulture,
                $"{node} has not answered for {Deadline.TotalSeconds:0} s: is a node running there, started under exactly this address, and does it use the same remote settings?"));
        }
        finally
        {
            await system.Terminate().ConfigureAwait(false);
        }
    }

    private sealed class ClientActor<T> : ReceiveActor, IWithTimers
        where T : class
    {
        private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);
        private readonly Address _address;
        private readonly IWireMessage _request;
        private readonly Func<object, T?> _take;
        private readonly TaskCompletionSource<T> _result;

        public ClientActor(Address address, IWireMessage request, Func<object, T?> take, TaskCompletionSource<T> result)
        {
            _address = address;
            _request = request;
            _take = take;
            _result = result;
            Receive<AssociationErrorEvent>(OnError);
            Receive<AskTick>(_ => Context.ActorSelection(NodeAddress.ActorOf(_address)).Tell(_request));
            Receive<IWireMessage>(OnAnswer);
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer(nameof(AskTick), AskTick.Instance, TimeSpan.Zero, Period);

        private void OnError(AssociationErrorEvent error)
        {
            if (error.RemoteAddress == _address)
            {
                string cause = error.Cause.GetBaseException().Message.ReplaceLineEndings(" ");
                _result.TrySetException(new NodeClientException(
                    $"{NodeAddress.Format(_address)} cannot be reached: {cause} (is a node running there, with the same remote settings?)"));
            }
        }

        private void OnAnswer(IWireMessage message)
        {
            if (_take(message) is { } result)
            {
                _result.TrySetResult(result);
            }
        }

        private sealed record AskTick
        {
            private AskTick()
            {
            }

            public static AskTick Instance { get; } = new();
        }
    }
}
