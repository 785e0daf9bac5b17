using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The learner's trainer where replicas on other nodes share its work: each computes the gradient of its rows, the group adds them up, and all make the same
/// update. Alone it is the local trainer, bit by bit. Steps wait for replicas that join, and are repeated without those that are lost.
/// </summary>
internal sealed class ReplicatedTrainer : ITrainer
{
    private readonly IGradientTrainer _local;
    private readonly ReplicaExchange _exchange;
    private readonly ReplicaIdentity _identity;
    private readonly int _checksumPeriod;
    private readonly List<ReplicaProtocol.Update> _updates = [];
    private FlatGradient? _gradient;
    private float[] _parameters = [];
    private float[] _absoluteTdErrors = [];
    private long _step;

    /// <summary>Shares a trainer's steps.</summary>
    /// <param name="local">The learner's own trainer; owned by this one.</param>
    /// <param name="exchange">The way to the group.</param>
    /// <param name="checksumPeriod">Steps between comparisons of the parameters; 0 never compares.</param>
    public ReplicatedTrainer(IGradientTrainer local, ReplicaExchange exchange, int checksumPeriod)
    {
        _local = local;
        _exchange = exchange;
        _checksumPeriod = checksumPeriod;
        _identity = new ReplicaIdentity(local.Layout.Description, local.Layout.Length, local.Arithmetic);
        exchange.Attach(_identity);
    }

    /// <inheritdoc />
    public NetworkLayout Layout => _local.Layout;

    /// <inheritdoc />
    public long Updates => _local.Updates;

    /// <inheritdoc />
    public TrainingBatch NextBatch(int capacity) => _local.NextBatch(capacity);

    /// <inheritdoc />
    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (_exchange.View.HasCandidates)
            {
                _exchange.Admit(_local.Capture());
            }

            ReplicaView view = _exchange.View;
            if (view.Members == 1)
            {
                // Who joins later gets the whole state.
                _updates.Clear();
                return _local.Step(batch, learningRate, absoluteTdErrors);
            }

            if (TryStep(view, attempt, batch, learningRate, absoluteTdErrors) is { } result)
            {
                return result;
            }
        }
    }

    /// <inheritdoc />
    public void SynchronizeTarget()
    {
        _local.SynchronizeTarget();
        TargetChanged(new ReplicaProtocol.Update(ReplicaProtocol.UpdateKind.SynchronizeTarget, 1));
    }

    /// <inheritdoc />
    public void BlendTarget(float tau)
    {
        _local.BlendTarget(tau);
        TargetChanged(new ReplicaProtocol.Update(ReplicaProtocol.UpdateKind.BlendTarget, tau));
    }

    /// <inheritdoc />
    public void CopyParameters(Span<float> destination) => _local.CopyParameters(destination);

    /// <inheritdoc />
    public TrainerState Capture() => _local.Capture();

    /// <inheritdoc />
    public void Restore(TrainerState state)
    {
        _local.Restore(state);
        _updates.Clear();
        _exchange.TargetVersion = state.Updates;
        _exchange.Attach(_identity);
    }

    /// <inheritdoc />
    public void Dispose() => _local.Dispose();

    private TrainingResult? TryStep(ReplicaView view, int number, TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        int rows = batch.Count;
        _gradient ??= new FlatGradient(Layout.Length);
        Array.Resize(ref _absoluteTdErrors, Math.Max(rows, _absoluteTdErrors.Length));
        StepAttempt attempt = new()
        {
            Tag = new StepTag(view.Epoch, _step, number),
            Batch = batch,
            Rows = rows,
            Members = view.Members,
            Updates = [.. _updates],
            Checksum = _checksumPeriod > 0 && _step % _checksumPeriod == 0 ? Checksum() : null,
            Gradient = _gradient,
            AbsoluteTdErrors = _absoluteTdErrors,
        };
        _exchange.Begin(attempt);
        GradientResult own = ComputeOwn(attempt, absoluteTdErrors);
        if (!_exchange.Reduce(attempt))
        {
            return null;
        }

        float norm = _local.ApplyGradient(_gradient.Values, learningRate);
        _step++;
        _updates.Clear();
        _updates.Add(new ReplicaProtocol.Update(ReplicaProtocol.UpdateKind.Apply, learningRate));
        int ownRows = attempt.RowsOf(0).Count;
        _absoluteTdErrors.AsSpan(ownRows, rows - ownRows).CopyTo(absoluteTdErrors[ownRows..]);
        float share = (float)ownRows / rows;
        return new TrainingResult((share * own.Loss) + attempt.Loss, Mean(absoluteTdErrors[..rows]), (share * own.MeanQ) + attempt.MeanQ, norm);
    }

    /// <summary>The learner's own rows are the batch's first.</summary>
    private GradientResult ComputeOwn(StepAttempt attempt, Span<float> absoluteTdErrors)
    {
        TrainingBatch batch = attempt.Batch;
        batch.Count = attempt.RowsOf(0).Count;
        try
        {
            return attempt.Gradient.Compute(_local, batch, attempt.Rows, absoluteTdErrors);
        }
        finally
        {
            batch.Count = attempt.Rows;
        }
    }

    private ulong Checksum()
    {
        Array.Resize(ref _parameters, Layout.Length);
        return FlatGradient.Checksum(_local, _parameters);
    }

    private void TargetChanged(ReplicaProtocol.Update update)
    {
        _exchange.TargetVersion = Updates;
        if (_exchange.View.Members > 1)
        {
            _updates.Add(update);
        }
    }

    private static float Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return (float)(sum / values.Length);
    }
}
