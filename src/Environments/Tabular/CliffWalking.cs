namespace DqnAkka.Environments;

/// <summary>
/// Sutton &amp; Barto's cliff (example 6.6) as Gymnasium's CliffWalking-v1 has it: 4×12 cells, from the lower left to the lower right corner past
/// the cliff between them, which throws back to the start. Actions: up, right, down, left; slippery ground turns a third of the steps to
/// either side.
/// </summary>
internal sealed class CliffWalking : TabularTask
{
    public const int Rows = 4;
    public const int Columns = 12;
    private const int Start = (Rows - 1) * Columns;
    private const int Goal = (Rows * Columns) - 1;
    private static readonly (int Row, int Column)[] Moves = [(-1, 0), (0, 1), (1, 0), (0, -1)];

    /// <summary>Computes the table.</summary>
    /// <param name="isSlippery">Whether steps go astray.</param>
    public CliffWalking(bool isSlippery)
        : base(Compute(isSlippery), CliffWalkingDrawing.Size)
    {
    }

    public override void Draw(int state, Canvas canvas) => CliffWalkingDrawing.Draw(state, canvas);

    private static TransitionTable Compute(bool isSlippery)
    {
        int[] states = [.. Enumerable.Range(0, Rows * Columns)];
        Transition[] Follow(int state, int action) => isSlippery
            ? [Move(state, (action + 3) % 4, 1.0 / 3), Move(state, action, 1.0 / 3), Move(state, (action + 1) % 4, 1.0 / 3)]
            : [Move(state, action, 1)];
        return new TransitionTable(
            [.. states.Select(state => Enumerable.Range(0, Moves.Length).Select(action => Follow(state, action)).ToArray())],
            [.. states.Select(state => state == Start ? 1.0 : 0)]);
    }

    private static Transition Move(int state, int action, double probability)
    {
        int row = Math.Clamp((state / Columns) + Moves[action].Row, 0, Rows - 1);
        int column = Math.Clamp((state % Columns) + Moves[action].Column, 0, Columns - 1);
        int next = (row * Columns) + column;
        return next is > Start and < Goal
            ? new Transition(probability, Start, -100, Terminated: false)
            : new Transition(probability, next, -1, next == Goal);
    }
}
