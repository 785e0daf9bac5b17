using DqnAkka.Environments;

namespace DqnAkka.Samples;

/// <summary>
/// A square grid: the agent starts in the top left corner and looks for the bottom right one. Each step costs 1, the step
/// that arrives costs nothing. On slippery ground a step goes astray now and then.
/// </summary>
/// <remarks>Actions are 0 up, 1 right, 2 down, 3 left; a step against the wall stays. Observations are the cell, one-hot.</remarks>
public sealed class GridWorld : IEnvironment
{
    private static readonly (int Row, int Column)[] Moves = [(-1, 0), (0, 1), (1, 0), (0, -1)];
    private readonly int _size;
    private readonly double _slip;
    private readonly RandomSource _random = new(0);
    private int _row;
    private int _column;

    /// <summary>Makes the grid. The parameters are the <c>environment.kwargs</c> of a configuration.</summary>
    /// <param name="size">Cells along each side, 2 to 32.</param>
    /// <param name="slip">Probability that a random move is made in place of the chosen one, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public GridWorld(int size = 5, double slip = 0.0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 32);
        ArgumentOutOfRangeException.ThrowIfNegative(slip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slip, 1.0);
        _size = size;
        _slip = slip;
        ObservationSpace = new BoxSpace(new float[size * size], Enumerable.Repeat(1f, size * size).ToArray());
    }

    /// <inheritdoc />
    public Space ObservationSpace { get; }

    /// <inheritdoc />
    public Space ActionSpace { get; } = new DiscreteSpace(4);

    /// <inheritdoc />
    public void Seed(ulong seed, ulong index) => _random.Seed(seed, index);

    /// <inheritdoc />
    public void Reset(Span<float> observation)
    {
        (_row, _column) = (0, 0);
        Observe(observation);
    }

    /// <inheritdoc />
    public StepResult Step(int action, Span<float> observation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(action, Moves.Length);
        bool slips = _random.NextDouble() < _slip;
        (int rows, int columns) = Moves[slips ? _random.NextInt(Moves.Length) : action];
        _row = Math.Clamp(_row + rows, 0, _size - 1);
        _column = Math.Clamp(_column + columns, 0, _size - 1);
        Observe(observation);
        bool arrived = _row == _size - 1 && _column == _size - 1;
        return new StepResult(arrived ? 0.0 : -1.0, Terminated: arrived, Truncated: false);
    }

    private void Observe(Span<float> observation)
    {
        observation.Clear();
        observation[(_row * _size) + _column] = 1f;
    }
}
