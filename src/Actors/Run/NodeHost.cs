using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Actors;

/// <summary>Builds and starts the actor system of one process; the embedded cluster of one and a node of a larger one differ in what they pass.</summary>
internal static class NodeHost
{
    /// <summary>Builds the process's host.</summary>
    /// <param name="run">The run.</param>
    /// <param name="node">The process.</param>
    /// <param name="links">Whom the node's actor tells, given the way to the training.</param>
    /// <param name="akka">Akka's configuration, whole.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <param name="started">Called when every actor of the node is there.</param>
    /// <param name="setups">Further settings of the actor system.</param>
    public static IHost Build(
        TrainingRun run,
        NodeOptions node,
        Func<IActorRef, NodeLinks> links,
        Config akka,
        Action<ILoggingBuilder> logging,
        Action<ActorSystem> started,
        params IEnumerable<Setup> setups)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        logging(builder.Logging);
        builder.Services.AddAkka(TrainingSession.SystemName, configuration =>
        {
            foreach (Setup setup in setups)
            {
                configuration.AddSetup(setup);
            }

            configuration
                .ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLogger<NodeLogger>();
                })
                .AddHocon(WithRunnerThreads(akka, run.Options.Runner), HoconAddMode.Prepend)
                .WithClustering(new ClusterOptions { Roles = [.. node.Roles] })
                .AddDqnAkka(run, node, links)
                .AddStartup((system, _) => started(system));
        });
        return builder.Build();
    }

    /// <summary>Starts a host.</summary>
    /// <exception cref="InvalidOperationException">The actor system could not start (a port in use, for example).</exception>
    public static async Task StartAsync(IHost host)
    {
        try
        {
            await host.StartAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidOperationException(
                $"the actor system could not start: {exception.GetBaseException().Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    private static Config WithRunnerThreads(Config akka, RunnerOptions runner)
    {
        int threads = runner.Threads > 0 ? runner.Threads : Math.Max(1, Environment.ProcessorCount - 1);
        string key = $"{Dispatchers.Runner}.thread-count = {Math.Min(threads, runner.Count)}";
        return ConfigurationFactory.ParseString(key).WithFallback(akka);
    }
}
