namespace DqnAkka.Environments;

/// <summary>State of <see cref="Breakout"/>.</summary>
internal struct BreakoutState
{
    /// <summary>The bricks that are left.</summary>
    public UInt128 Bricks;

    /// <summary>Column of the ball.</summary>
    public int BallX;

    /// <summary>Row of the ball.</summary>
    public int BallY;

    /// <summary>Where the ball goes: 0 up and left, 1 up and right, 2 down and right, 3 down and left.</summary>
    public int BallDirection;

    /// <summary>Column of the ball before the last act.</summary>
    public int LastX;

    /// <summary>Row of the ball before the last act.</summary>
    public int LastY;

    /// <summary>Column of the paddle, which is in the last row.</summary>
    public int Paddle;

    /// <summary>Whether the ball was on a brick in the last act.</summary>
    public bool Strike;
}

/// <summary>MinAtar's Breakout: a ball that moves diagonally, a paddle of one cell, three rows of bricks, 1 for each brick. Random numbers: at the beginning the ball's side.</summary>
internal readonly struct Breakout : IMinAtarGame<BreakoutState>
{
    private const int PaddlePlane = 0;
    private const int BallPlane = 1;
    private const int TrailPlane = 2;
    private const int BrickPlane = 3;

    // What turns a direction into its mirror image left to right, top to bottom, and both.
    private const int Sideways = 1;
    private const int Vertically = 3;
    private const int Backwards = 2;

    // Rows 1 to 3.
    private static readonly UInt128 Wall = ((UInt128.One << (3 * MinAtarGrid.Size)) - 1) << MinAtarGrid.Size;

    public static int Planes => 4;

    public static ReadOnlySpan<byte> MinimalActions => [0, MinAtarAction.Left, MinAtarAction.Right];

    public static IReadOnlyList<PlaneColor> Colors { get; } =
    [
        new(BrickPlane, new RgbColor(200, 72, 72)),
        new(TrailPlane, new RgbColor(96, 96, 96)),
        new(BallPlane, RgbColor.White),
        new(PaddlePlane, new RgbColor(66, 158, 200)),
    ];

    public static void Begin(out BreakoutState state, IRandomNumbers random)
    {
        bool fromRight = random.NextInteger(0, 2) == 1;
        int ballX = fromRight ? MinAtarGrid.Last : 0;
        state = new BreakoutState
        {
            Bricks = Wall,
            BallX = ballX,
            BallY = 3,
            BallDirection = fromRight ? 3 : 2,
            LastX = ballX,
            LastY = 3,
            Paddle = 4,
        };
    }

    public static ActResult Act(ref BreakoutState state, int action, bool ramping, IRandomNumbers random)
    {
        state.Paddle = MinAtarGrid.Clamp(state.Paddle + MinAtarAction.Horizontal(action));
        (state.LastX, state.LastY) = (state.BallX, state.BallY);
        int x = state.BallX + (state.BallDirection is 1 or 2 ? 1 : -1);
        int y = state.BallY + (state.BallDirection >= 2 ? 1 : -1);
        if (!MinAtarGrid.Contains(x))
        {
            x = state.BallX;
            state.BallDirection ^= Sideways;
        }

        bool terminal = false;
        int reward = 0;
        bool onBrick = false;
        if (y < 0)
        {
            y = 0;
            state.BallDirection ^= Vertically;
        }
        else if ((state.Bricks & MinAtarGrid.Bit(MinAtarGrid.Cell(x, y))) != UInt128.Zero)
        {
            onBrick = true;
            if (!state.Strike)
            {
                reward = 1;
                state.Bricks ^= MinAtarGrid.Bit(MinAtarGrid.Cell(x, y));
                y = state.BallY;
                state.BallDirection ^= Vertically;
            }
        }
        else if (y == MinAtarGrid.Last)
        {
            terminal = !MeetPaddle(ref state, x, ref y);
        }

        state.Strike = onBrick;
        (state.BallX, state.BallY) = (x, y);
        return new ActResult(reward, terminal);
    }

    public static void Observe(in BreakoutState state, Span<float> observation)
    {
        MinAtarGrid.Clear(observation, BrickPlane);
        MinAtarGrid.Set(observation, PaddlePlane, state.Paddle, MinAtarGrid.Last);
        MinAtarGrid.Set(observation, BallPlane, state.BallX, state.BallY);
        MinAtarGrid.Set(observation, TrailPlane, state.LastX, state.LastY);
        MinAtarGrid.Write(observation, BrickPlane, state.Bricks);
    }

    /// <summary>The ball reaches the paddle's row; a wall that is gone comes back. Returns whether the paddle stops it.</summary>
    private static bool MeetPaddle(ref BreakoutState state, int x, ref int y)
    {
        if (state.Bricks == UInt128.Zero)
        {
            state.Bricks = Wall;
        }

        if (state.BallX == state.Paddle)
        {
            state.BallDirection ^= Vertically;
        }
        else if (x == state.Paddle)
        {
            state.BallDirection ^= Backwards;
        }
        else
        {
            return false;
        }

        y = state.BallY;
        return true;
    }
}
