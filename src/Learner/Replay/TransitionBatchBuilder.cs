using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Collects transitions in reusable columns and hands them over as immutable batches, in which consecutive transitions of one stream share
/// frames where the format says that this pays (<see cref="ObservationFormat.IsShared"/>). Not thread-safe.
/// </summary>
public sealed class TransitionBatchBuilder
{
    private readonly ObservationSharing[] _streams;
    private readonly byte[] _observation;
    private readonly byte[] _nextObservation;
    private byte[] _frames;
    private int[] _windows;
    private int[] _streamOfRow;
    private int[] _actions;
    private float[] _returns;
    private float[] _discounts;
    private byte[] _ends;

    /// <summary>Makes an empty builder.</summary>
    /// <param name="capacity">Transitions it holds before it must grow, at least 1.</param>
    /// <param name="format">The form of an observation.</param>
    /// <param name="streams">Environments whose transitions come in between each other, at least 1.</param>
    /// <param name="steps">n of the n-step transitions, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1.</exception>
    public TransitionBatchBuilder(int capacity, ObservationFormat format, int streams = 1, int steps = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Format = format;
        _streams = format.IsShared ? [.. Enumerable.Range(0, streams).Select(_ => new ObservationSharing(format, steps))] : [];
        _observation = new byte[format.Bytes];
        _nextObservation = new byte[format.Bytes];
        _frames = format.IsShared ? [] : new byte[checked(2 * capacity * format.Bytes)];
        _windows = format.IsShared ? new int[2 * capacity] : [];
        _streamOfRow = format.IsShared ? new int[capacity] : [];
        _actions = new int[capacity];
        _returns = new float[capacity];
        _discounts = new float[capacity];
        _ends = new byte[capacity];
    }

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format { get; }

    /// <summary>Transitions collected since the last build, B.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one transition; allocates only where the columns must grow.</summary>
    /// <param name="stream">The environment that it comes from.</param>
    /// <param name="observation">s, float32 [D].</param>
    /// <param name="action">a.</param>
    /// <param name="nStepReturn">Rⁿ.</param>
    /// <param name="discount">What the value of s′ is multiplied by; 0 after a terminal state.</param>
    /// <param name="end">How the episode stood at s′.</param>
    /// <param name="nextObservation">s′, float32 [D].</param>
    /// <exception cref="ArgumentException">An observation is not of size D, or a component is no value of its type.</exception>
    public void Add(
        int stream, ReadOnlySpan<float> observation, int action, float nStepReturn, float discount, EpisodeEnd end, ReadOnlySpan<float> nextObservation)
    {
        Format.Encode(observation, _observation);
        Format.Encode(nextObservation, _nextObservation);
        AddPacked(stream, _observation, action, nStepReturn, discount, end, _nextObservation);
    }

    /// <summary>Adds one transition whose observations are packed already.</summary>
    /// <param name="stream">The environment that it comes from.</param>
    /// <param name="observation">s, packed, [<see cref="ObservationFormat.Bytes"/>].</param>
    /// <param name="action">a.</param>
    /// <param name="nStepReturn">Rⁿ.</param>
    /// <param name="discount">What the value of s′ is multiplied by; 0 after a terminal state.</param>
    /// <param name="end">How the episode stood at s′.</param>
    /// <param name="nextObservation">s′, packed, [<see cref="ObservationFormat.Bytes"/>].</param>
    /// <exception cref="ArgumentException">An observation is not as long as the format says.</exception>
    public void AddPacked(
        int stream, ReadOnlySpan<byte> observation, int action, float nStepReturn, float discount, EpisodeEnd end, ReadOnlySpan<byte> nextObservation)
    {
        if (observation.Length != Format.Bytes || nextObservation.Length != Format.Bytes)
        {
            throw new ArgumentException($"observations of {Format.Bytes} bytes are expected, got {observation.Length} and {nextObservation.Length}");
        }

        if (Count == _actions.Length)
        {
            Grow();
        }

        if (Format.IsShared)
        {
            (_windows[2 * Count], _windows[(2 * Count) + 1]) = _streams[stream].Add(observation, nextObservation);
            _streamOfRow[Count] = stream;
        }
        else
        {
            observation.CopyTo(_frames.AsSpan(2 * Count * Format.Bytes));
            nextObservation.CopyTo(_frames.AsSpan(((2 * Count) + 1) * Format.Bytes));
        }

        _actions[Count] = action;
        _returns[Count] = nStepReturn;
        _discounts[Count] = discount;
        _ends[Count] = (byte)end;
        Count++;
    }

    /// <summary>Copies everything collected into a batch of exactly that size, and empties the builder.</summary>
    /// <returns>The batch, without |δ|, its arrays owned by nobody else.</returns>
    public TransitionBatch Build()
    {
        (byte[] frames, int[] windows) = Format.IsShared ? JoinStreams() : (_frames.AsSpan(0, 2 * Count * Format.Bytes).ToArray(), []);
        TransitionBatch batch = new(
            Format,
            frames,
            windows,
            _actions.AsSpan(0, Count).ToArray(),
            _returns.AsSpan(0, Count).ToArray(),
            _discounts.AsSpan(0, Count).ToArray(),
            _ends.AsSpan(0, Count).ToArray(),
            []);
        Clear();
        return batch;
    }

    /// <summary>Drops everything collected since the last build.</summary>
    public void Clear()
    {
        Count = 0;
        foreach (ObservationSharing stream in _streams)
        {
            stream.Clear();
        }
    }

    private (byte[] Frames, int[] Windows) JoinStreams()
    {
        byte[] frames = GC.AllocateUninitializedArray<byte>(checked(_streams.Sum(stream => stream.FrameCount) * Format.FrameBytes));
        int[] windows = new int[2 * Count];
        int[] starts = new int[_streams.Length];
        int next = 0;
        for (int stream = 0; stream < _streams.Length; stream++)
        {
            starts[stream] = next;
            _streams[stream].CopyTo(frames.AsSpan(next * Format.FrameBytes));
            next += _streams[stream].FrameCount;
        }

        for (int i = 0; i < windows.Length; i++)
        {
            int stream = _streamOfRow[i / 2];
            windows[i] = starts[stream] + _streams[stream].Locate(_windows[i]);
        }

        return (frames, windows);
    }

    private void Grow()
    {
        int capacity = checked(2 * _actions.Length);
        if (Format.IsShared)
        {
            Array.Resize(ref _windows, 2 * capacity);
            Array.Resize(ref _streamOfRow, capacity);
        }
        else
        {
            Array.Resize(ref _frames, checked(2 * capacity * Format.Bytes));
        }

        Array.Resize(ref _actions, capacity);
        Array.Resize(ref _returns, capacity);
        Array.Resize(ref _discounts, capacity);
        Array.Resize(ref _ends, capacity);
    }
}
