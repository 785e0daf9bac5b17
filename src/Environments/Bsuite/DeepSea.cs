namespace DqnAkka.Environments;

/// <summary>State of <see cref="DeepSea"/>.</summary>
/// <param name="Row">The diver's row, 0 at the surface; the number of rows at the end.</param>
/// <param name="Column">The diver's column.</param>
internal record struct DeepSeaState(int Row, int Column);

/// <summary>
/// bsuite's deep sea (Osband et al. 2020): a diver sinks one row a step through N × N cells, to the left for nothing or to the right at a
/// small cost, and a treasure lies where only steps to the right lead. Which action is to the right differs from cell to cell. Draws: in the
/// stochastic variant on the last row in the first or last column a normal number that is added to the reward; at each step to the right a
/// uniform one, which in the stochastic variant says whether it succeeds.
/// </summary>
internal readonly struct DeepSea : IDynamics<DeepSeaState>
{
    private const double MoveCost = 0.01;
    private readonly int _size;
    private readonly bool _deterministic;
    private readonly bool[] _rightIsOne;

    /// <summary>Makes the rules.</summary>
    /// <param name="size">Rows and columns, N, at least 1.</param>
    /// <param name="deterministic">Whether steps to the right always succeed and rewards are without noise.</param>
    /// <param name="rightIsOne">Whether in a cell action 1, and not 0, means right, [N × N] row-major. Kept.</param>
    public DeepSea(int size, bool deterministic, bool[] rightIsOne)
    {
        _size = size;
        _deterministic = deterministic;
        _rightIsOne = rightIsOne;
        ObservationSpace = new BoxSpace(
            new float[size * size], [.. Enumerable.Repeat(1f, size * size)], ObservationType.Boolean, shape: new PlaneShape(1, size, size));
    }

    public BoxSpace ObservationSpace { get; }

    public int ObservationSize => _rightIsOne.Length;

    public int ActionCount => 2;

    public ImageSize RenderSize => DeepSeaDrawing.Size;

    /// <summary>Which action means right in each cell, [N × N] row-major: one that a seed derives, the same for all copies.</summary>
    /// <param name="size">Rows and columns, N.</param>
    /// <param name="seed">The seed.</param>
    public static bool[] RandomMapping(int size, int seed)
    {
        RandomSource random = new((ulong)seed);
        bool[] mapping = new bool[size * size];
        for (int i = 0; i < mapping.Length; i++)
        {
            mapping[i] = random.NextBit();
        }

        return mapping;
    }

    /// <summary>Action 1 means right in every cell, [N × N].</summary>
    /// <param name="size">Rows and columns, N.</param>
    public static bool[] PlainMapping(int size) => [.. Enumerable.Repeat(true, size * size)];

    public void Reset(ref DeepSeaState state, IRandomNumbers random) => state = default;

    public void Observe(in DeepSeaState state, Span<float> observation)
    {
        observation.Clear();
        if (state.Row < _size)
        {
            observation[(state.Row * _size) + state.Column] = 1;
        }
    }

    public StepResult Step(ref DeepSeaState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        double reward = 0;
        if (state.Row < _size)
        {
            reward = Sink(ref state, action == 1 == _rightIsOne[(state.Row * _size) + state.Column], random);
        }

        Observe(in state, observation);
        return new StepResult(reward, state.Row == _size, Truncated: false);
    }

    public void Render(in DeepSeaState state, Canvas canvas) => DeepSeaDrawing.Draw(_size, in state, canvas);

    private double Sink(ref DeepSeaState state, bool right, IRandomNumbers random)
    {
        int last = _size - 1;
        double reward = right && state.Column == last ? 1 : 0;
        if (!_deterministic && state.Row == last && (state.Column == 0 || state.Column == last))
        {
            reward += random.NextNormal();
        }

        if (right)
        {
            bool succeeds = random.NextUniform() > 1.0 / _size | _deterministic;
            state.Column = Math.Min(state.Column + (succeeds ? 1 : 0), last);
            reward -= MoveCost / _size;
        }
        else
        {
            state.Column = Math.Max(state.Column - 1, 0);
        }

        state.Row++;
        return reward;
    }
}
