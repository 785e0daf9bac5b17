using System.Reflection;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Bench;

/// <summary>A node of the snapshot benchmark: the settings of production on a free loopback port.</summary>
internal static class SnapshotNode
{
    /// <summary>Name of the measuring process's actor to which mirrors report.</summary>
    public const string CollectorName = "collector";

    /// <summary>Name of the actor in each mirror's process that answers pings.</summary>
    public const string EchoName = "echo";

    /// <summary>Starts an actor system.</summary>
    public static ActorSystem Start()
    {
        Config config = ConfigurationFactory.ParseString("akka.loglevel = OFF").WithFallback(Read("cluster.conf")).WithFallback(Read("akka.conf"));
        ActorSystem system = ActorSystem.Create("dqn", config);
        DistributedPubSub.Get(system);
        return system;
    }

    /// <summary>A mirror's process: joins, mirrors, and ends with its standard input.</summary>
    /// <param name="address">The measuring process, <c>host:port</c>.</param>
    /// <returns>The process's exit code.</returns>
    public static int RunMirror(string address)
    {
        using ActorSystem system = Start();
        Address seed = Address.Parse($"akka.tcp://dqn@{address}");
        Cluster.Get(system).JoinAsync(seed).Wait();
        IActorRef collector = system.ActorSelection(new RootActorPath(seed) / "user" / CollectorName).ResolveOne(TimeSpan.FromSeconds(30)).Result;
        system.ActorOf(Props.Create(() => new SnapshotEcho()).WithDispatcher("akka.actor.internal-dispatcher"), EchoName);
        IActorRef mirror = system.ActorOf(PolicyMirrorActor.CreateProps(ActorRefs.Nobody, collector, SnapshotBenchmark.Length), "mirror");
        system.ActorOf(Props.Create(() => new SnapshotReporter(mirror, collector)), "reporter");
        Console.In.ReadToEnd();
        return 0;
    }

    private static Config Read(string name)
    {
        using Stream stream = Assembly.Load("DqnAkka.Host").GetManifestResourceStream($"hocon/{name}")
            ?? throw new InvalidOperationException($"the host does not carry hocon/{name}");
        using StreamReader reader = new(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
