namespace DqnAkka.Environments;

/// <summary>State of <see cref="SpaceInvaders"/>.</summary>
internal struct SpaceInvadersState
{
    /// <summary>The aliens.</summary>
    public UInt128 Aliens;

    /// <summary>The cannon's bullets.</summary>
    public UInt128 FriendlyBullets;

    /// <summary>The aliens' bullets.</summary>
    public UInt128 EnemyBullets;

    /// <summary>Column of the cannon, which is in the last row.</summary>
    public int Cannon;

    /// <summary>Where the aliens go: −1 left, 1 right.</summary>
    public int AlienDirection;

    /// <summary>The most acts between two moves of the aliens; there are no more than there are aliens.</summary>
    public int MoveInterval;

    /// <summary>Acts until the aliens move.</summary>
    public int AlienMoveTimer;

    /// <summary>Acts until an alien shoots.</summary>
    public int AlienShotTimer;

    /// <summary>Acts until the cannon can shoot.</summary>
    public int ShotTimer;

    /// <summary>How often the game got harder.</summary>
    public int RampIndex;
}

/// <summary>MinAtar's Space Invaders: a cannon shoots aliens (+1 each) that come down and shoot back, wave after wave. It draws no random numbers of its own.</summary>
internal readonly struct SpaceInvaders : IMinAtarGame<SpaceInvadersState>
{
    private const int CannonPlane = 0;
    private const int AlienPlane = 1;
    private const int LeftPlane = 2;
    private const int RightPlane = 3;
    private const int FriendlyBulletPlane = 4;
    private const int EnemyBulletPlane = 5;
    private const int ShotInterval = 5;
    private const int AlienShotInterval = 10;
    private const int FastestMoveInterval = 6;

    private static readonly UInt128 AllCells = (UInt128.One << MinAtarGrid.Cells) - 1;
    private static readonly UInt128 LastRow = AllCells & ~(AllCells >> MinAtarGrid.Size);
    private static readonly UInt128 LeftColumn = Column(0);
    private static readonly UInt128 RightColumn = Column(MinAtarGrid.Last);

    // Rows 0 to 3, columns 2 to 7.
    private static readonly UInt128 Wave =
        Enumerable.Range(0, 4).SelectMany(y => Enumerable.Range(2, 6).Select(x => MinAtarGrid.Bit(MinAtarGrid.Cell(x, y)))).Aggregate((all, one) => all | one);

    public static int Planes => 6;

    public static ReadOnlySpan<byte> MinimalActions => [0, MinAtarAction.Left, MinAtarAction.Right, MinAtarAction.Fire];

    public static IReadOnlyList<PlaneColor> Colors { get; } =
    [
        new(LeftPlane, new RgbColor(80, 168, 88)),
        new(RightPlane, new RgbColor(128, 168, 64)),
        new(FriendlyBulletPlane, RgbColor.White),
        new(EnemyBulletPlane, new RgbColor(200, 72, 72)),
        new(CannonPlane, new RgbColor(66, 158, 200)),
    ];

    public static void Begin(out SpaceInvadersState state, IRandomNumbers random) => state = new SpaceInvadersState
    {
        Aliens = Wave,
        Cannon = 5,
        AlienDirection = -1,
        MoveInterval = 12,
        AlienMoveTimer = 12,
        AlienShotTimer = AlienShotInterval,
    };

    public static ActResult Act(ref SpaceInvadersState state, int action, bool ramping, IRandomNumbers random)
    {
        if (action == MinAtarAction.Fire && state.ShotTimer == 0)
        {
            state.FriendlyBullets |= CannonCell(in state);
            state.ShotTimer = ShotInterval;
        }

        state.Cannon = MinAtarGrid.Clamp(state.Cannon + MinAtarAction.Horizontal(action));
        UInt128 cannon = CannonCell(in state);
        state.FriendlyBullets >>= MinAtarGrid.Size;
        state.EnemyBullets = (state.EnemyBullets << MinAtarGrid.Size) & AllCells;
        bool terminal = ((state.EnemyBullets | state.Aliens) & cannon) != UInt128.Zero;
        if (state.AlienMoveTimer == 0)
        {
            state.AlienMoveTimer = Math.Min((int)UInt128.PopCount(state.Aliens), state.MoveInterval);
            terminal |= MoveAliens(ref state);
            terminal |= (state.Aliens & cannon) != UInt128.Zero;
        }

        if (state.AlienShotTimer == 0)
        {
            state.AlienShotTimer = AlienShotInterval;
            state.EnemyBullets |= Shooter(in state);
        }

        UInt128 hit = state.Aliens & state.FriendlyBullets;
        state.Aliens ^= hit;
        state.FriendlyBullets ^= hit;
        state.ShotTimer -= state.ShotTimer > 0 ? 1 : 0;
        state.AlienMoveTimer--;
        state.AlienShotTimer--;
        if (state.Aliens == UInt128.Zero)
        {
            NextWave(ref state, ramping);
        }

        return new ActResult((int)UInt128.PopCount(hit), terminal);
    }

    public static void Observe(in SpaceInvadersState state, Span<float> observation)
    {
        MinAtarGrid.Write(observation, CannonPlane, CannonCell(in state));
        MinAtarGrid.Write(observation, AlienPlane, state.Aliens);
        MinAtarGrid.Write(observation, LeftPlane, state.AlienDirection < 0 ? state.Aliens : UInt128.Zero);
        MinAtarGrid.Write(observation, RightPlane, state.AlienDirection < 0 ? UInt128.Zero : state.Aliens);
        MinAtarGrid.Write(observation, FriendlyBulletPlane, state.FriendlyBullets);
        MinAtarGrid.Write(observation, EnemyBulletPlane, state.EnemyBullets);
    }

    private static UInt128 CannonCell(in SpaceInvadersState state) => MinAtarGrid.Bit(MinAtarGrid.Cell(state.Cannon, MinAtarGrid.Last));

    private static UInt128 Column(int x)
    {
        UInt128 cells = UInt128.Zero;
        for (int y = 0; y < MinAtarGrid.Size; y++)
        {
            cells |= MinAtarGrid.Bit(MinAtarGrid.Cell(x, y));
        }

        return cells;
    }

    /// <summary>The aliens move by one column, or at an edge down by one row. Returns whether they had come down all the way.</summary>
    private static bool MoveAliens(ref SpaceInvadersState state)
    {
        UInt128 aliens = state.Aliens;
        if ((aliens & (state.AlienDirection < 0 ? LeftColumn : RightColumn)) == UInt128.Zero)
        {
            state.Aliens = state.AlienDirection < 0 ? aliens >> 1 : aliens << 1;
            return false;
        }

        state.AlienDirection = -state.AlienDirection;
        UInt128 below = aliens & LastRow;
        // What leaves the last row comes back in the first.
        state.Aliens = ((aliens << MinAtarGrid.Size) & AllCells) | (below >> (MinAtarGrid.Cells - MinAtarGrid.Size));
        return below != UInt128.Zero;
    }

    /// <summary>The lowest alien of the column nearest to the cannon, the left one of two as near; none where there are no aliens.</summary>
    private static UInt128 Shooter(in SpaceInvadersState state)
    {
        for (int distance = 0; distance < MinAtarGrid.Size; distance++)
        {
            UInt128 left = state.Cannon >= distance ? state.Aliens & (LeftColumn << (state.Cannon - distance)) : UInt128.Zero;
            UInt128 column = left != UInt128.Zero || state.Cannon + distance > MinAtarGrid.Last
                ? left
                : state.Aliens & (LeftColumn << (state.Cannon + distance));
            if (column != UInt128.Zero)
            {
                return UInt128.One << (127 - (int)UInt128.LeadingZeroCount(column));
            }
        }

        return UInt128.Zero;
    }

    private static void NextWave(ref SpaceInvadersState state, bool ramping)
    {
        if (ramping && state.MoveInterval > FastestMoveInterval)
        {
            state.MoveInterval--;
            state.RampIndex++;
        }

        state.Aliens = Wave;
    }
}
