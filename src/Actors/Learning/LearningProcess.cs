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
    private readonly NetworkLayout _layout;
    private readonly TrainingOptions _options;
    private readonly LinearSchedule _learningRate;
    private readonly LinearSchedule _beta;
    private readonly BatchFilling _filling;
    private readonly ReplicaExchange? _replicas;
    private long _busyTicks;
    private long _firstUpdate;
    private double _lossSum;
    private double _errorSum;
    private double _valueSum;
    private int _resultCount;

    /// <summary>Makes the networks: initial parameters from the run's seed, target equal to online.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="replicas">The way to replicas on other nodes, which share every step; null for none.</param>
    /// <exception cref="LearnerException">The device is not there, or memory does not suffice.</exception>
    public LearningProcess(NetworkLayout layout, TrainingOptions options, ReplicaExchange? replicas = null)
        : this(layout, options, DeviceChoice.Choose(layout, options.Learner), replicas)
    {
    }

    /// <summary>Learns with a given trainer.</summary>
    public LearningProcess(TrainingOptions options, ITrainer trainer, DeviceChoice device)
    {
        LearnerOptions learner = options.Learner;
        _layout = trainer.Layout;
        _options = options;
        _trainer = trainer;
        Device = device;
        Skipped = new SkippedUpdates(learner.MaxSkippedUpdates);
        _learningRate = new LinearSchedule(learner.LearningRate, learner.LearningRateFinal, learner.LearningRateDecayUpdates);
        _beta = new LinearSchedule(options.Replay.Beta, options.Replay.BetaFinal, options.Replay.BetaUpdates);
        _filling = new BatchFilling(trainer, learner.BatchSize, options.Replay.Prioritized);
    }

    private LearningProcess(NetworkLayout layout, TrainingOptions options, DeviceChoice device, ReplicaExchange? replicas)
        : this(options, Create(layout, options, device, replicas), device) => _replicas = replicas;

    /// <summary>Where it learns.</summary>
    public DeviceChoice Device { get; }

    /// <summary>Updates that were skipped.</summary>
    public SkippedUpdates Skipped { get; }

    /// <summary>Learner updates.</summary>
    public long Updates => _trainer.Updates;

    /// <summary>Whether an update since the last <see cref="SnapshotTaken"/> asks for a snapshot.</summary>
    public bool IsSnapshotDue { get; private set; } = true;

    /// <summary>Share of the time since the first update spent inside training steps, the filling of their batches included and waiting for replicas left out.</summary>
    public double Busy => _firstUpdate == 0 ? 0 : (double)_busyTicks / Math.Max(1, Stopwatch.GetTimestamp() - _firstUpdate);

    /// <summary>Trains on one batch of a round.</summary>
    /// <param name="round">The complete round.</param>
    /// <param name="index">Number of the batch; the calls go 0, 1, 2, …</param>
    /// <param name="absoluteTdErrors">Receives |δ| of every row, at the round's last batch at the latest; not finite where it is not known.</param>
    /// <returns>Number of rows.</returns>
    /// <exception cref="LearnerException">Memory does not suffice.</exception>
    public int Learn(SampleRound round, int index, Memory<float> absoluteTdErrors)
    {
        long start = Stopwatch.GetTimestamp();
        long waited = _replicas?.WaitedTicks ?? 0;
        _firstUpdate = _firstUpdate == 0 ? start : _firstUpdate;
        int rows;
        try
        {
            TrainingBatch batch = Fill(round, index);
            rows = batch.Count;
            Step(batch, absoluteTdErrors);
            if (index == round.Batches - 1)
            {
                Collect();
            }
        }
        catch (Exception exception) when (MemoryShortage.IsCause(exception))
        {
            throw MemoryShortage.Describe(_layout, _options.Learner, Device.Name, exception);
        }

        _busyTicks += Stopwatch.GetTimestamp() - start - ((_replicas?.WaitedTicks ?? 0) - waited);
        return rows;
    }

    /// <summary>The next batch of a round, with its importance weights.</summary>
    public TrainingBatch Fill(SampleRound round, int index) => _filling.Fill(round, index, _beta.Value(_trainer.Updates));

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
    public TrainerState Capture()
    {
        Collect();
        return _trainer.Capture();
    }

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

    /// <summary>What a run of this seed begins with, in every mode: float32 [<see cref="NetworkLayout.Length"/>].</summary>
    public static float[] InitialParameters(NetworkLayout layout, TrainingOptions options)
    {
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(options.Run.Seed, SeedStreams.Learner), parameters);
        return parameters;
    }

    private static ITrainer Create(NetworkLayout layout, TrainingOptions options, DeviceChoice device, ReplicaExchange? replicas)
    {
        ITrainer trainer = TrainerFactory.Create(layout, options.Learner, device, InitialParameters(layout, options));
        return replicas is null ? trainer : new ReplicatedTrainer((IGradientTrainer)trainer, replicas, options.Learner.ChecksumPeriod);
    }

    private void Step(TrainingBatch batch, Memory<float> absoluteTdErrors)
    {
        float learningRate = (float)_learningRate.Value(_trainer.Updates);
        if (_trainer is IDeferredTrainer deferred)
        {
            Count(deferred.Enqueue(batch, learningRate, absoluteTdErrors));
            // Nobody knows yet whether it was taken. Where it was not, a hard update gives the same target once more when the step's number
            // comes again, and a soft one goes τ of the way to the same network twice.
            UpdateTarget();
            return;
        }

        TrainingResult result = _trainer.Step(batch, learningRate, absoluteTdErrors.Span);
        Count(result);
        if (!result.IsSkipped)
        {
            UpdateTarget();
        }
    }

    /// <summary>Waits for the step that is outstanding on a device, if one is.</summary>
    private void Collect() => Count((_trainer as IDeferredTrainer)?.Collect());

    private void Count(TrainingResult? outcome)
    {
        if (outcome is not { } result)
        {
            return;
        }

        Skipped.Count(result);
        if (result.IsSkipped)
        {
            return;
        }

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
