namespace DqnAkka.Environments;

/// <summary>
/// The frame stack of <see cref="FrameStackObservation"/> over copies that reset by themselves: an episode's final observation is its last
/// stack, and the new episode begins with a stack full of its first frame.
/// </summary>
internal sealed class FrameStackVectorEnvironment : IVectorEnvironment
{
    private readonly IVectorEnvironment _inner;
    private readonly int _stackSize;
    private readonly int _frameSize;
    private readonly int _actionCount;
    private readonly float[][] _frames;
    private readonly float[] _finalFrames;
    private int _newest;
    private bool _begun;

    /// <summary>Wraps a vector.</summary>
    /// <param name="inner">The vector, owned by this one from now on.</param>
    /// <param name="stackSize">Observations in a stack, at least 1.</param>
    /// <exception cref="EnvironmentException">The observations are no box, the actions not discrete, or the size is below 1.</exception>
    public FrameStackVectorEnvironment(IVectorEnvironment inner, int stackSize)
    {
        ArgumentNullException.ThrowIfNull(inner);
        BoxSpace space = FrameStack.SpaceOf(inner.ObservationSpace, stackSize);
        (_, _actionCount) = EnvironmentSpaces.RequireVectorObservationsAndDiscreteActions($"wrapper {FrameStack.Name}", space, inner.ActionSpace);
        ObservationSpace = space;
        _inner = inner;
        _stackSize = stackSize;
        _frameSize = space.Format.FrameSize;
        _frames = [.. Enumerable.Range(0, stackSize).Select(_ => new float[inner.Count * _frameSize])];
        _finalFrames = new float[inner.Count * _frameSize];
    }

    /// <inheritdoc />
    public int Count => _inner.Count;

    /// <inheritdoc />
    public Space ObservationSpace { get; }

    /// <inheritdoc />
    public Space ActionSpace => _inner.ActionSpace;

    /// <inheritdoc />
    public void Reset(ulong seed, ulong firstIndex, Span<float> observations)
    {
        VectorArguments.RequireLength(observations.Length, Count * _frameSize * _stackSize, nameof(observations));
        _inner.Reset(seed, firstIndex, _frames[0]);
        BeginAll(0, observations);
        _begun = true;
    }

    /// <inheritdoc />
    public void Step(
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations)
    {
        VectorArguments.RequireBegun(_begun);
        VectorArguments.RequireStepArguments(
            Count, _frameSize * _stackSize, _actionCount, actions, observations, rewards, terminated, truncated, finalObservations);
        int next = (_newest + 1) % _stackSize;
        try
        {
            _inner.Step(actions, _frames[next], rewards, terminated, truncated, _finalFrames);
        }
        catch (EpisodesLostException)
        {
            BeginAll(next, observations);
            throw;
        }

        _newest = next;
        for (int i = 0; i < Count; i++)
        {
            if (terminated[i] || truncated[i])
            {
                Write(i, finalObservations);
                Frame(_finalFrames, i).CopyTo(Row(finalObservations, i)[^_frameSize..]);
                Begin(i);
            }

            Write(i, observations);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _inner.Dispose();

    private void BeginAll(int newest, Span<float> observations)
    {
        _newest = newest;
        for (int i = 0; i < Count; i++)
        {
            Begin(i);
            Write(i, observations);
        }
    }

    // The vector within has written the first frame as the newest.
    private void Begin(int i)
    {
        Span<float> first = Frame(_frames[_newest], i);
        foreach (float[] frames in _frames)
        {
            first.CopyTo(Frame(frames, i));
        }
    }

    private void Write(int i, Span<float> observations)
    {
        Span<float> row = Row(observations, i);
        for (int age = _stackSize - 1; age >= 0; age--)
        {
            Frame(_frames[(_newest + _stackSize - age) % _stackSize], i).CopyTo(row);
            row = row[_frameSize..];
        }
    }

    private Span<float> Row(Span<float> observations, int i) => observations.Slice(i * _frameSize * _stackSize, _frameSize * _stackSize);

    private Span<float> Frame(float[] frames, int i) => frames.AsSpan(i * _frameSize, _frameSize);
}
