using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>The same as <see cref="ShardedSamplingTests"/> with shards that are actors, asked as the learner asks them.</summary>
public sealed class ShardActorsSamplingTests : TestKit
{
    private const int Shards = 3;
    private const int Fragment = 40;
    private readonly TrainingOptions _options;
    private readonly TestProbe _learner;
    private readonly IActorRef[] _shards = new IActorRef[Shards];
    private readonly List<int>[] _held = [.. Enumerable.Range(0, Shards).Select(_ => new List<int>())];
    private readonly long[] _sequences = new long[Shards];
    private readonly List<float> _errors = [];
    private readonly SamplePlanner _planner;
    private readonly ShardRequests _requests;

    public ShardActorsSamplingTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output)
    {
        TrainingOptions options = Make.Options();
        _options = options with
        {
            Learner = options.Learner with { BatchSize = 512, BatchesPerRequest = 8 },
            Replay = options.Replay with { Shards = Shards, Capacity = 1_200, Prioritized = true, MinSize = 1, SamplesPerInsert = 0 },
        };
        _learner = CreateTestProbe();
        for (int shard = 0; shard < Shards; shard++)
        {
            Start(shard);
        }

        // Other actors are started by the guardian on a thread of its own, and what comes before is late.
        IActorRef region = ActorOfAsTestActorRef<Region>(Props.Create(() => new Region(_shards, _learner)));
        _planner = new SamplePlanner(_options, new RandomSource(2));
        _requests = new ShardRequests(_planner, region, _learner, run: 1);
    }

    /// <summary>400,000 draws at each stage, χ² at 10⁻⁴: a relative error of 4 % in all probabilities is found.</summary>
    [Fact]
    public void Draws_through_actors_have_the_distribution_of_one_buffer()
    {
        Insert(0, 1);
        Insert(1, 4);
        Insert(2, 9);
        AssertLikeOneBuffer();

        Draw(40_000, number => 30 * ErrorOf(number + 77));
        AssertLikeOneBuffer();

        Insert(2, 3);
        Insert(1, 8);
        AssertLikeOneBuffer();

        Watch(_shards[1]);
        Sys.Stop(_shards[1]);
        ExpectTerminated(_shards[1]);
        Start(1);
        _held[1].Clear();
        Insert(1, 2);
        AssertLikeOneBuffer();
    }

    private void AssertLikeOneBuffer()
    {
        Exchange();
        long[] drawn = Draw(400_000);
        double[] masses = new double[_errors.Count];
        foreach (int number in _held.SelectMany(held => held))
        {
            masses[number] = Math.Pow(_errors[number] + _options.Replay.PriorityEpsilon, _options.Replay.Alpha);
        }

        double total = masses.Sum();
        Assert.True(ChiSquare.Excess(drawn, [.. masses.Select(mass => mass / total)]) <= 0);
    }

    /// <summary>Trains, without a trainer, on the rounds that come, and returns new priorities where there are any.</summary>
    private long[] Draw(int draws, Func<int, float>? errorOf = null)
    {
        long[] drawn = new long[_errors.Count];
        TrainingBatch batch = new(512, Make.ObservationSize);
        Assert.Null(Take());
        for (long sum = 0; sum < draws || _planner.Outstanding > 0;)
        {
            if (sum < draws)
            {
                _requests.RequestRounds(0);
            }

            SampleRound round = Take() ?? throw new InvalidOperationException("no shard has answered");
            List<float> errors = [];
            for (int index = 0; index < round.Batches; index++)
            {
                round.Fill(index, batch, new double[512]);
                foreach (int number in batch.Returns.ToArray().Select(number => (int)number))
                {
                    drawn[number]++;
                    sum++;
                    _errors[number] = errorOf?.Invoke(number) ?? _errors[number];
                    errors.Add(_errors[number]);
                }
            }

            if (errorOf is not null)
            {
                _requests.ReturnPriorities(round, [.. errors]);
            }
        }

        return drawn;
    }

    private SampleRound? Take()
    {
        while (_learner.HasMessages)
        {
            object message = _learner.ReceiveOne(TimeSpan.Zero);
            if (message is ReplayProtocol.ShardState state)
            {
                _planner.Accounts.Apply(state);
            }
            else if (message is ReplayProtocol.SampleReply reply)
            {
                _planner.Accounts.Apply(reply.State);
                if (_planner.Complete(reply) is { } round)
                {
                    return round;
                }
            }
        }

        return null;
    }

    private void Insert(int shard, int fragments)
    {
        TestProbe runner = CreateTestProbe();
        long incarnation = Incarnations.Next();
        _sequences[shard] = 0;
        _shards[shard].Tell(new ReplayProtocol.CreditProbe(shard, shard, incarnation, 1), runner);
        // An allowance has to be asked for, given and confirmed before a fragment is taken.
        Exchange();
        Exchange();
        Exchange();
        for (int i = 0; i < fragments; i++)
        {
            int first = _errors.Count;
            _errors.AddRange(Enumerable.Range(first, Fragment).Select(number => (float)Math.Pow(10, 1 - shard) * ErrorOf(number)));
            TransitionBatch batch = Make.Batch(Fragment, first, [.. _errors.Skip(first)]);
            _shards[shard].Tell(new ReplayProtocol.Insert(shard, shard, incarnation, ++_sequences[shard], Fragment, batch, 1), runner);
            _held[shard].AddRange(Enumerable.Range(first, Fragment));
            _held[shard].RemoveRange(0, Math.Max(0, _held[shard].Count - 400));
            Exchange();
        }
    }

    private void Exchange()
    {
        _requests.Grant(reportNow: true);
        Assert.Null(Take());
    }

    private void Start(int shard) => _shards[shard] = ActorOfAsTestActorRef<ReplayShardActor>(
        ReplayShardActor.CreateProps(shard, Make.Layout(_options), _options, new ReplayShardLinks(CreateTestProbe(), CreateTestProbe())));

    private static float ErrorOf(int number) => (float)Math.Pow(10, -2 * (((number + 1) * 0.6180339887498949) % 1));

    private sealed class Region : ReceiveActor
    {
        public Region(IActorRef[] shards, IActorRef learner) => Receive<IReplayShardMessage>(message => shards[message.Shard].Tell(message, learner));
    }
}
