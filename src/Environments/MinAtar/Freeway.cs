using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>A car of <see cref="Freeway"/>; its row is its number plus 1.</summary>
internal struct FreewayCar
{
    /// <summary>Column.</summary>
    public sbyte X;

    /// <summary>Acts until it moves.</summary>
    public sbyte Timer;

    /// <summary>Acts between two moves, 1 to 5; below 0 to the left. 0, which a draw of exactly one half gives, stands.</summary>
    public sbyte Speed;
}

/// <summary>State of <see cref="Freeway"/>.</summary>
internal struct FreewayState
{
    /// <summary>The cars, from the top.</summary>
    public Lanes Cars;

    /// <summary>Row of the chicken.</summary>
    public int Chicken;

    /// <summary>Acts until the chicken can move.</summary>
    public int MoveTimer;

    /// <summary>Acts until the end; it comes below 0.</summary>
    public int TerminateTimer;

    [InlineArray(Freeway.CarCount)]
    internal struct Lanes
    {
        private FreewayCar _car;
    }
}

/// <summary>
/// MinAtar's Freeway: a chicken crosses eight lanes (+1), each car throws it back, for 2,501 acts. Random numbers: at the beginning and after each
/// crossing an integer for each car's speed, then a uniform for each car's direction.
/// </summary>
internal readonly struct Freeway : IMinAtarGame<FreewayState>
{
    public const int CarCount = 8;

    private const int ChickenPlane = 0;
    private const int CarPlane = 1;
    private const int ChickenColumn = 4;
    private const int SlowestSpeed = 5;
    private const int MoveInterval = 3;

    public static int Planes => 2 + SlowestSpeed;

    public static ReadOnlySpan<byte> MinimalActions => [0, MinAtarAction.Up, MinAtarAction.Down];

    // The trails are the brighter the faster the car.
    public static IReadOnlyList<PlaneColor> Colors { get; } =
    [
        .. Enumerable.Range(1, SlowestSpeed).Select(speed => new PlaneColor(CarPlane + speed, new RgbColor((byte)(220 - (32 * speed)), 96, 48))),
        new(CarPlane, new RgbColor(224, 224, 224)),
        new(ChickenPlane, new RgbColor(232, 196, 64)),
    ];

    public static void Begin(out FreewayState state, IRandomNumbers random)
    {
        state = new FreewayState { Chicken = MinAtarGrid.Last, MoveTimer = MoveInterval, TerminateTimer = 2500 };
        DrawSpeeds(ref state, random);
    }

    public static ActResult Act(ref FreewayState state, int action, bool ramping, IRandomNumbers random)
    {
        int move = MinAtarAction.Vertical(action);
        if (move != 0 && state.MoveTimer == 0)
        {
            state.MoveTimer = MoveInterval;
            state.Chicken = MinAtarGrid.Clamp(state.Chicken + move);
        }

        int reward = 0;
        if (state.Chicken == 0)
        {
            reward = 1;
            DrawSpeeds(ref state, random);
            state.Chicken = MinAtarGrid.Last;
        }

        for (int i = 0; i < CarCount; i++)
        {
            Drive(ref state, i);
        }

        state.MoveTimer -= state.MoveTimer > 0 ? 1 : 0;
        state.TerminateTimer--;
        return new ActResult(reward, state.TerminateTimer < 0);
    }

    public static void Observe(in FreewayState state, Span<float> observation)
    {
        MinAtarGrid.Clear(observation, Planes);
        MinAtarGrid.Set(observation, ChickenPlane, ChickenColumn, state.Chicken);
        for (int i = 0; i < CarCount; i++)
        {
            FreewayCar car = state.Cars[i];
            MinAtarGrid.Set(observation, CarPlane, car.X, i + 1);
            if (car.Speed != 0)
            {
                MinAtarGrid.Set(observation, CarPlane + Math.Abs((int)car.Speed), Wrap(car.X - Math.Sign(car.Speed)), i + 1);
            }
        }
    }

    private static void DrawSpeeds(ref FreewayState state, IRandomNumbers random)
    {
        foreach (ref FreewayCar car in (Span<FreewayCar>)state.Cars)
        {
            car.Speed = (sbyte)random.NextInteger(1, SlowestSpeed + 1);
        }

        foreach (ref FreewayCar car in (Span<FreewayCar>)state.Cars)
        {
            car.Speed = (sbyte)(car.Speed * Math.Sign(random.NextUniform() - 0.5));
            car.Timer = Math.Abs(car.Speed);
        }
    }

    private static void Drive(ref FreewayState state, int i)
    {
        ref FreewayCar car = ref state.Cars[i];
        Hit(ref state, car.X, i);
        if (car.Timer != 0)
        {
            car.Timer--;
            return;
        }

        car.Timer = Math.Abs(car.Speed);
        car.X = (sbyte)Wrap(car.X + Math.Sign(car.Speed));
        Hit(ref state, car.X, i);
    }

    private static void Hit(ref FreewayState state, int x, int i)
    {
        if (x == ChickenColumn && state.Chicken == i + 1)
        {
            state.Chicken = MinAtarGrid.Last;
        }
    }

    private static int Wrap(int x) => x < 0 ? MinAtarGrid.Last : x > MinAtarGrid.Last ? 0 : x;
}
