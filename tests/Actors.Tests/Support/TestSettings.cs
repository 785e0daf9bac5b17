using Akka.Configuration;

namespace DqnAkka.Actors.Tests;

/// <summary>The production configuration, and what the tests lay over it.</summary>
internal static class TestSettings
{
    private const string CallingThread = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit";

    /// <summary>hocon/akka.conf as it ships: a cluster node on a free loopback port.</summary>
    public static Config Production { get; } =
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "akka.conf")));

    /// <summary>hocon/cluster.conf over it: a node of a cluster of several.</summary>
    public static Config Node { get; } =
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cluster.conf"))).WithFallback(Production);

    /// <summary>A cluster node of the kit's, which does not print every failure that a test provokes.</summary>
    public static Config Cluster { get; } = ConfigurationFactory.ParseString("""
        akka.loggers = ["Akka.Event.DefaultLogger, Akka"]
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """).WithFallback(Production);

    /// <summary>One local system, real time, the production dispatchers.</summary>
    public static Config Local { get; } = ConfigurationFactory.ParseString("akka.actor.provider = local").WithFallback(Cluster);

    /// <summary>
    /// One local system in which a message is handled before Tell returns and time stands still until it is advanced: "no message
    /// came" is then a fact at once, not after a wait.
    /// </summary>
    public static Config Synchronous { get; } = ConfigurationFactory.ParseString($$"""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.actor.default-dispatcher { type = "{{CallingThread}}", throughput = 2147483647 }
        akka.dqn-dispatchers {
          learner { type = "{{CallingThread}}", throughput = 2147483647 }
          runner { type = "{{CallingThread}}", throughput = 2147483647 }
          replay { type = "{{CallingThread}}", throughput = 2147483647 }
          parameter-server { type = "{{CallingThread}}", throughput = 2147483647 }
          gradient { type = "{{CallingThread}}", throughput = 2147483647 }
          exchange { type = "{{CallingThread}}", throughput = 2147483647 }
          evaluation { type = "{{CallingThread}}", throughput = 2147483647 }
          files { type = "{{CallingThread}}", throughput = 2147483647 }
        }
        """).WithFallback(Local);
}
