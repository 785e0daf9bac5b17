using System.Diagnostics;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The learner without the actor: a trainer with its schedules, target updates and the account of its time. Stays on one thread.
/// </summary>
internal sealed class LearningProcess : IDisposable
{
    private readonly ITrainer _trainer;
    private readonly TrainingOptions _options;
    private readonly LinearSchedule _learningRate;
    private readonly LinearSchedule _beta;
    private readonly double[] _probabilities;
    private long _busyTicks;
    private long _firstUpdate;
    private double _lossSum;
    private double _errorSum;
    private double _valueSum;
    private int _resultCount;

    /// <summary>Makes the networks: initial parameters from the run's seed, target equal to online.</summary>
    public LearningProcess(NetworkLayout layout, TrainingOptions options)
    {
        LearnerOptions learner = options.Learner;
        _options = options;
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(options.Run.Seed, SeedStreams.Learner), parameters);
        _trainer = TrainerFactory.Create(layout, learner, parameters);
        _learningRate = new LinearSchedule(learner.LearningRate, learner.LearningRateFinal, learner.LearningRateDecayUpdates);
        _beta = new LinearSchedule(options.Replay.Beta, options.Replay.BetaFinal, options.Replay.BetaUpdates);
        _probabilities = new double[learner.BatchSize];
        Batch = new TrainingBatch(learner.BatchSize, layout.ObservationSize);
        Batch.Weights.AsSpan().Fill(1f);
    }

    /// <summary>Learner updates.</summary>
    public long Updates => _trainer.Updates;

    /// <summary>The reusable batch.</summary>
    public TrainingBatch Batch { get; }

    /// <summary>Whether an update since the last <see cref="SnapshotTaken"/> asks for a snapshot.</summary>
    public bool IsSnapshotDue { get; private set; } = true;

    /// <summary>Share of the time since the first update spent inside training steps, the filling of their batches included.</summary>
    public double Busy => _firstUpdate == 0 ? 0 : (double)_busyTicks / Math.Max(1, Stopwatch.GetTimestamp() - _firstUpdate);

    /// <summary>Trains on one batch of a round.</summary>
    /// <param name="round">The complete round.</param>
    /// <param name="index">Number of the batch; the calls go 0, 1, 2, …</param>
    /// <param name="absoluteTdErrors">Receives |δ| of every row.</param>
    /// <returns>Number of rows.</returns>
    /// <exception cref="LearnerException">The loss became NaN or infinite.</exception>
    public int Learn(SampleRound round, int index, Span<float> absoluteTdErrors)
    {
        long start = Stopwatch.GetTimestamp();
        _firstUpdate = _firstUpdate == 0 ? start : _firstUpdate;
        round.Fill(index, Batch, _probabilities);
        if (_options.Replay.Prioritized)
        {
            // Probabilities add up to one over all transitions of all shards.
            ImportanceWeights.Compute(
                _probabilities.AsSpan(0, Batch.Count),
                round.SmallestProbability,
                1.0,
                round.TotalCount,
                _beta.Value(_trainer.Updates),
                Batch.Weights.AsSpan(0, Batch.Count));
        }

        Step(absoluteTdErrors);
        _busyTicks += Stopwatch.GetTimestamp() - start;
        return Batch.Count;
    }

    /// <summary>Copies the online parameters.</summary>
    public float[] CopyParameters()
    {
        float[] parameters = new float[_trainer.Layout.Length];
        _trainer.CopyParameters(parameters);
        return parameters;
    }

    /// <summary>A snapshot is on its way: none is due until a later update asks for one.</summary>
    public void SnapshotTaken() => IsSnapshotDue = false;

    /// <summary>A snapshot is due although no update has come since the last.</summary>
    public void AskForSnapshot() => IsSnapshotDue = true;

    /// <summary>Networks and optimizer.</summary>
    public TrainerState Capture() => _trainer.Capture();

    /// <summary>Goes on from a captured state.</summary>
    public void Restore(TrainerState state)
    {
        _trainer.Restore(state);
        IsSnapshotDue = true;
    }

    /// <summary>Means over the updates since the last call (NaN if there were none): loss, |δ|, Q.</summary>
    public (double Loss, double AbsoluteTdError, double Value) TakeMeans()
    {
        (double, double, double) means = (_lossSum / _resultCount, _errorSum / _resultCount, _valueSum / _resultCount);
        _lossSum = 0;
        _errorSum = 0;
        _valueSum = 0;
        _resultCount = 0;
        return means;
    }

    /// <inheritdoc />
    public void Dispose() => _trainer.Dispose();

    private void Step(Span<float> absoluteTdErrors)
    {
        TrainingResult result = _trainer.Step(Batch, (float)_learningRate.Value(_trainer.Updates), absoluteTdErrors);
        UpdateTarget();
        _lossSum += result.Loss;
        _errorSum += result.MeanAbsoluteTdError;
        _valueSum += result.MeanQ;
        _resultCount++;
    }

    private void UpdateTarget()
    {
        SnapshotOptions snapshot = _options.Snapshot;
        if (_options.Learner.PolyakTau > 0)
        {
            _trainer.BlendTarget(_options.Learner.PolyakTau);
        }

        if (_trainer.Updates % snapshot.TargetPeriod == 0)
        {
            if (_options.Learner.PolyakTau == 0)
            {
                _trainer.SynchronizeTarget();
            }

            IsSnapshotDue = true;
        }

        IsSnapshotDue |= snapshot.Period > 0 && _trainer.Updates % snapshot.Period == 0;
    }
}
