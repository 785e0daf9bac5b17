namespace DqnAkka.Environments;

/// <summary>
/// Gymnasium's FrozenLake: from the start S over ice F to the goal G, past the holes H. Actions: left, down, right, up. On slippery ice a
/// step goes where it was meant to with a given probability, and otherwise as often to either side of it.
/// </summary>
internal sealed class FrozenLake : TabularTask
{
    private static readonly Dictionary<string, string[]> Maps = new()
    {
        ["4x4"] =
        [
            "SFFF",
            "FHFH",
            "FFFH",
            "HFFG",
        ],
        ["8x8"] =
        [
            "SFFFFFFF",
            "FFFFFFFF",
            "FFFHFFFF",
            "FFFFFHFF",
            "FFFHFFFF",
            "FHHFFFHF",
            "FHFFHFHF",
            "FFFHFFFG",
        ],
    };

    private static readonly (int Row, int Column)[] Moves = [(0, -1), (1, 0), (0, 1), (-1, 0)];
    private readonly string[] _map;

    /// <summary>Computes the table.</summary>
    /// <param name="mapName">One of <see cref="MapNames"/>.</param>
    /// <param name="isSlippery">Whether steps go astray.</param>
    /// <param name="successRate">Probability that a step on slippery ice does not.</param>
    public FrozenLake(string mapName, bool isSlippery, double successRate)
        : this(Maps[mapName], isSlippery, successRate)
    {
    }

    private FrozenLake(string[] map, bool isSlippery, double successRate)
        : base(Compute(map, isSlippery, successRate), FrozenLakeDrawing.Size) => _map = map;

    /// <summary>Names of the maps.</summary>
    public static IReadOnlyList<string> MapNames { get; } = [.. Maps.Keys];

    public override void Draw(int state, Canvas canvas) => FrozenLakeDrawing.Draw(_map, state, canvas);

    private static TransitionTable Compute(string[] map, bool isSlippery, double successRate)
    {
        string cells = string.Concat(map);
        double failureRate = (1 - successRate) / 2;
        Transition[] Follow(int state, int action) => cells[state] switch
        {
            'H' or 'G' => [new Transition(1, state, 0, Terminated: true)],
            _ when isSlippery =>
            [
                Move(map, state, (action + 3) % 4, failureRate),
                Move(map, state, action, successRate),
                Move(map, state, (action + 1) % 4, failureRate),
            ],
            _ => [Move(map, state, action, 1)],
        };
        Transition[][][] transitions =
            [.. Enumerable.Range(0, cells.Length).Select(state => Enumerable.Range(0, Moves.Length).Select(action => Follow(state, action)).ToArray())];
        double starts = cells.Count(cell => cell == 'S');
        return new TransitionTable(transitions, [.. cells.Select(cell => cell == 'S' ? 1 / starts : 0)]);
    }

    private static Transition Move(string[] map, int state, int action, double probability)
    {
        int width = map[0].Length;
        int row = Math.Clamp((state / width) + Moves[action].Row, 0, map.Length - 1);
        int column = Math.Clamp((state % width) + Moves[action].Column, 0, width - 1);
        char cell = map[row][column];
        return new Transition(probability, (row * width) + column, cell == 'G' ? 1 : 0, cell is 'G' or 'H');
    }
}
