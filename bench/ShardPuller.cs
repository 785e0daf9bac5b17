using Akka.Actor;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Bench;

/// <summary>A learner without a trainer: asks a shard for batches as the learner does, fills each, weighs it and returns priorities.</summary>
internal sealed class ShardPuller : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private readonly TransportMeter _meter;
    private readonly SamplePlanner _planner;
    private readonly SampleReplies _replies;
    private readonly ShardRequests _requests;
    private readonly TrainingBatch _batch;
    private readonly double[] _probabilities;
    private readonly float[] _errors;

    /// <summary>Called by Akka.</summary>
    public ShardPuller(IActorRef shard, int form, TransportMeter meter)
    {
        TrainingOptions options = ShardPeer.OptionsOf(form);
        NetworkLayout layout = ShardPeer.LayoutOf(form);
        _meter = meter;
        _planner = new SamplePlanner(options, new RandomSource(1));
        _replies = new SampleReplies(layout, options, _planner);
        _requests = new ShardRequests(_planner, shard, Self, run: 1);
        _batch = new TrainingBatch(options.Learner.BatchSize, layout.ObservationSize);
        _probabilities = new double[options.Learner.BatchSize];
        _errors = [.. Enumerable.Range(0, options.Learner.BatchSize * options.Learner.BatchesPerRequest).Select(i => (float)((i % 100) + 1) / 100)];
        Receive<ReplayProtocol.ShardState>(state =>
        {
            _planner.Accounts.Apply(state);
            _requests.RequestRounds(0);
        });
        Receive<ReplayProtocol.SampleReply>(OnReply);
        Receive<ReplayProtocol.SampleReplyPart>(part =>
        {
            if (_replies.Join(part) is { } reply)
            {
                OnReply(reply);
            }
        });
        Receive<Tick>(_ => _requests.Grant(reportNow: true));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart()
    {
        _requests.Grant(reportNow: true);
        Timers.StartPeriodicTimer("tick", Tick.Instance, TickPeriod);
    }

    private void OnReply(ReplayProtocol.SampleReply reply)
    {
        if (_replies.Fault(reply) is { } fault)
        {
            throw new InvalidOperationException(fault);
        }

        _planner.Accounts.Apply(reply.State);
        SampleRound round = _planner.Complete(reply)!;
        _requests.RequestRounds(0);
        double smallest = round.SmallestProbability;
        for (int index = 0; index < round.Batches; index++)
        {
            round.Fill(index, _batch, _probabilities);
            ImportanceWeights.Compute(_probabilities, smallest, 1, _planner.Accounts.Count, 0.4, _batch.Weights);
        }

        _requests.ReturnPriorities(round, _errors);
        _meter.CountFrame();
    }

    private sealed record Tick
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
