namespace DqnAkka.Environments;

/// <summary>Hides components of a vector: only those named are seen, in the order given, which makes a task partially observed.</summary>
internal sealed class MaskObservation : EnvironmentWrapper
{
    private readonly int[] _keep;
    private readonly float[] _all;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment, with vectors as observations.</param>
    /// <param name="keep">Indices of the components that stay, at least one, each once.</param>
    /// <exception cref="EnvironmentException">The observations are no vectors, or an index is not that of a component, given twice, or none is.</exception>
    public MaskObservation(IEnvironment inner, int[] keep) : base(inner)
    {
        BoxSpace space = WrapperChecks.RequireBox(nameof(MaskObservation), inner.ObservationSpace);
        if (space.Format.Shape.IsImage || space.Format.Stack > 1)
        {
            throw new EnvironmentException(
                $"wrapper {nameof(MaskObservation)} hides components of vectors, and the observations are {(space.Format.Stack > 1 ? $"stacks of {space.Format.Stack}" : WrapperChecks.Describe(space))}: put it before the wrappers that make them so");
        }

        if (keep.Length == 0)
        {
            throw new EnvironmentException($"wrapper {nameof(MaskObservation)}: keep names no component: give at least one of 0 to {space.Size - 1}");
        }

        foreach (int index in keep)
        {
            if ((uint)index >= (uint)space.Size || keep.Count(other => other == index) > 1)
            {
                throw new EnvironmentException($"wrapper {nameof(MaskObservation)}: keep must name components 0 to {space.Size - 1}, each once: got {index}{((uint)index < (uint)space.Size ? " twice" : "")}");
            }
        }

        _keep = [.. keep];
        _all = new float[space.Size];
        ObservationSpace = new BoxSpace([.. keep.Select(index => space.Low[index])], [.. keep.Select(index => space.High[index])], space.Format.Type);
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Inner.Reset(_all);
        Select(observation);
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, _all);
        Select(observation);
        return result;
    }

    private void Select(Span<float> observation)
    {
        for (int i = 0; i < _keep.Length; i++)
        {
            observation[i] = _all[_keep[i]];
        }
    }
}
