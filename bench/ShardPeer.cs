using Akka.Actor;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>A full replay shard for <see cref="ShardBenchmark"/>, in this process or in one of its own.</summary>
internal static class ShardPeer
{
    /// <summary>Name of the benchmark's other process among the arguments.</summary>
    public const string Argument = "shard-peer";

    /// <summary>The forms of observations that are measured, each with the transitions held of it.</summary>
    public static IReadOnlyList<(string Name, ObservationFormat Format, int Capacity)> Forms { get; } =
    [
        ("4 × float32", new ObservationFormat(ObservationType.Float32, 4), 1_000_000),
        ("10×10×4 bytes", new ObservationFormat(ObservationType.UInt8, 400), 200_000),
        ("10×10×4 bits", new ObservationFormat(ObservationType.Boolean, 400), 200_000),
    ];

    /// <summary>Name of the shard's actor that holds a form.</summary>
    /// <param name="form">Which of <see cref="Forms"/>.</param>
    public static string ShardName(int form) => FormattableString.Invariant($"shard-{form}");

    /// <summary>The run's options: one prioritised shard, asked for eight batches of 512 at a time, two requests outstanding.</summary>
    /// <param name="form">Which of <see cref="Forms"/>.</param>
    public static TrainingOptions OptionsOf(int form) => new()
    {
        Environment = new EnvironmentSpecification(),
        Network = new NetworkOptions { Hidden = [16] },
        Learner = new LearnerOptions { BatchSize = 512, BatchesPerRequest = 8, Prefetch = 2 },
        Replay = new ReplayOptions { Capacity = Forms[form].Capacity, Shards = 1, Prioritized = true, MinSize = 1, SamplesPerInsert = 0 },
        Runner = new RunnerOptions { Count = 1, Environments = 8, Fragment = 32, MaxInFlight = 4 },
        Stop = new StopOptions { Steps = 0 },
    };

    /// <summary>The network's shape, which only says what observations look like.</summary>
    /// <param name="form">Which of <see cref="Forms"/>.</param>
    public static NetworkLayout LayoutOf(int form) => new(Forms[form].Format, 2, OptionsOf(form).Network);

    /// <summary>Starts a shard and fills it.</summary>
    /// <param name="system">Where.</param>
    /// <param name="form">Which of <see cref="Forms"/> it holds.</param>
    public static IActorRef Start(ActorSystem system, int form)
    {
        Props props = ReplayShardActor.CreateProps(0, LayoutOf(form), OptionsOf(form), new ReplayShardLinks(ActorRefs.Nobody, ActorRefs.Nobody));
        IActorRef shard = system.ActorOf(props.WithDispatcher(Dispatchers.Replay), ShardName(form));
        TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new ShardFiller(shard, MakeBatch(form), Forms[form].Capacity, filled)).WithDispatcher(Dispatchers.Runner));
        return filled.Task.Wait(TimeSpan.FromMinutes(1)) ? shard : throw new InvalidOperationException("the shard was not filled within a minute");
    }

    /// <summary>The other process: says its address when its shards are full, and serves until its standard input ends.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run()
    {
        using ActorSystem system = TransportSystem.Start();
        TransportSystem.AddSinks(system);
        for (int form = 0; form < Forms.Count; form++)
        {
            Start(system, form);
        }

        Console.WriteLine(((ExtendedActorSystem)system).Provider.DefaultAddress);
        Console.In.ReadToEnd();
        return 0;
    }

    /// <summary>A fragment of eight environments whose observations follow each other, with priorities over three decades.</summary>
    private static TransitionBatch MakeBatch(int form)
    {
        ObservationFormat format = Forms[form].Format;
        RunnerOptions runner = OptionsOf(form).Runner;
        RandomSource random = new(5);
        int count = runner.Environments * runner.Fragment;
        TransitionBatchBuilder builder = new(count, format, runner.Environments);
        float[][] current = [.. Enumerable.Range(0, runner.Environments).Select(_ => Next())];
        for (int i = 0; i < count; i++)
        {
            float[] next = Next();
            int stream = i % runner.Environments;
            builder.Add(stream, current[stream], i % 2, 1, 0.99f, EpisodeEnd.None, next);
            current[stream] = next;
        }

        return builder.Build().WithErrors([.. Enumerable.Range(0, count).Select(_ => (float)Math.Pow(10, -3 * random.NextDouble()))]);

        float[] Next() => [.. Enumerable.Range(0, format.Size).Select(_ => format.Type switch
        {
            ObservationType.Float32 => (float)random.NextDouble(),
            ObservationType.UInt8 => random.NextInt(256),
            _ => random.NextInt(2),
        })];
    }

    /// <summary>A runner that sends the same fragment as fast as it is granted credit.</summary>
    private sealed class ShardFiller : ReceiveActor
    {
        /// <summary>Called by Akka.</summary>
        public ShardFiller(IActorRef shard, TransitionBatch batch, int transitions, TaskCompletionSource filled)
        {
            long sent = 0;
            Receive<ReplayProtocol.ShardState>(_ => { });
            Receive<ReplayProtocol.Credit>(credit =>
            {
                if (credit.Received * batch.Count >= transitions)
                {
                    filled.TrySetResult();
                    return;
                }

                while (sent < credit.Granted)
                {
                    shard.Tell(new ReplayProtocol.Insert(0, 0, 1, ++sent, batch.Count, batch, 1));
                }
            });
            shard.Tell(new ReplayProtocol.GrantInserts(0, long.MaxValue, ReportNow: true, 0) { AllowanceNumber = 1 });
            shard.Tell(new ReplayProtocol.CreditProbe(0, 0, 1, 1));
        }
    }
}
