using System.Text.Json.Nodes;

namespace DqnAkka.Environments.Tests;

internal sealed class RecordedSpaceInvaders : IRecordedState<SpaceInvadersState>
{
    public static SpaceInvadersState Read(JsonObject recorded) => new()
    {
        Cannon = recorded.Int("pos"),
        FriendlyBullets = recorded.Cells("f_bullets"),
        EnemyBullets = recorded.Cells("e_bullets"),
        Aliens = recorded.Cells("aliens"),
        AlienDirection = recorded.Int("alien_dir"),
        MoveInterval = recorded.Int("enemy_move_interval"),
        AlienMoveTimer = recorded.Int("alien_move_timer"),
        AlienShotTimer = recorded.Int("alien_shot_timer"),
        RampIndex = recorded.Int("ramp_index"),
        ShotTimer = recorded.Int("shot_timer"),
    };

    public static JsonObject Write(in SpaceInvadersState state) => new()
    {
        ["pos"] = state.Cannon,
        ["f_bullets"] = RecordedStates.Cells(state.FriendlyBullets),
        ["e_bullets"] = RecordedStates.Cells(state.EnemyBullets),
        ["aliens"] = RecordedStates.Cells(state.Aliens),
        ["alien_dir"] = state.AlienDirection,
        ["enemy_move_interval"] = state.MoveInterval,
        ["alien_move_timer"] = state.AlienMoveTimer,
        ["alien_shot_timer"] = state.AlienShotTimer,
        ["ramp_index"] = state.RampIndex,
        ["shot_timer"] = state.ShotTimer,
    };
}
