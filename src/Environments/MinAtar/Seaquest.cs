namespace DqnAkka.Environments;

/// <summary>
/// MinAtar's Seaquest: a submarine shoots fish and submarines (+1 each) and brings up divers before its oxygen is gone. Random numbers: where an
/// enemy is due a uniform for its direction, one for what it is, and an integer for its row; then, where a diver is due, a uniform for its
/// direction and an integer for its row.
/// </summary>
internal readonly struct Seaquest : IMinAtarGame<SeaquestState>
{
    public const int FullOxygen = 200;

    private const int MaxDivers = 6;
    private const int LastRow = 8;
    private const int ShotInterval = 5;
    private const int EnemyShotInterval = 10;
    private const int DiverSpawnInterval = 30;
    private const int DiverMoveInterval = 5;
    private const int FastestMoveSpeed = 2;

    public static int Planes => SeaquestView.Planes;

    public static ReadOnlySpan<byte> MinimalActions =>
        [0, MinAtarAction.Left, MinAtarAction.Up, MinAtarAction.Right, MinAtarAction.Down, MinAtarAction.Fire];

    public static IReadOnlyList<PlaneColor> Colors => SeaquestView.Colors;

    public static void Begin(out SeaquestState state, IRandomNumbers random) => state = new SeaquestState
    {
        Oxygen = FullOxygen,
        PlayerX = 5,
        AtSurface = true,
        EnemySpawnSpeed = 20,
        EnemySpawnTimer = 20,
        DiverSpawnTimer = DiverSpawnInterval,
        MoveSpeed = 5,
    };

    public static ActResult Act(ref SeaquestState state, int action, bool ramping, IRandomNumbers random)
    {
        int reward = 0;
        bool terminal = false;
        Spawn(ref state, random);
        MovePlayer(ref state, action);
        MoveFriendlyBullets(ref state, ref reward);
        MoveDivers(ref state);
        MoveSubmarines(ref state, ref reward, ref terminal);
        MoveEnemyBullets(ref state, ref terminal);
        MoveFish(ref state, ref reward, ref terminal);
        state.EnemySpawnTimer -= state.EnemySpawnTimer > 0 ? 1 : 0;
        state.DiverSpawnTimer -= state.DiverSpawnTimer > 0 ? 1 : 0;
        state.ShotTimer -= state.ShotTimer > 0 ? 1 : 0;
        Breathe(ref state, ramping, ref reward, ref terminal);
        return new ActResult(reward, terminal);
    }

    public static void Observe(in SeaquestState state, Span<float> observation) => SeaquestView.Observe(in state, observation);

    private static void Spawn(ref SeaquestState state, IRandomNumbers random)
    {
        if (state.EnemySpawnTimer == 0)
        {
            SpawnEnemy(ref state, random);
            state.EnemySpawnTimer = state.EnemySpawnSpeed;
        }

        if (state.DiverSpawnTimer == 0)
        {
            bool rightward = random.NextUniform() < 0.5;
            int y = random.NextInteger(1, LastRow + 1);
            state.Divers.Add(At(rightward, y) with { MoveTimer = DiverMoveInterval });
            state.DiverSpawnTimer = DiverSpawnInterval;
        }
    }

    private static void SpawnEnemy(ref SeaquestState state, IRandomNumbers random)
    {
        bool rightward = random.NextUniform() < 0.5;
        bool submarine = random.NextUniform() < 1.0 / 3.0;
        int y = random.NextInteger(1, LastRow + 1);
        if (IsOncoming(ref state.Fish, rightward, y) || IsOncoming(ref state.Submarines, rightward, y))
        {
            return;
        }

        SeaquestEntity enemy = At(rightward, y) with { MoveTimer = (sbyte)state.MoveSpeed };
        if (submarine)
        {
            state.Submarines.Add(enemy with { ShotTimer = EnemyShotInterval });
        }
        else
        {
            state.Fish.Add(enemy);
        }
    }

    /// <summary>An entity at the edge that it comes from.</summary>
    private static SeaquestEntity At(bool rightward, int y) => new((sbyte)(rightward ? 0 : MinAtarGrid.Last), (sbyte)y, rightward);

    private static bool IsOncoming(ref SeaquestList enemies, bool rightward, int y)
    {
        for (int i = 0; i < enemies.Count; i++)
        {
            if (enemies[i].Y == y && enemies[i].Rightward != rightward)
            {
                return true;
            }
        }

        return false;
    }

    private static void MovePlayer(ref SeaquestState state, int action)
    {
        if (action == MinAtarAction.Fire && state.ShotTimer == 0)
        {
            state.FriendlyBullets.Add(new SeaquestEntity((sbyte)state.PlayerX, (sbyte)state.PlayerY, state.FacesRight));
            state.ShotTimer = ShotInterval;
        }

        int move = MinAtarAction.Horizontal(action);
        state.FacesRight = move == 0 ? state.FacesRight : move > 0;
        state.PlayerX = MinAtarGrid.Clamp(state.PlayerX + move);
        state.PlayerY = Math.Clamp(state.PlayerY + MinAtarAction.Vertical(action), 0, LastRow);
    }

    // All lists are gone through from their ends by index: where an earlier equal of an entity was removed in its place, it is met again.
    private static void MoveFriendlyBullets(ref SeaquestState state, ref int reward)
    {
        for (int i = state.FriendlyBullets.Count - 1; i >= 0; i--)
        {
            ref SeaquestEntity bullet = ref state.FriendlyBullets[i];
            bullet.X += (sbyte)bullet.Direction;
            if (!MinAtarGrid.Contains(bullet.X))
            {
                state.FriendlyBullets.Remove(i);
            }
            else if (state.Fish.RemoveAt(bullet.X, bullet.Y) || state.Submarines.RemoveAt(bullet.X, bullet.Y))
            {
                state.FriendlyBullets.Remove(i);
                reward++;
            }
        }
    }

    private static void MoveDivers(ref SeaquestState state)
    {
        for (int i = state.Divers.Count - 1; i >= 0; i--)
        {
            ref SeaquestEntity diver = ref state.Divers[i];
            bool moves = !IsTaken(in state, in diver);
            if (moves && diver.MoveTimer != 0)
            {
                diver.MoveTimer--;
                continue;
            }

            if (moves)
            {
                diver.MoveTimer = DiverMoveInterval;
                diver.X += (sbyte)diver.Direction;
            }

            bool taken = IsTaken(in state, in diver);
            if (taken || !MinAtarGrid.Contains(diver.X))
            {
                state.Divers.Remove(i);
                state.DiversHeld += taken ? 1 : 0;
            }
        }
    }

    private static bool IsTaken(in SeaquestState state, in SeaquestEntity diver) =>
        diver.IsAt(state.PlayerX, state.PlayerY) && state.DiversHeld < MaxDivers;

    private static void MoveSubmarines(ref SeaquestState state, ref int reward, ref bool terminal)
    {
        for (int i = state.Submarines.Count - 1; i >= 0; i--)
        {
            ref SeaquestEntity submarine = ref state.Submarines[i];
            terminal |= submarine.IsAt(state.PlayerX, state.PlayerY);
            if (submarine.MoveTimer != 0)
            {
                submarine.MoveTimer--;
                Shoot(ref state, ref submarine);
                continue;
            }

            (int place, SeaquestEntity moved) = Advance(ref state, ref state.Submarines, i, ref reward, ref terminal);
            // Even where it was removed just now.
            Shoot(ref state, ref moved);
            if (place >= 0)
            {
                state.Submarines[place] = moved;
            }
        }
    }

    private static void Shoot(ref SeaquestState state, ref SeaquestEntity submarine)
    {
        if (submarine.ShotTimer != 0)
        {
            submarine.ShotTimer--;
            return;
        }

        submarine.ShotTimer = EnemyShotInterval;
        state.EnemyBullets.Add(new SeaquestEntity(submarine.X, submarine.Y, submarine.Rightward));
    }

    private static void MoveFish(ref SeaquestState state, ref int reward, ref bool terminal)
    {
        for (int i = state.Fish.Count - 1; i >= 0; i--)
        {
            ref SeaquestEntity fish = ref state.Fish[i];
            terminal |= fish.IsAt(state.PlayerX, state.PlayerY);
            if (fish.MoveTimer != 0)
            {
                fish.MoveTimer--;
            }
            else
            {
                Advance(ref state, ref state.Fish, i, ref reward, ref terminal);
            }
        }
    }

    /// <summary>Moves one enemy whose time has come. Returns its place afterwards, −1 where it was removed, and the enemy as it is then.</summary>
    private static (int Place, SeaquestEntity Enemy) Advance(
        ref SeaquestState state, ref SeaquestList enemies, int index, ref int reward, ref bool terminal)
    {
        ref SeaquestEntity enemy = ref enemies[index];
        enemy.MoveTimer = (sbyte)state.MoveSpeed;
        enemy.X += (sbyte)enemy.Direction;
        SeaquestEntity moved = enemy;
        if (!MinAtarGrid.Contains(moved.X))
        {
            return (enemies.Remove(index), moved);
        }

        if (moved.IsAt(state.PlayerX, state.PlayerY))
        {
            terminal = true;
        }
        else if (state.FriendlyBullets.RemoveAt(moved.X, moved.Y))
        {
            reward++;
            return (enemies.Remove(index), moved);
        }

        return (index, moved);
    }

    private static void MoveEnemyBullets(ref SeaquestState state, ref bool terminal)
    {
        for (int i = state.EnemyBullets.Count - 1; i >= 0; i--)
        {
            ref SeaquestEntity bullet = ref state.EnemyBullets[i];
            terminal |= bullet.IsAt(state.PlayerX, state.PlayerY);
            bullet.X += (sbyte)bullet.Direction;
            terminal |= bullet.IsAt(state.PlayerX, state.PlayerY);
            if (!MinAtarGrid.Contains(bullet.X))
            {
                state.EnemyBullets.Remove(i);
            }
        }
    }

    private static void Breathe(ref SeaquestState state, bool ramping, ref int reward, ref bool terminal)
    {
        terminal |= state.Oxygen <= 0;
        if (state.PlayerY > 0)
        {
            state.Oxygen--;
            state.AtSurface = false;
        }
        else if (!state.AtSurface)
        {
            terminal |= state.DiversHeld == 0;
            if (state.DiversHeld != 0)
            {
                reward += Surface(ref state, ramping);
            }
        }
    }

    /// <summary>Gives back one diver for oxygen, or six for a reward. Returns the reward.</summary>
    private static int Surface(ref SeaquestState state, bool ramping)
    {
        int reward = 0;
        state.AtSurface = true;
        if (state.DiversHeld == MaxDivers)
        {
            state.DiversHeld = 0;
            // Rounded down, below zero too: a submarine whose oxygen has run out may still surface in this act.
            reward = (int)Math.Floor((double)(state.Oxygen * MinAtarGrid.Size) / FullOxygen);
        }

        state.Oxygen = FullOxygen;
        // Six that were brought up leave -1, and each later surfacing is free: a quirk of the reference that scores depend on.
        state.DiversHeld--;
        if (ramping && (state.EnemySpawnSpeed > 1 || state.MoveSpeed > FastestMoveSpeed))
        {
            state.MoveSpeed -= state.MoveSpeed > FastestMoveSpeed && state.RampIndex % 2 == 1 ? 1 : 0;
            state.EnemySpawnSpeed -= state.EnemySpawnSpeed > 1 ? 1 : 0;
            state.RampIndex++;
        }

        return reward;
    }
}
