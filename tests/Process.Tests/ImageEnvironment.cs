using DqnAkka.Environments;

namespace DqnAkka.Process.Tests;

/// <summary>Images with one bright plane, whose index is the right action.</summary>
public sealed class ImageEnvironment : IEnvironment
{
    private const int EpisodeSteps = 10;
    private readonly int _planes;
    private readonly int _cells;
    private readonly float _bright;
    private readonly RandomSource _random = new(0);
    private int _right;
    private int _steps;

    /// <param name="planes">Planes, and actions.</param>
    /// <param name="side">Height and width.</param>
    /// <param name="type">Bytes from 0 to 255, or 0 and 1.</param>
    public ImageEnvironment(int planes, int side, ObservationType type)
    {
        _planes = planes;
        _cells = side * side;
        _bright = type == ObservationType.UInt8 ? 200 : 1;
        float[] high = Enumerable.Repeat(type == ObservationType.UInt8 ? 255f : 1f, planes * _cells).ToArray();
        ObservationSpace = new BoxSpace(new float[high.Length], high, type, shape: new PlaneShape(planes, side, side));
        ActionSpace = new DiscreteSpace(planes);
    }

    public Space ObservationSpace { get; }

    public Space ActionSpace { get; }

    public void Seed(ulong seed, ulong index) => _random.Seed(seed, index);

    public void Reset(Span<float> observation)
    {
        _steps = 0;
        Observe(observation);
    }

    public StepResult Step(int action, Span<float> observation)
    {
        double reward = action == _right ? 1 : 0;
        _steps++;
        Observe(observation);
        return new StepResult(reward, Terminated: _steps == EpisodeSteps, Truncated: false);
    }

    private void Observe(Span<float> observation)
    {
        _right = _random.NextInt(_planes);
        observation.Clear();
        observation.Slice(_right * _cells, _cells).Fill(_bright);
    }
}
