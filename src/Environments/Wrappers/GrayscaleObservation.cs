namespace DqnAkka.Environments;

/// <summary>
/// Observations without their colours (Gymnasium's <c>GrayscaleObservation</c>): ITU-R 601's 0.299 R + 0.587 G + 0.114 B; of bytes in 15
/// binary places and rounded, as OpenCV's <c>COLOR_RGB2GRAY</c> does. A stack of colour images becomes a stack of gray ones.
/// </summary>
internal sealed class GrayscaleObservation : EnvironmentWrapper
{
    private const int Places = 15;
    private const int Red = 9798;
    private const int Green = 19235;
    private const int Blue = 3735;
    private readonly bool _isBytes;
    private readonly int _planeSize;
    private readonly float[] _colors;
    private readonly float _low;
    private readonly float _high;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment, with observations of three planes (red, green, blue), or of stacks of such.</param>
    /// <exception cref="EnvironmentException">The observations are something else.</exception>
    public GrayscaleObservation(IEnvironment inner) : base(inner)
    {
        BoxSpace space = WrapperChecks.RequireImage(nameof(GrayscaleObservation), inner.ObservationSpace);
        ObservationFormat format = space.Format;
        if (format.Shape.Planes != 3 * format.Stack || format.Type == ObservationType.Boolean)
        {
            throw new EnvironmentException(
                $"wrapper {nameof(GrayscaleObservation)} needs images of three colours, and the observations are {WrapperChecks.Describe(space)}: take it out, or put AddRenderObservation(width=84, height=84) before it to see the rendered frames");
        }

        _isBytes = format.Type == ObservationType.UInt8;
        _planeSize = format.Shape.Height * format.Shape.Width;
        _colors = new float[space.Size];
        BoxSpace gray = UniformBox.Within(space, format.Type, format.Shape with { Planes = format.Stack }, format.Stack);
        ObservationSpace = gray;
        (_low, _high) = (gray.Low[0], gray.High[0]);
    }

    /// <inheritdoc />
    public override Space ObservationSpace { get; }

    /// <inheritdoc />
    public override void Reset(Span<float> observation)
    {
        Inner.Reset(_colors);
        Convert(observation);
    }

    /// <inheritdoc />
    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = Inner.Step(action, _colors);
        Convert(observation);
        return result;
    }

    private void Convert(Span<float> observation)
    {
        for (int frame = 0; frame * 3 * _planeSize < _colors.Length; frame++)
        {
            ReadOnlySpan<float> colors = _colors.AsSpan(frame * 3 * _planeSize, 3 * _planeSize);
            Convert(colors[.._planeSize], colors.Slice(_planeSize, _planeSize), colors[(2 * _planeSize)..], observation.Slice(frame * _planeSize, _planeSize));
        }
    }

    private void Convert(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, Span<float> gray)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = _isBytes
                ? (((int)red[i] * Red) + ((int)green[i] * Green) + ((int)blue[i] * Blue) + (1 << (Places - 1))) >> Places
                : Math.Clamp((0.299f * red[i]) + (0.587f * green[i]) + (0.114f * blue[i]), _low, _high);
        }
    }
}
