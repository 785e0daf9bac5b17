using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>An actor system with the settings of production, on a free loopback port, and the process at the other end.</summary>
internal static class TransportSystem
{
    /// <summary>Name of the actor that sends pings back.</summary>
    public const string EchoName = "echo";

    private const int Sinks = 16;

    /// <summary>Name of a link's receiving actor.</summary>
    public static string SinkName(int link) => FormattableString.Invariant($"sink-{link}");

    /// <summary>Starts an actor system.</summary>
    public static ActorSystem Start() => ActorSystem.Create("transport", ConfigurationFactory.ParseString("akka.loglevel = ERROR").WithFallback(Production()));

    /// <summary>The other process: says its address and receives until its standard input ends.</summary>
    /// <returns>The process's exit code.</returns>
    public static int RunPeer()
    {
        using ActorSystem system = Start();
        AddSinks(system);
        Console.WriteLine(((ExtendedActorSystem)system).Provider.DefaultAddress);
        Console.In.ReadToEnd();
        return 0;
    }

    /// <summary>Starts what receives streams and sends pings back.</summary>
    public static void AddSinks(ActorSystem system)
    {
        for (int link = 0; link < Sinks; link++)
        {
            system.ActorOf(Props.Create(() => new TransportSink()).WithDispatcher(Dispatchers.Replay), SinkName(link));
        }

        system.ActorOf(Props.Create(() => new TransportEcho()).WithDispatcher("akka.actor.internal-dispatcher"), EchoName);
    }

    private static Config Production()
    {
        using Stream stream = Assembly.Load("DqnAkka.Host").GetManifestResourceStream("hocon/akka.conf")
            ?? throw new InvalidOperationException("the host does not carry hocon/akka.conf");
        using StreamReader reader = new(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
