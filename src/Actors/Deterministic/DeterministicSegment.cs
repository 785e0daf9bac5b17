using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// What a deterministic run does from one barrier to the next, on one thread: runners collect a fragment each in turn, and after each the
/// learner trains as many rounds as the limiter's account is due. Everything in it is made anew from the state of the barrier, by the run
/// that comes from before it just as by one that begins there.
/// </summary>
internal sealed class DeterministicSegment : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly long _barrier;
    private readonly long _updatesBefore;
    private readonly LearningProcess _process;
    private readonly SamplePlanner _planner;
    private readonly DeterministicShard[] _shards;
    private readonly DeterministicRunners _runners;
    private readonly float[] _absoluteTdErrors;
    private long _version;

    /// <summary>Begins at a barrier.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="state">The state there.</param>
    /// <exception cref="EnvironmentException">The environment cannot be made.</exception>
    /// <exception cref="CheckpointException">The state is not of such a run.</exception>
    public DeterministicSegment(NetworkLayout layout, TrainingOptions options, DeterministicState state)
    {
        _options = options;
        _barrier = state.Barrier;
        _updatesBefore = state.Trainer.Updates;
        ulong seed = SeedStreams.AfterBarrier(options.Run.Seed, _barrier);
        _planner = new SamplePlanner(options, new RandomSource(seed, SeedStreams.Learner));
        LearnerCounters.Read(state.Counters, _planner);
        _absoluteTdErrors = new float[options.Learner.BatchSize * options.Learner.BatchesPerRequest];
        _shards = new DeterministicShard[options.Replay.Shards];
        _runners = new DeterministicRunners(layout, options, seed);
        _process = new LearningProcess(layout, options);
        try
        {
            _process.Restore(state.Trainer);
            _process.Skipped.Total = state.Counters.GetValueOrDefault(CounterNames.SkippedUpdates);
            for (int shard = 0; shard < _shards.Length; shard++)
            {
                // To the accounts each barrier is a new incarnation, whose inserts count from 0.
                _shards[shard] = new DeterministicShard(shard, _barrier + 1, layout, options, seed);
                state.Shards[shard].Fill(_shards[shard].Buffer);
                _planner.Accounts.Apply(_shards[shard].State());
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The learner.</summary>
    public LearningProcess Process => _process;

    /// <summary>The limiter's and the shards' accounts.</summary>
    public SamplePlanner Planner => _planner;

    /// <summary>Environment steps of the run.</summary>
    public long Steps => _planner.Accounts.EnvironmentSteps;

    /// <summary>Whether a checkpoint is due: the updates have passed a multiple of <c>checkpoint.period</c>.</summary>
    public bool IsBarrierDue => _process.Updates / _options.Checkpoint.Period > _updatesBefore / _options.Checkpoint.Period;

    /// <summary>The lowest and the highest ε of the runners now.</summary>
    public (double Low, double High) Epsilons => _runners.Epsilons(Steps);

    /// <summary>Lets the next runner collect a fragment, which the next shard takes.</summary>
    /// <param name="finishedReturns">Receives the returns of the episodes that ended.</param>
    /// <exception cref="EnvironmentException">An environment breaks.</exception>
    public void Collect(ICollection<double> finishedReturns)
    {
        (TransitionBatch batch, int environmentSteps, int shard) = _runners.CollectNext(Steps, finishedReturns);
        _shards[shard].Insert(batch, environmentSteps);
        _planner.Accounts.Apply(_shards[shard].State());
    }

    /// <summary>
    /// Trains one round where the account has come back to its middle, so that samples follow inserts as closely as whole rounds allow. Where
    /// nothing is limited a round is always due: the caller then trains one after each fragment.
    /// </summary>
    /// <returns>Whether there was a round.</returns>
    /// <exception cref="LearnerException">Too many updates in a row were skipped, or memory does not suffice.</exception>
    public bool TryTrain()
    {
        if (_planner.LimiterError < 0 || _planner.TryPlan() is not { } round)
        {
            return false;
        }

        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (round.Counts[shard] is { } counts)
            {
                ReplayProtocol.SampleReply reply = _shards[shard].Sample(round.Number, counts, _planner.Accounts.LargestPriority);
                _planner.Accounts.Apply(reply.State);
                _planner.Complete(reply);
            }
        }

        int learned = 0;
        for (int batch = 0; batch < round.Batches; batch++)
        {
            int rows = _process.Learn(round, batch, _absoluteTdErrors.AsMemory(learned));
            _process.Skipped.RequireFew(_process.Updates, Path.Combine(_options.Run.Directory, CheckpointStore.FolderName));
            _planner.CountLearned(rows);
            learned += rows;
        }

        if (_options.Replay.Prioritized)
        {
            foreach (ReplayProtocol.UpdatePriorities update in round.Priorities(_absoluteTdErrors))
            {
                _shards[update.Shard].Update(update);
                _planner.Accounts.Apply(_shards[update.Shard].State());
            }
        }

        return true;
    }

    /// <summary>Takes a snapshot where one is due, and hands it to the runners.</summary>
    /// <returns>The snapshot, or null where none is due.</returns>
    public PolicySnapshot? TakeSnapshotIfDue()
    {
        if (!_process.IsSnapshotDue)
        {
            return null;
        }

        _process.SnapshotTaken();
        PolicySnapshot snapshot = Snapshot();
        _runners.Load(snapshot.Parameters);
        return snapshot;
    }

    /// <summary>The state at the next barrier. Episodes that are running end there: what n-step returns still waited for is not taken along.</summary>
    /// <param name="course">What the run has seen so far.</param>
    public DeterministicState Capture(RunCourse course) => new()
    {
        Barrier = _barrier + 1,
        Trainer = _process.Capture(),
        Counters = LearnerCounters.Write(_planner, _process.Updates, _barrier + 1, elapsedMilliseconds: 0, _process.Skipped.Total),
        Snapshot = Snapshot(),
        Shards = [.. _shards.Select(shard => ShardContents.Of(shard.Buffer))],
        Course = course,
    };

    /// <inheritdoc />
    public void Dispose()
    {
        _runners.Dispose();
        foreach (DeterministicShard? shard in _shards)
        {
            shard?.Dispose();
        }

        _process.Dispose();
    }

    private PolicySnapshot Snapshot() => new(_barrier, ++_version, _process.Updates, Steps, _process.CopyParameters());
}
