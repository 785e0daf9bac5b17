using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DqnAkka.Actors.Tests;

public sealed class NodeLoggerTests
{
    [Fact]
    public async Task A_flood_of_messages_that_cannot_be_read_is_counted_and_is_one_line()
    {
        const int Flood = 3000;
        Config remoteOnly = ConfigurationFactory.ParseString("akka.actor.provider = remote");
        using Recorder recorder = new();
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(recorder);
        builder.Services.AddAkka("flooded", configuration => configuration
            .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLogger<NodeLogger>())
            .AddHocon(remoteOnly.WithFallback(TestSettings.Production), HoconAddMode.Prepend)
            .WithActors((system, _) => system.ActorOf(Props.Create(() => new Arrival(arrived)), "arrival")));
        using IHost host = builder.Build();
        await host.StartAsync();
        ActorSystem flooded = host.Services.GetRequiredService<ActorSystem>();
        using ActorSystem sender = ActorSystem.Create("sender", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(
            ConfigurationFactory.ParseString(HostileSerializer.Settings).WithFallback(remoteOnly).WithFallback(TestSettings.Cluster))));
        IActorRef remote = await sender.ActorSelection($"{((ExtendedActorSystem)flooded).Provider.DefaultAddress}/user/arrival").ResolveOne(TimeSpan.FromSeconds(20));

        for (int i = 0; i < Flood; i++)
        {
            remote.Tell(new HostileFrame(WireSerializer.SerializerId, "C", [1, 0, 7]));
            remote.Tell(new HostileFrame(4711, "nobody's\nmanifest", [1]));
        }

        remote.Tell(new ProgressProtocol.Notice("after"));
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));
        // What only the logger counts, it counts when the line reaches it.
        WireCounters counters = WireCounters.Get(flooded);
        SpinWait.SpinUntil(() => counters.Rejected >= 2 * Flood, TimeSpan.FromSeconds(60));
        Assert.Equal(2 * Flood, counters.Rejected);
        string[] lines = [.. recorder.Lines];
        int periods = 1 + (int)(recorder.Elapsed / WireCounters.LogPeriod);
        Assert.True(lines.Length >= 1 && lines.Length <= periods, $"{lines.Length} lines in {periods} periods:\n{string.Join('\n', lines.Take(10))}");
        Assert.All(lines, line =>
        {
            Assert.Contains("messages from other nodes could not be read and were dropped so far", line, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', line);
        });
        await sender.Terminate();
        await host.StopAsync();
    }

    private sealed class Arrival : ReceiveActor
    {
        public Arrival(TaskCompletionSource arrived) => Receive<ProgressProtocol.Notice>(_ => arrived.TrySetResult());
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        private readonly long _started = TimeProvider.System.GetTimestamp();

        public ConcurrentQueue<string> Lines { get; } = new();

        public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue($"{formatter(state, exception)}{exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
