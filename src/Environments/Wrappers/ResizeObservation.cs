namespace DqnAkka.Environments;

/// <summary>
/// Images shrunk by averaging areas (Gymnasium's <c>ResizeObservation</c>, which calls OpenCV with <c>INTER_AREA</c>). Booleans become
/// the shares of their areas, float32.
/// </summary>
internal sealed class ResizeObservation : EnvironmentWrapper
{
    private readonly AreaResize _resize;
    private readonly float[] _image;
    private readonly float _low;
    private readonly float _high;
    private readonly int _planeSize;
    private readonly int _newPlaneSize;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment, with images as observations.</param>
    /// <param name="height">The new number of rows, not more than before.</param>
    /// <param name="width">The new number of columns, not more than before.</param>
    /// <exception cref="EnvironmentException">The observations are no images, or a side is below 1 or above what it was.</exception>
    public ResizeObservation(IEnvironment inner, int height, int width) : base(inner)
    {
        BoxSpace space = WrapperChecks.RequireImage(nameof(ResizeObservation), inner.ObservationSpace);
        PlaneShape shape = space.Format.Shape;
        RequireSide("height", height, shape.Height, space);
        RequireSide("width", width, shape.Width, space);
        ObservationType type = space.Format.Type == ObservationType.UInt8 ? ObservationType.UInt8 : ObservationType.Float32;
        BoxSpace shrunk = UniformBox.Within(space, type, new PlaneShape(shape.Planes, height, width), space.Format.Stack);
        ObservationSpace = shrunk;
        (_low, _high) = (shrunk.Low[0], shrunk.High[0]);
        _resize = new AreaResize(new ImageSize(shape.Width, shape.Height), new ImageSize(width, height), rounds: type == ObservationType.UInt8);
        _image = new float[space.Size];
        _planeSize = shape.Height * shape.Width;
        _newPlaneSize = height * width;
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Inner.Reset(_image);
        Resize(observation);
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, _image);
        Resize(observation);
        return result;
    }

    private static void RequireSide(string name, int value, int before, BoxSpace space)
    {
        if (value < 1 || value > before)
        {
            throw new EnvironmentException(
                $"wrapper {nameof(ResizeObservation)}: {name} must be from 1 to {before}, since it only shrinks and the observations are {WrapperChecks.Describe(space)}: got {value}; AddRenderObservation draws at any size");
        }
    }

    private void Resize(Span<float> observation)
    {
        for (int plane = 0; plane * _planeSize < _image.Length; plane++)
        {
            _resize.Resize(_image.AsSpan(plane * _planeSize, _planeSize), observation.Slice(plane * _newPlaneSize, _newPlaneSize));
        }

        // Weights that sum to 1 but for rounding may lead out of the range by as much.
        UniformBox.Clamp(observation[..(_image.Length / _planeSize * _newPlaneSize)], _low, _high);
    }
}
