namespace DqnAkka.Environments;

/// <summary>
/// Dietterich's taxi (2000) as Gymnasium's Taxi-v4 has it: 5×5 cells with walls and four stands. Actions: south, north, east, west, pick up,
/// drop off. State = ((row · 5 + column) · 5 + passenger) · 4 + destination, passenger 4 being inside. In the rain a move that no wall
/// stops goes astray with 0.2, as often to the taxi's left as to its right.
/// </summary>
internal sealed class Taxi : TabularTask
{
    public const int Side = 5;
    public const int Inside = 4;
    private const double StepReward = -1;
    private const double IllegalReward = -10;
    private const double DeliveryReward = 20;
    private const double DryShare = 0.8;
    private static readonly (int Row, int Column)[] Moves = [(1, 0), (-1, 0), (0, 1), (0, -1)];

    // Of a taxi that faces south, north, east, west.
    private static readonly int[] Left = [2, 3, 1, 0];
    private static readonly int[] Right = [3, 2, 0, 1];
    private static readonly Lazy<Taxi> Dry = new(() => new Taxi(isRainy: false));
    private static readonly Lazy<Taxi> Rainy = new(() => new Taxi(isRainy: true));

    private Taxi(bool isRainy)
        : base(Compute(isRainy), TaxiDrawing.Size)
    {
    }

    /// <summary>The stands: red, green, yellow, blue.</summary>
    public static IReadOnlyList<(int Row, int Column)> Stands { get; } = [(0, 0), (0, 4), (4, 0), (4, 3)];

    /// <summary>The task, one object for each weather.</summary>
    public static Taxi In(bool rain) => (rain ? Rainy : Dry).Value;

    /// <summary>Whether there is a wall on the eastern side of a cell.</summary>
    public static bool HasWallInTheEast(int row, int column) => column == Side - 1 || (row, column) is (0 or 1, 1) or (3 or 4, 0 or 2);

    /// <summary>What the number of a state stands for.</summary>
    public static (int Row, int Column, int Passenger, int Destination) Decode(int state) =>
        (state / (4 * Side * Side), state / (4 * Side) % Side, state / 4 % Side, state % 4);

    public override void Draw(int state, Canvas canvas) => TaxiDrawing.Draw(state, canvas);

    private static int Encode(int row, int column, int passenger, int destination) => (((((row * Side) + column) * Side) + passenger) * 4) + destination;

    private static TransitionTable Compute(bool isRainy)
    {
        int[] states = [.. Enumerable.Range(0, Side * Side * (Stands.Count + 1) * Stands.Count)];
        Transition[][][] transitions = [.. states.Select(state => Enumerable.Range(0, 6).Select(action => action switch
        {
            4 => PickUp(state),
            5 => DropOff(state),
            _ => Drive(state, action, isRainy),
        }).ToArray())];
        bool[] isFirst = [.. states.Select(Decode).Select(parts => parts.Passenger != Inside && parts.Passenger != parts.Destination)];
        double count = isFirst.Count(first => first);
        return new TransitionTable(transitions, [.. isFirst.Select(first => first ? 1 / count : 0)]);
    }

    private static Transition[] Drive(int state, int action, bool isRainy)
    {
        int ahead = Move(state, action);
        if (!isRainy)
        {
            return [new Transition(1, ahead, StepReward, Terminated: false)];
        }

        // A taxi before a wall does not move, and so does not slide.
        int left = ahead == state ? state : Move(state, Left[action]);
        int right = ahead == state ? state : Move(state, Right[action]);
        const double Astray = (1 - DryShare) / 2;
        return
        [
            new Transition(DryShare, ahead, StepReward, Terminated: false),
            new Transition(Astray, left, StepReward, Terminated: false),
            new Transition(Astray, right, StepReward, Terminated: false),
        ];
    }

    private static int Move(int state, int action)
    {
        (int row, int column, int passenger, int destination) = Decode(state);
        (int down, int right) = Moves[action];
        bool isWalled = right != 0 && (column + Math.Min(right, 0) < 0 || HasWallInTheEast(row, column + Math.Min(right, 0)));
        return isWalled ? state : Encode(Math.Clamp(row + down, 0, Side - 1), column + right, passenger, destination);
    }

    private static Transition[] PickUp(int state)
    {
        (int row, int column, int passenger, int destination) = Decode(state);
        return passenger != Inside && Stands[passenger] == (row, column)
            ? [new Transition(1, Encode(row, column, Inside, destination), StepReward, Terminated: false)]
            : [new Transition(1, state, IllegalReward, Terminated: false)];
    }

    private static Transition[] DropOff(int state)
    {
        (int row, int column, int passenger, int destination) = Decode(state);
        int stand = Array.IndexOf([.. Stands], (row, column));
        if (passenger != Inside || stand < 0)
        {
            return [new Transition(1, state, IllegalReward, Terminated: false)];
        }

        bool delivered = stand == destination;
        return [new Transition(1, Encode(row, column, stand, destination), delivered ? DeliveryReward : StepReward, delivered)];
    }
}
