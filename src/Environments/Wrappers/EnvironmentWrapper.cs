namespace DqnAkka.Environments;

/// <summary>An environment around another one, which does everything as that one does where it is not said otherwise.</summary>
/// <param name="inner">The environment within; owned by the wrapper from now on.</param>
internal abstract class EnvironmentWrapper(IEnvironment inner) : IEnvironment, IRenderable, IDisposable
{
    /// <inheritdoc />
    public virtual Space ObservationSpace => Inner.ObservationSpace;

    /// <inheritdoc />
    public virtual Space ActionSpace => Inner.ActionSpace;

    /// <inheritdoc />
    public virtual ImageSize? RenderSize => (Inner as IRenderable)?.RenderSize;

    /// <summary>The environment within.</summary>
    protected IEnvironment Inner { get; } = inner;

    /// <inheritdoc />
    public virtual void Seed(ulong seed, ulong index) => Inner.Seed(seed, index);

    /// <inheritdoc />
    public virtual void Reset(Span<float> observation) => Inner.Reset(observation);

    /// <inheritdoc />
    public virtual StepResult Step(int action, Span<float> observation) => Inner.Step(action, observation);

    /// <inheritdoc />
    public virtual void Render(Canvas canvas)
    {
        if (Inner is not IRenderable renderable)
        {
            throw new InvalidOperationException("the environment cannot be drawn: it is no IRenderable");
        }

        renderable.Render(canvas);
    }

    /// <inheritdoc />
    public virtual void Dispose() => (Inner as IDisposable)?.Dispose();
}
