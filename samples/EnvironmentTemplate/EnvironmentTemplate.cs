using DqnAkka.Environments;

namespace EnvironmentTemplate;

/// <summary>
/// A place to begin: a walker on a line is blown about by the wind and is to reach the right end. Change the state, the spaces, and what
/// Reset, Step, Observe and Render do.
/// </summary>
/// <remarks>Actions are 0 left and 1 right. Observations are the position and the wind, both −1 to 1.</remarks>
public sealed class EnvironmentTemplate : IEnvironment, IRenderable
{
    private readonly double _wind;
    private readonly RandomSource _random = new(0);
    private double _position;
    private double _gust;
    private bool _begun;

    /// <summary>Makes the environment. The parameters are the <c>environment.kwargs</c> of a configuration.</summary>
    /// <param name="wind">How strong the wind may blow, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is outside its range.</exception>
    public EnvironmentTemplate(double wind = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wind);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wind, 1.0);
        _wind = wind;
    }

    /// <inheritdoc />
    public Space ObservationSpace { get; } = new BoxSpace([-1f, -1f], [1f, 1f]);

    /// <inheritdoc />
    public Space ActionSpace { get; } = new DiscreteSpace(2);

    /// <inheritdoc />
    public ImageSize? RenderSize => new ImageSize(320, 120);

    /// <inheritdoc />
    public void Seed(ulong seed, ulong index) => _random.Seed(seed, index);

    /// <inheritdoc />
    public void Reset(Span<float> observation)
    {
        _begun = true;
        _position = _random.NextUniform(-0.5, 0.0);
        Blow();
        Observe(observation);
    }

    /// <inheritdoc />
    public StepResult Step(int action, Span<float> observation)
    {
        if (!_begun)
        {
            throw new InvalidOperationException("an environment is reset before its first step: call Reset");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(action, 1);
        _position = Math.Clamp(_position + (0.1 * ((action == 0 ? -1.0 : 1.0) + _gust)), -1.0, 1.0);
        Blow();
        Observe(observation);
        bool arrived = _position >= 1.0;
        // Time limits are environment.max-episode-steps: Truncated stays false.
        return new StepResult(arrived ? 1.0 : -0.01, Terminated: arrived, Truncated: false);
    }

    /// <inheritdoc />
    public void Render(Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.SetView(-1.2, 0.9, 1.2, 0.0);
        canvas.Clear(RgbColor.White);
        canvas.FillRectangle(-1.2, 0.25, 1.2, 0.0, new RgbColor(90, 140, 90));
        canvas.DrawLine(1.0, 0.25, 1.0, 0.75, 0.03, RgbColor.Black);
        canvas.FillCircle(_position, 0.35, 0.1, new RgbColor(60, 90, 200));
        canvas.DrawLine(0.0, 0.8, 0.3 * _gust, 0.8, 0.04, new RgbColor(150, 150, 150));
    }

    private void Blow() => _gust = _wind * _random.NextUniform(-1.0, 1.0);

    private void Observe(Span<float> observation)
    {
        observation[0] = (float)_position;
        observation[1] = (float)_gust;
    }
}
