using System.Globalization;
using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>
/// Replicas of one trainer, each on a thread of its own: every batch is split over them in contiguous parts that differ by at most one row,
/// the parts' gradients are averaged by their rows, and every replica applies the same sum, so that all stay equal bit by bit. The sum goes in the order
/// of the ranks, each thread over its own segment of the flat vector; it does not depend on which thread is faster.
/// </summary>
/// <remarks>Rank 0 computes on the caller's thread.</remarks>
public sealed unsafe class DataParallelTrainer : IGradientTrainer
{
    private readonly IGradientTrainer[] _replicas;
    private readonly string[] _devices;
    private readonly int _checksumPeriod;
    private readonly ReplicaThreads _threads;
    private readonly AlignedBuffer[] _gradients;
    private readonly AlignedBuffer _sum;
    private readonly GradientResult[] _results;
    private readonly float[] _norms;
    private readonly uint[] _checksums;
    // What ranks do together, made once.
    private readonly Action<int>[] _step;
    private readonly Action<int>[] _compute;
    private readonly Action<int>[] _apply;
    private readonly Action<int>[] _synchronize;
    private readonly Action<int>[] _blend;
    private readonly Action<int>[] _check;
    private TrainingBatch? _columns;
    private Work _work;

    /// <summary>Joins replicas, which belong to this trainer from now on.</summary>
    /// <param name="replicas">The replicas, with equal parameters, moments and numbers of updates.</param>
    /// <param name="devices">Where each computes, for messages.</param>
    /// <param name="checksumPeriod">Updates between comparisons of the replicas' parameters; 0 never compares.</param>
    /// <exception cref="ArgumentException">There is no replica, not a device for each, or they have different layouts.</exception>
    /// <exception cref="LearnerException">They do not round alike.</exception>
    public DataParallelTrainer(IReadOnlyList<IGradientTrainer> replicas, IReadOnlyList<string> devices, int checksumPeriod)
    {
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentOutOfRangeException.ThrowIfNegative(checksumPeriod);
        if (replicas.Count == 0 || devices.Count != replicas.Count || replicas.Any(replica => replica.Layout.Length != replicas[0].Layout.Length))
        {
            throw new ArgumentException($"data parallelism needs replicas of one network and a device for each: got {replicas.Count} and {devices.Count}");
        }

        if (replicas.Any(replica => replica.Arithmetic != replicas[0].Arithmetic))
        {
            throw DeviceLists.Mixed(devices);
        }

        _replicas = [.. replicas];
        _devices = [.. devices];
        _checksumPeriod = checksumPeriod;
        _gradients = [.. replicas.Select(replica => new AlignedBuffer(replica.Layout.Length))];
        _sum = new AlignedBuffer(Layout.Length);
        _results = new GradientResult[_replicas.Length];
        _norms = new float[_replicas.Length];
        _checksums = new uint[_replicas.Length];
        _compute = [Compute, Reduce];
        _apply = [Apply];
        _step = [Compute, Reduce, Apply];
        _synchronize = [rank => _replicas[rank].SynchronizeTarget()];
        _blend = [rank => _replicas[rank].BlendTarget(_work.Tau)];
        _check = [Check];
        _threads = new ReplicaThreads(_replicas.Length);
    }

    /// <inheritdoc />
    public NetworkLayout Layout => _replicas[0].Layout;

    /// <inheritdoc />
    public long Updates => _replicas[0].Updates;

    /// <inheritdoc />
    public string Arithmetic => _replicas[0].Arithmetic;

    /// <summary>Number of replicas.</summary>
    public int Replicas => _replicas.Length;

    /// <inheritdoc />
    public TrainingBatch NextBatch(int capacity)
    {
        if (_columns?.Capacity != capacity)
        {
            _columns = new TrainingBatch(capacity, Layout.ObservationSize, _replicas[0].NextBatch(PartCapacity(capacity)).HoldsBytes);
        }

        return _columns;
    }

    /// <inheritdoc />
    /// <exception cref="LearnerException">The replicas' parameters differ.</exception>
    public TrainingResult Step(TrainingBatch batch, float learningRate, Span<float> absoluteTdErrors)
    {
        RequireFit(batch, absoluteTdErrors.Length);
        fixed (float* errors = absoluteTdErrors)
        {
            _work = new Work { Batch = batch, Errors = errors, Sum = _sum.Pointer, LearningRate = learningRate };
            _threads.Run(_step);
        }

        GradientResult mean = Mean(batch.Count);
        Compare();
        return new TrainingResult(mean.Loss, mean.MeanAbsoluteTdError, mean.MeanQ, _norms[0]);
    }

    /// <inheritdoc />
    public GradientResult ComputeGradient(TrainingBatch batch, Span<float> gradient, Span<float> absoluteTdErrors)
    {
        RequireFit(batch, absoluteTdErrors.Length);
        ParameterVector.RequireLength(Layout, gradient.Length);
        fixed (float* errors = absoluteTdErrors, sum = gradient)
        {
            _work = new Work { Batch = batch, Errors = errors, Sum = sum };
            _threads.Run(_compute);
        }

        return Mean(batch.Count);
    }

