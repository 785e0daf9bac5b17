namespace DqnAkka.Environments;

/// <summary>
/// Observations are the last <c>stack_size</c> ones, the oldest first; a reset fills the stack with the first observation
/// (Gymnasium's <c>FrameStackObservation</c> with its <c>padding_type="reset"</c>).
/// </summary>
internal sealed class FrameStackObservation : EnvironmentWrapper
{
    private readonly int _frameSize;
    private readonly float[] _frames;
    private int _newest;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="stackSize">Observations in a stack, at least 1.</param>
    /// <exception cref="EnvironmentException">The observations are no box, or the size is below 1.</exception>
    public FrameStackObservation(IEnvironment inner, int stackSize) : base(inner)
    {
        BoxSpace space = FrameStack.SpaceOf(inner.ObservationSpace, stackSize);
        ObservationSpace = space;
        _frameSize = space.Format.FrameSize;
        _frames = new float[space.Size];
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Span<float> first = _frames.AsSpan(0, _frameSize);
        Inner.Reset(first);
        for (int begin = _frameSize; begin < _frames.Length; begin += _frameSize)
        {
            first.CopyTo(_frames.AsSpan(begin, _frameSize));
        }

        _newest = 0;
        _frames.CopyTo(observation);
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        int next = (_newest + _frameSize) % _frames.Length;
        StepResult result = Inner.Step(action, _frames.AsSpan(next, _frameSize));
        _newest = next;
        // What follows the newest in the ring is the oldest.
        int oldest = (next + _frameSize) % _frames.Length;
        _frames.AsSpan(oldest).CopyTo(observation);
        _frames.AsSpan(0, oldest).CopyTo(observation[(_frames.Length - oldest)..]);
        return result;
    }
}
