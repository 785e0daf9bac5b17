using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Actors;

/// <summary>A whole training run on an embedded cluster of one: the actors that a larger cluster runs, in one process.</summary>
public static class TrainingSession
{
    /// <summary>Name of the actor system; nodes of one cluster share it.</summary>
    public const string SystemName = "dqn";

    /// <summary>Trains until a stop condition, and gives the result.</summary>
    /// <param name="options">The run's options, validated; the run's directory exists.</param>
    /// <param name="akka">Akka's configuration with the dispatchers of <see cref="Dispatchers"/>.</param>
    /// <param name="sinks">Who hears of progress.</param>
    /// <param name="stop">Ends the run as interrupted: a checkpoint is still written.</param>
    /// <exception cref="Environments.EnvironmentException">The environment cannot be made, or is none that DQN can learn.</exception>
    /// <exception cref="InvalidOperationException">The actor system could not start (a port in use, for example).</exception>
    public static async Task<RunSummary> RunAsync(
        TrainingOptions options, Config akka, IReadOnlyList<IProgressSink> sinks, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainingRun run = new(options, sinks, stop);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        // Standard output is for the run's own lines, which scripts read.
        bool isStarted = false;
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            // A start that fails is told by its exception, in one line.
            .AddFilter((_, _, level) => level >= LogLevel.Warning && Volatile.Read(ref isStarted));
        builder.Services.AddAkka(SystemName, configuration => configuration
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon(WithRunnerThreads(akka, options.Runner), HoconAddMode.Prepend)
            .WithClustering(new ClusterOptions { Roles = [.. ClusterRoles.All] })
            .AddDqnAkka(run)
            .AddStartup((system, _) => JoinSelf(system)));
        using IHost host = builder.Build();
        await StartAsync(host).ConfigureAwait(false);
        Volatile.Write(ref isStarted, true);
        IActorRef coordinator = host.Services.GetRequiredService<ActorRegistry>().Get<RunCoordinatorActor>();
        using CancellationTokenRegistration registration =
            stop.Register(() => coordinator.Tell(new RunProtocol.StopRun(StopReason.Interrupted)));
        // A coordinator that is gone could never end the run.
        await Task.WhenAny(run.Summary.Task, coordinator.WatchAsync(CancellationToken.None)).ConfigureAwait(false);
        run.Summary.TrySetException(new InvalidOperationException("the run's coordinator stopped; the log says why"));
        RunSummary summary = await run.Summary.Task.ConfigureAwait(false);
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return summary;
    }

    private static async Task StartAsync(IHost host)
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

    private static void JoinSelf(ActorSystem system)
    {
        Cluster cluster = Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
    }

    private static Config WithRunnerThreads(Config akka, RunnerOptions runner)
    {
        int threads = runner.Threads > 0 ? runner.Threads : Math.Max(1, Environment.ProcessorCount - 1);
        string key = $"{Dispatchers.Runner}.thread-count = {Math.Min(threads, runner.Count)}";
        return ConfigurationFactory.ParseString(key).WithFallback(akka);
    }
}
