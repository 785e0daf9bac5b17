using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using DqnAkka.Actors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace DqnAkka.Host.Tests;

/// <summary>A real actor system logs, so that the form of Akka's entries is the one that is read.</summary>
public sealed class NodeLoggingTests
{
    private const string Head = "2026-11-23T05:30:00Z";

    [Fact]
    public async Task What_our_actors_tell_is_one_line_with_node_and_roles()
    {
        IReadOnlyList<string> lines = await LogAsync(isDebug: false, (actor, _) => actor.Tell("say"));
        Assert.Equal($"{Head} info 127.0.0.1:4053 [seed,learner] member 127.0.0.1:4054 is up", Assert.Single(lines));
    }

    [Fact]
    public async Task What_an_actor_throws_is_one_line()
    {
        IReadOnlyList<string> lines = await LogAsync(isDebug: false, (actor, _) => actor.Tell("throw"));
        Assert.Equal($"{Head} error 127.0.0.1:4053 [seed,learner] InvalidOperationException: two lines", Assert.Single(lines));
    }

    [Fact]
    public async Task What_an_actor_reports_of_an_exception_is_one_line()
    {
        IReadOnlyList<string> lines = await LogAsync(isDebug: false, (actor, _) => actor.Tell("report"));
        Assert.Equal(
            $"{Head} warn 127.0.0.1:4053 [seed,learner] file a.txt could not be written: InvalidOperationException: two lines", Assert.Single(lines));
    }

    [Fact]
    public async Task Akkas_own_information_is_left_out()
    {
        IReadOnlyList<string> lines = await LogAsync(isDebug: false, (_, system) =>
            Logging.GetLogger(system, "Cluster (akka://dqn)").Info("Cluster Node [{0}] - Welcome", 1));
        Assert.Empty(lines);
    }

    [Fact]
    public async Task Akkas_warnings_are_shown_by_their_first_line()
    {
        IReadOnlyList<string> lines = await LogAsync(isDebug: false, (_, system) =>
            Logging.GetLogger(system, "Cluster (akka://dqn)").Warning("SBR took decision {0}\nat length", "DownReachable"));
        Assert.Equal($"{Head} warn 127.0.0.1:4053 [seed,learner] SBR took decision DownReachable", Assert.Single(lines));
    }

    [Fact]
    public async Task With_debug_everything_is_shown_with_its_stack()
    {
        IReadOnlyList<string> lines = await LogAsync(isDebug: true, (actor, system) =>
        {
            Logging.GetLogger(system, "Cluster (akka://dqn)").Info("Welcome");
            actor.Tell("throw");
        });
        Assert.Contains($"{Head} info 127.0.0.1:4053 [seed,learner] Welcome", lines);
        Assert.Contains(lines, line => line.Contains("at DqnAkka.Host.Tests.NodeLoggingTests.Talker", StringComparison.Ordinal));
    }

    [Fact]
    public void The_real_loggers_take_it()
    {
        ServiceCollection services = new();
        services.AddLogging(logging => NodeLogging.Configure(logging, () => "127.0.0.1:4053", ["seed"], isDebug: false));
        using ServiceProvider provider = services.BuildServiceProvider();
        ILogger logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("x");
        Assert.True(logger.IsEnabled(LogLevel.Information));
        Assert.False(logger.IsEnabled(LogLevel.Debug));
    }

    private static async Task<IReadOnlyList<string>> LogAsync(bool isDebug, Action<IActorRef, ActorSystem> talk)
    {
        LogAdmission admission = new(isDebug, new RepeatLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        NodeLogFormatter formatter = new(() => "127.0.0.1:4053", "seed,learner", isDebug, admission, new FixedTime());
        using FormattedLines lines = new(formatter);
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(lines);
        builder.Services.AddAkka("dqn", configuration => configuration
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon("akka { loglevel = INFO, stdout-loglevel = OFF }", HoconAddMode.Prepend));
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        IActorRef talker = system.ActorOf(Props.Create<Talker>(), "talker");
        talk(talker, system);
        // Whatever was logged before is there when the last word is: one actor logs, in the order of what was published.
        await talker.Ask<string>("end", TimeSpan.FromSeconds(20));
        await lines.End.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await host.StopAsync(CancellationToken.None);
        return [.. lines.Lines];
    }

    private sealed class Talker : ReceiveActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Talker()
        {
            Receive<string>(text => text == "say", _ => _log.Info("member {Address} {Change}", "127.0.0.1:4054", "is up"));
            Receive<string>(text => text == "throw", _ => throw new InvalidOperationException("two\nlines"));
            Receive<string>(text => text == "report", _ => _log.Warning(new InvalidOperationException("two\nlines"), "file {Path} could not be written", "a.txt"));
            Receive<string>(text => text == "end", _ =>
            {
                _log.Error(FormattedLines.LastWord);
                Sender.Tell("ended");
            });
        }
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 23, 5, 30, 0, TimeSpan.Zero);
    }

    private sealed class FormattedLines(NodeLogFormatter formatter) : ILoggerProvider, ILogger
    {
        public const string LastWord = "the last word";

        public ConcurrentQueue<string> Lines { get; } = [];

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> text)
        {
            using StringWriter writer = new();
            formatter.Write(new LogEntry<TState>(logLevel, "Akka.Actor.ActorSystem", eventId, state, exception, text), null, writer);
            if (writer.ToString().Contains(LastWord, StringComparison.Ordinal))
            {
                End.TrySetResult();
            }
            else if (!End.Task.IsCompleted)
            {
                foreach (string line in writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries))
                {
                    Lines.Enqueue(line);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
