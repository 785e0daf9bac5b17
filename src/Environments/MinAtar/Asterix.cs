using System.Numerics;
using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>State of <see cref="Asterix"/>. Slot i is row i + 1; the sets of slots have one bit for each.</summary>
internal struct AsterixState
{
    /// <summary>Column of what is in each slot.</summary>
    public SlotColumns Columns;

    /// <summary>The slots that something is in.</summary>
    public uint Occupied;

    /// <summary>The slots whose entity goes to the right, out of the occupied ones.</summary>
    public uint Rightward;

    /// <summary>The slots with gold, out of the occupied ones; the others are enemies.</summary>
    public uint Gold;

    /// <summary>Column of the player.</summary>
    public int PlayerX;

    /// <summary>Row of the player, 1 to 8.</summary>
    public int PlayerY;

    /// <summary>Acts between two entities.</summary>
    public int SpawnSpeed;

    /// <summary>Acts until the next entity.</summary>
    public int SpawnTimer;

    /// <summary>Acts between two moves of the entities.</summary>
    public int MoveSpeed;

    /// <summary>Acts until the entities move.</summary>
    public int MoveTimer;

    /// <summary>Acts until the game gets harder.</summary>
    public int RampTimer;

    /// <summary>How often the game got harder.</summary>
    public int RampIndex;

    [InlineArray(Asterix.Slots)]
    internal struct SlotColumns
    {
        private int _column;
    }
}

/// <summary>
/// MinAtar's Asterix: gold (+1) and enemies (the end) cross the rows, one in a row. Random numbers: where an entity is due a uniform for its
/// direction, one for what it is, and, where a row is free, an integer for the row.
/// </summary>
internal readonly struct Asterix : IMinAtarGame<AsterixState>
{
    public const int Slots = 8;

    private const int PlayerPlane = 0;
    private const int EnemyPlane = 1;
    private const int TrailPlane = 2;
    private const int GoldPlane = 3;
    private const int RampInterval = 100;
    private const uint AllSlots = (1u << Slots) - 1;

    public static int Planes => 4;

    public static ReadOnlySpan<byte> MinimalActions => [0, MinAtarAction.Left, MinAtarAction.Up, MinAtarAction.Right, MinAtarAction.Down];

    public static IReadOnlyList<PlaneColor> Colors { get; } =
    [
        new(TrailPlane, new RgbColor(72, 72, 72)),
        new(EnemyPlane, new RgbColor(200, 72, 72)),
        new(GoldPlane, new RgbColor(232, 196, 64)),
        new(PlayerPlane, new RgbColor(66, 158, 200)),
    ];

    public static void Begin(out AsterixState state, IRandomNumbers random) => state = new AsterixState
    {
        PlayerX = 5,
        PlayerY = 5,
        SpawnSpeed = 10,
        SpawnTimer = 10,
        MoveSpeed = 5,
        MoveTimer = 5,
        RampTimer = RampInterval,
    };

    public static ActResult Act(ref AsterixState state, int action, bool ramping, IRandomNumbers random)
    {
        if (state.SpawnTimer == 0)
        {
            Spawn(ref state, random);
            state.SpawnTimer = state.SpawnSpeed;
        }

        state.PlayerX = MinAtarGrid.Clamp(state.PlayerX + MinAtarAction.Horizontal(action));
        state.PlayerY = Math.Clamp(state.PlayerY + MinAtarAction.Vertical(action), 1, Slots);
        ActResult result = Touch(ref state);
        if (state.MoveTimer == 0)
        {
            state.MoveTimer = state.MoveSpeed;
            Move(ref state);
            ActResult moved = Touch(ref state);
            result = new ActResult(result.Reward + moved.Reward, result.Terminal | moved.Terminal);
        }

        state.SpawnTimer--;
        state.MoveTimer--;
        if (ramping && (state.SpawnSpeed > 1 || state.MoveSpeed > 1))
        {
            Ramp(ref state);
        }

        return result;
    }

    public static void Observe(in AsterixState state, Span<float> observation)
    {
        MinAtarGrid.Clear(observation, Planes);
        MinAtarGrid.Set(observation, PlayerPlane, state.PlayerX, state.PlayerY);
        for (uint left = state.Occupied; left != 0; left &= left - 1)
        {
            int slot = BitOperations.TrailingZeroCount(left);
            int x = state.Columns[slot];
            MinAtarGrid.Set(observation, IsIn(state.Gold, slot) ? GoldPlane : EnemyPlane, x, slot + 1);
            int behind = x + (IsIn(state.Rightward, slot) ? -1 : 1);
            if (MinAtarGrid.Contains(behind))
            {
                MinAtarGrid.Set(observation, TrailPlane, behind, slot + 1);
            }
        }
    }

    private static bool IsIn(uint slots, int slot) => (slots >> slot & 1) != 0;

    private static void Spawn(ref AsterixState state, IRandomNumbers random)
    {
        bool rightward = random.NextUniform() < 0.5;
        bool gold = random.NextUniform() < 1.0 / 3.0;
        uint free = ~state.Occupied & AllSlots;
        if (free == 0)
        {
            return;
        }

        for (int skipped = random.NextInteger(0, BitOperations.PopCount(free)); skipped > 0; skipped--)
        {
            free &= free - 1;
        }

        int slot = BitOperations.TrailingZeroCount(free);
        uint bit = 1u << slot;
        state.Occupied |= bit;
        state.Rightward |= rightward ? bit : 0;
        state.Gold |= gold ? bit : 0;
        state.Columns[slot] = rightward ? 0 : MinAtarGrid.Last;
    }

    /// <summary>What the player gets from the entity on its cell. There is one entity in a row at most, so no other can be on it.</summary>
    private static ActResult Touch(ref AsterixState state)
    {
        int slot = state.PlayerY - 1;
        if (!IsIn(state.Occupied, slot) || state.Columns[slot] != state.PlayerX)
        {
            return new ActResult(0, Terminal: false);
        }

        if (!IsIn(state.Gold, slot))
        {
            return new ActResult(0, Terminal: true);
        }

        Free(ref state, slot);
        return new ActResult(1, Terminal: false);
    }

    private static void Move(ref AsterixState state)
    {
        for (uint left = state.Occupied; left != 0; left &= left - 1)
        {
            int slot = BitOperations.TrailingZeroCount(left);
            int x = state.Columns[slot] + (IsIn(state.Rightward, slot) ? 1 : -1);
            state.Columns[slot] = x;
            if (!MinAtarGrid.Contains(x))
            {
                Free(ref state, slot);
            }
        }
    }

    private static void Free(ref AsterixState state, int slot)
    {
        uint others = ~(1u << slot);
        state.Occupied &= others;
        state.Rightward &= others;
        state.Gold &= others;
    }

    private static void Ramp(ref AsterixState state)
    {
        if (state.RampTimer >= 0)
        {
            state.RampTimer--;
            return;
        }

        if (state.MoveSpeed > 1 && state.RampIndex % 2 == 1)
        {
            state.MoveSpeed--;
        }

        if (state.SpawnSpeed > 1)
        {
            state.SpawnSpeed--;
        }

        state.RampIndex++;
        state.RampTimer = RampInterval;
    }
}
