using Akka.Actor;
using Akka.Cluster;
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

    /// <summary>Trains on environments until a stop condition, and gives the result.</summary>
    /// <param name="options">The run's options, validated; the run's directory exists.</param>
    /// <param name="akka">Akka's configuration with the dispatchers of <see cref="Dispatchers"/>.</param>
    /// <param name="sinks">Who hears of progress.</param>
    /// <param name="stop">Ends the run as interrupted: a checkpoint is still written.</param>
    /// <exception cref="Environments.EnvironmentException">The environment cannot be made, or is none that DQN can learn.</exception>
    /// <exception cref="InvalidOperationException">The actor system could not start (a port in use, for example).</exception>
    public static Task<RunSummary> RunAsync(TrainingOptions options, Config akka, IReadOnlyList<IProgressSink> sinks, CancellationToken stop) =>
        RunAsync(options, akka, sinks, source: null, stop);

    /// <summary>Trains until a stop condition, or until the source of stored transitions is used up, and gives the result.</summary>
    /// <param name="options">The run's options, validated; the run's directory exists.</param>
    /// <param name="akka">Akka's configuration with the dispatchers of <see cref="Dispatchers"/>.</param>
    /// <param name="sinks">Who hears of progress.</param>
    /// <param name="source">Where fragments come from instead of environments, read by a single runner; null for environments.</param>
    /// <param name="stop">Ends the run as interrupted: a checkpoint is still written.</param>
    /// <exception cref="Environments.EnvironmentException">The environment cannot be made, or is none that DQN can learn.</exception>
    /// <exception cref="InvalidOperationException">The actor system could not start (a port in use, for example).</exception>
    public static async Task<RunSummary> RunAsync(
        TrainingOptions options, Config akka, IReadOnlyList<IProgressSink> sinks, IFragmentSource? source, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainingRun run = new(options, () => sinks, stop) { Source = source };
        if (options.Run.Deterministic)
        {
            return source is null
                ? await DeterministicSession.RunAsync(run, sinks).ConfigureAwait(false)
                : throw new InvalidOperationException("a deterministic run plays environments: it cannot go on from within an imported file (dqn.run.deterministic = true)");
        }

        TaskCompletionSource<NodeEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isStarted = false;
        using IHost host = NodeHost.Build(run, new NodeOptions(), Links, akka, Log, JoinSelf);
        await NodeHost.StartAsync(host).ConfigureAwait(false);
        Volatile.Write(ref isStarted, true);
        IActorRef training = host.Services.GetRequiredService<ActorRegistry>().Get<TrainingActor>();
        using CancellationTokenRegistration registration =
            stop.Register(() => training.Tell(new RunProtocol.StopRun(StopReason.Interrupted)));
        // An actor system that ends by itself could never give a result.
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        await Task.WhenAny(run.Summary.Task, system.WhenTerminated).ConfigureAwait(false);
        run.Summary.TrySetException(new InvalidOperationException("the actor system stopped; the log says why"));
        try
        {
            return await run.Summary.Task.ConfigureAwait(false);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        // What stands still is said by the run itself.
        NodeLinks Links(IActorRef toTraining) => new(toTraining, end, _ => { }) { IsEmbedded = true };

        // Standard output is for the run's own lines, which scripts read. A start that fails is told by its exception, in one line.
        void Log(ILoggingBuilder logging) => logging
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddFilter((_, _, level) => level >= LogLevel.Warning && Volatile.Read(ref isStarted));
    }

    private static void JoinSelf(ActorSystem system)
    {
        Cluster cluster = Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
    }
}
