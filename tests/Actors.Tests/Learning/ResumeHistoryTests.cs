using CsCheck;
using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// Learners that die at any moment and go on from their last checkpoint's counters, among shards that insert, report, and are lost:
/// what the account says is held against a ledger kept beside it.
/// </summary>
public sealed class ResumeHistoryTests
{
    private const int Shards = 3;

    private static readonly Gen<(int Kind, int Shard, int Count)[]> Histories =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, Shards - 1], Gen.Int[1, 50]).Array[1, 120];

    [Fact]
    public void Where_no_shard_is_lost_the_totals_are_exactly_what_was_inserted_however_often_the_learner_dies() => Histories.Sample(
        history =>
        {
            World world = new();
            foreach ((int kind, int shard, int count) in history)
            {
                world.Play(kind == 9 ? 0 : kind, shard, count);
            }

            world.ReportAll();
            Assert.Equal(world.Shards.Sum(shard => shard.Inserts), world.Learner.Accounts.Inserts);
            Assert.Equal(world.Shards.Sum(shard => shard.Steps), world.Learner.Accounts.EnvironmentSteps);
        },
        iter: 3_000,
        seed: "0000000000000");

    /// <summary>
    /// What a lost incarnation inserted counts as far as the learner, or the checkpoint that it went on from, had heard: nobody else
    /// could know it. What those inserted that live counts whole.
    /// </summary>
    [Fact]
    public void Lost_shards_count_as_far_as_was_known_and_living_ones_whole() => Histories.Sample(
        history =>
        {
            World world = new();
            foreach ((int kind, int shard, int count) in history)
            {
                world.Play(kind, shard, count);
            }

            world.ReportAll();
            Assert.Equal(world.ExpectedInserts(), world.Learner.Accounts.Inserts);
        },
        iter: 3_000,
        seed: "0000000000000");

    private sealed class World
    {
        private long _clock = 1_000;

        /// <summary>By incarnation: what the present learner counts of it.</summary>
        private Dictionary<long, long> _counted = [];
        private Dictionary<long, long> _countedAtCheckpoint = [];
        private Dictionary<string, long> _checkpoint;

        public World()
        {
            Shards = [.. Enumerable.Range(0, ResumeHistoryTests.Shards).Select(_ => new Shard(_clock++))];
            Learner = NewLearner();
            _checkpoint = LearnerCounters.Write(Learner, 0, 1, 0);
        }

        public Shard[] Shards { get; }

        public SamplePlanner Learner { get; private set; }

        public void Play(int kind, int shard, int count)
        {
            switch (kind)
            {
                case <= 3:
                    Shards[shard].Inserts += count;
                    Shards[shard].Steps += 2 * count;
                    break;
                case <= 6:
                    Report(shard);
                    break;
                case <= 8:
                    _checkpoint = LearnerCounters.Write(Learner, 0, 1, 0);
                    _countedAtCheckpoint = new(_counted);
                    break;
                case 9:
                    Shards[shard] = new Shard(_clock++);
                    break;
                default:
                    Learner = NewLearner();
                    LearnerCounters.Read(_checkpoint, Learner);
                    _counted = new(_countedAtCheckpoint);
                    break;
            }
        }

        public void ReportAll()
        {
            for (int shard = 0; shard < Shards.Length; shard++)
            {
                Report(shard);
            }
        }

        public long ExpectedInserts() => _counted.Values.Sum();

        private void Report(int shard)
        {
            Shard reporter = Shards[shard];
            Learner.Accounts.Apply(new ReplayProtocol.ShardState(shard, reporter.Incarnation, reporter.Inserts, reporter.Steps, 1, 1));
            _counted[reporter.Incarnation] = reporter.Inserts;
        }

        private static SamplePlanner NewLearner()
        {
            TrainingOptions options = Make.Options();
            return new SamplePlanner(options with { Replay = options.Replay with { Shards = ResumeHistoryTests.Shards } }, new RandomSource(1));
        }
    }

    private sealed class Shard(long incarnation)
    {
        public long Incarnation { get; } = incarnation;

        public long Inserts { get; set; }

        public long Steps { get; set; }
    }
}
