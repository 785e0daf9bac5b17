namespace DqnAkka.Environments;

/// <summary>
/// Observations are the rendered frames, uint8 in three planes (red, green, blue), in place of the environment's own (Gymnasium's
/// <c>AddRenderObservation</c>, <c>render_only=True</c>). They are drawn at the given size, so nothing need be resized.
/// </summary>
internal sealed class AddRenderObservation : EnvironmentWrapper
{
    private const int LargestSide = 4096;
    private readonly IRenderable _renderable;
    private readonly Canvas _canvas;
    private readonly float[] _unseen;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment, one that can be drawn.</param>
    /// <param name="width">Columns of a frame; null for the environment's own size.</param>
    /// <param name="height">Rows of a frame; null for the environment's own size.</param>
    /// <exception cref="EnvironmentException">The environment cannot be drawn, or a size is outside 1 to 4096 or given alone.</exception>
    public AddRenderObservation(IEnvironment inner, int? width, int? height) : base(inner)
    {
        if (inner is not IRenderable { RenderSize: { } usual } renderable)
        {
            throw new EnvironmentException($"wrapper {nameof(AddRenderObservation)} needs an environment that can be drawn: let it implement {nameof(IRenderable)}, or take the wrapper out");
        }

        if (width is null != height is null)
        {
            throw new EnvironmentException($"wrapper {nameof(AddRenderObservation)}: {(width is null ? "height" : "width")} is given alone: give width and height, or neither for {usual}");
        }

        ImageSize size = width is { } columns && height is { } rows ? new ImageSize(columns, rows) : usual;
        RequireSide("width", size.Width);
        RequireSide("height", size.Height);
        _renderable = renderable;
        _canvas = new Canvas(new RgbImage(size));
        _unseen = new float[WrapperChecks.RequireBox(nameof(AddRenderObservation), inner.ObservationSpace).Size];
        ObservationSpace = UniformBox.Of(ObservationType.UInt8, new PlaneShape(3, size.Height, size.Width), 0, byte.MaxValue);
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Inner.Reset(_unseen);
        Draw(observation);
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, _unseen);
        Draw(observation);
        return result;
    }

    private static void RequireSide(string name, int value)
    {
        if (value is < 1 or > LargestSide)
        {
            throw new EnvironmentException($"wrapper {nameof(AddRenderObservation)}: {name} must be from 1 to {LargestSide}: got {value}");
        }
    }

    private void Draw(Span<float> observation)
    {
        _renderable.Render(_canvas);
        ReadOnlySpan<byte> pixels = _canvas.Image.Pixels;
        int plane = pixels.Length / 3;
        Span<float> red = observation[..plane];
        Span<float> green = observation.Slice(plane, plane);
        Span<float> blue = observation.Slice(2 * plane, plane);
        for (int i = 0; i < plane; i++)
        {
            red[i] = pixels[3 * i];
            green[i] = pixels[(3 * i) + 1];
            blue[i] = pixels[(3 * i) + 2];
        }
    }
}
