using System.Text.Json.Nodes;

namespace DqnAkka.Environments.Tests;

internal sealed class RecordedSeaquest : IRecordedState<SeaquestState>
{
    // Numbers of a row: bullets x, y, direction; fish and divers also their move timer; submarines also their shot timer.
    private const int Bullet = 3;
    private const int Swimmer = 4;
    private const int Submarine = 5;

    public static SeaquestState Read(JsonObject recorded) => new()
    {
        Oxygen = recorded.Int("oxygen"),
        DiversHeld = recorded.Int("diver_count"),
        PlayerX = recorded.Int("sub_x"),
        PlayerY = recorded.Int("sub_y"),
        FacesRight = recorded.Flag("sub_or"),
        FriendlyBullets = List(recorded.Rows("f_bullets"), Bullet),
        EnemyBullets = List(recorded.Rows("e_bullets"), Bullet),
        Fish = List(recorded.Rows("e_fish"), Swimmer),
        Submarines = List(recorded.Rows("e_subs"), Submarine),
        Divers = List(recorded.Rows("divers"), Swimmer),
        EnemySpawnSpeed = recorded.Int("e_spawn_speed"),
        EnemySpawnTimer = recorded.Int("e_spawn_timer"),
        DiverSpawnTimer = recorded.Int("d_spawn_timer"),
        MoveSpeed = recorded.Int("move_speed"),
        RampIndex = recorded.Int("ramp_index"),
        ShotTimer = recorded.Int("shot_timer"),
        AtSurface = recorded.Flag("surface"),
    };

    public static JsonObject Write(in SeaquestState state) => new()
    {
        ["oxygen"] = state.Oxygen,
        ["diver_count"] = state.DiversHeld,
        ["sub_x"] = state.PlayerX,
        ["sub_y"] = state.PlayerY,
        ["sub_or"] = state.FacesRight,
        ["f_bullets"] = Rows(state.FriendlyBullets, Bullet),
        ["e_bullets"] = Rows(state.EnemyBullets, Bullet),
        ["e_fish"] = Rows(state.Fish, Swimmer),
        ["e_subs"] = Rows(state.Submarines, Submarine),
        ["divers"] = Rows(state.Divers, Swimmer),
        ["e_spawn_speed"] = state.EnemySpawnSpeed,
        ["e_spawn_timer"] = state.EnemySpawnTimer,
        ["d_spawn_timer"] = state.DiverSpawnTimer,
        ["move_speed"] = state.MoveSpeed,
        ["ramp_index"] = state.RampIndex,
        ["shot_timer"] = state.ShotTimer,
        ["surface"] = state.AtSurface,
    };

    private static SeaquestList List(int[][] rows, int numbers)
    {
        SeaquestList list = default;
        foreach (int[] row in rows)
        {
            Assert.Equal(numbers, row.Length);
            list.Add(new SeaquestEntity(
                (sbyte)row[0],
                (sbyte)row[1],
                row[2] == 1,
                (sbyte)(numbers >= Swimmer ? row[3] : 0),
                (sbyte)(numbers >= Submarine ? row[4] : 0)));
        }

        return list;
    }

    private static JsonArray Rows(SeaquestList list, int numbers) =>
        [.. list.All.ToArray().Select(entity => new JsonArray([.. Row(entity)[..numbers].Select(number => (JsonNode)number)]))];

    private static int[] Row(SeaquestEntity entity) =>
        [entity.X, entity.Y, entity.Rightward ? 1 : 0, entity.MoveTimer, entity.ShotTimer];
}
