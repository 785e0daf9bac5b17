using System.Text.Json.Nodes;

namespace DqnAkka.Environments.Tests;

internal sealed class RecordedBreakout : IRecordedState<BreakoutState>
{
    public static BreakoutState Read(JsonObject recorded) => new()
    {
        BallX = recorded.Int("ball_x"),
        BallY = recorded.Int("ball_y"),
        BallDirection = recorded.Int("ball_dir"),
        Paddle = recorded.Int("pos"),
        Bricks = recorded.Cells("bricks"),
        Strike = recorded.Flag("strike"),
        LastX = recorded.Int("last_x"),
        LastY = recorded.Int("last_y"),
    };

    public static JsonObject Write(in BreakoutState state) => new()
    {
        ["ball_x"] = state.BallX,
        ["ball_y"] = state.BallY,
        ["ball_dir"] = state.BallDirection,
        ["pos"] = state.Paddle,
        ["bricks"] = RecordedStates.Cells(state.Bricks),
        ["strike"] = state.Strike,
        ["last_x"] = state.LastX,
        ["last_y"] = state.LastY,
    };
}