    /// <inheritdoc />
    /// <exception cref="LearnerException">The replicas' parameters differ.</exception>
    public float ApplyGradient(ReadOnlySpan<float> gradient, float learningRate)
    {
        ParameterVector.RequireLength(Layout, gradient.Length);
        fixed (float* sum = gradient)
        {
            _work = new Work { Sum = sum, LearningRate = learningRate };
            _threads.Run(_apply);
        }

        Compare();
        return _norms[0];
    }

    /// <inheritdoc />
    public void SynchronizeTarget() => _threads.Run(_synchronize);

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">τ is not in (0, 1].</exception>
    public void BlendTarget(float tau)
    {
        _work = new Work { Tau = tau };
        _threads.Run(_blend);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void CopyParameters(Span<float> destination) => _replicas[0].CopyParameters(destination);

    /// <inheritdoc />
    public TrainerState Capture() => _replicas[0].Capture();

    /// <inheritdoc />
    public void Restore(TrainerState state)
    {
        foreach (IGradientTrainer replica in _replicas)
        {
            replica.Restore(state);
        }
    }

    /// <inheritdoc />
    public void LoadParameters(ReadOnlySpan<float> parameters)
    {
        foreach (IGradientTrainer replica in _replicas)
        {
            replica.LoadParameters(parameters);
        }
    }

    /// <inheritdoc />
    public void LoadTarget(ReadOnlySpan<float> parameters)
    {
        foreach (IGradientTrainer replica in _replicas)
        {
            replica.LoadTarget(parameters);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _threads.Dispose();
        foreach (IGradientTrainer replica in _replicas)
        {
            replica.Dispose();
        }
    }

    /// <summary>The first row of a rank's part; the longer parts come first.</summary>
    private int First(int rank, int rows) => (rank * (rows / _replicas.Length)) + Math.Min(rank, rows % _replicas.Length);

    private int Rows(int rank, int rows) => First(rank + 1, rows) - First(rank, rows);

    private int PartCapacity(int capacity) => (capacity + _replicas.Length - 1) / _replicas.Length;

    private void Compute(int rank)
    {
        TrainingBatch batch = _work.Batch!;
        int first = First(rank, batch.Count);
        int rows = Rows(rank, batch.Count);
        TrainingBatch part = _replicas[rank].NextBatch(PartCapacity(batch.Capacity));
        part.CopyFrom(batch, first, rows);
        _results[rank] = _replicas[rank].ComputeGradient(part, _gradients[rank].Span, new Span<float>(_work.Errors + first, rows));
    }

    /// <summary>Σ bᵣ/B · gᵣ over the rank's segment of the vector.</summary>
    private void Reduce(int rank)
    {
        int units = Layout.Length / ParameterRange.Alignment;
        int first = (int)((long)units * rank / _replicas.Length) * ParameterRange.Alignment;
        int length = ((int)((long)units * (rank + 1) / _replicas.Length) * ParameterRange.Alignment) - first;
        int rows = _work.Batch!.Count;
        Span<float> sum = new(_work.Sum + first, length);
        GradientSum.Begin(_gradients[0].Span.Slice(first, length), Share(0, rows), sum);
        for (int other = 1; other < _replicas.Length; other++)
        {
            GradientSum.Add(_gradients[other].Span.Slice(first, length), Share(other, rows), sum);
        }
    }

    private void Apply(int rank) =>
        _norms[rank] = _replicas[rank].ApplyGradient(new ReadOnlySpan<float>(_work.Sum, Layout.Length), _work.LearningRate);

    private void Check(int rank)
    {
        // The gradients are done with.
        Span<float> parameters = _gradients[rank].Span;
        _replicas[rank].CopyParameters(parameters);
        _checksums[rank] = Checksums.Of(MemoryMarshal.AsBytes(parameters));
    }

    private float Share(int rank, int rows) => (float)Rows(rank, rows) / rows;

    private GradientResult Mean(int rows)
    {
        double loss = 0;
        double error = 0;
        double value = 0;
        for (int rank = 0; rank < _replicas.Length; rank++)
        {
            double share = (double)Rows(rank, rows) / rows;
            loss += share * _results[rank].Loss;
            error += share * _results[rank].MeanAbsoluteTdError;
            value += share * _results[rank].MeanQ;
        }

        return new GradientResult((float)loss, (float)error, (float)value);
    }

    private void Compare()
    {
        if (_checksumPeriod == 0 || Updates % _checksumPeriod != 0)
        {
            return;
        }

        _threads.Run(_check);
        for (int rank = 1; rank < _replicas.Length; rank++)
        {
            if (_checksums[rank] != _checksums[0])
            {
                throw new LearnerException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"learner replicas 0 ({_devices[0]}) and {rank} ({_devices[rank]}) have different parameters after {Updates} updates (checksums {_checksums[0]:x8} and {_checksums[rank]:x8}): name devices of one model in dqn.learner.devices, and where they are, look at their memory"));
            }
        }
    }

    private void RequireFit(TrainingBatch batch, int errorLength)
    {
        StepChecks.RequireFit(Layout, batch, errorLength);
        if (batch.Count < _replicas.Length)
        {
            throw new ArgumentException($"a batch of {batch.Count} rows cannot be split over {_replicas.Length} replicas: each takes at least one row");
        }
    }

    /// <summary>What the ranks work on; the pointers are valid during one run.</summary>
    private struct Work
    {
        public TrainingBatch? Batch;
        public float* Errors;
        public float* Sum;
        public float LearningRate;
        public float Tau;
    }
}
