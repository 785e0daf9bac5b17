using System.Text.Json;
using System.Text.Json.Nodes;

namespace DqnAkka.Environments.Tests;

/// <summary>One recorded MinAtar episode; see traces/README.md.</summary>
public sealed record MinAtarRecording(
    string Kind,
    double Sticky,
    bool Ramping,
    string InitFrom,
    JsonElement[][]? ResetDraws,
    JsonObject Init,
    int[] InitObs,
    MinAtarStep[] Steps);

/// <summary>One act: requested and executed action, draws, reward, end, state and set cells after it.</summary>
public sealed record MinAtarStep(int A, JsonElement[][] D, int X, int R, bool T, JsonObject S, int[] O);

/// <summary>A game's state in the words of the recordings. Reading and writing name every field, so that none goes unchecked.</summary>
internal interface IRecordedState<TState>
    where TState : unmanaged
{
    static abstract TState Read(JsonObject recorded);

    static abstract JsonObject Write(in TState state);
}

internal static class RecordedStates
{
    public static int Int(this JsonObject recorded, string name) => recorded[name]!.GetValue<int>();

    public static bool Flag(this JsonObject recorded, string name) => recorded[name]!.GetValue<bool>();

    public static int[][] Rows(this JsonObject recorded, string name) =>
        [.. recorded[name]!.AsArray().Select(row => row!.AsArray().Select(value => value!.GetValue<int>()).ToArray())];

    public static UInt128 Cells(this JsonObject recorded, string name) =>
        recorded[name]!.AsArray().Aggregate(UInt128.Zero, (cells, cell) => cells | (UInt128.One << cell!.GetValue<int>()));

    public static JsonArray Cells(UInt128 cells) =>
        [.. Enumerable.Range(0, 128).Where(cell => (cells >> cell & UInt128.One) != UInt128.Zero).Select(cell => (JsonNode)cell)];

    public static MinAtarState<TGameState> Read<TRecorded, TGameState>(JsonObject recorded)
        where TRecorded : IRecordedState<TGameState>
        where TGameState : unmanaged =>
        new() { Game = TRecorded.Read(recorded), LastAction = recorded.Int("last_action"), Terminal = recorded.Flag("terminal") };

    public static void AssertSame<TRecorded, TGameState>(JsonObject expected, in MinAtarState<TGameState> actual, string where)
        where TRecorded : IRecordedState<TGameState>
        where TGameState : unmanaged
    {
        JsonObject written = TRecorded.Write(in actual.Game);
        written["last_action"] = actual.LastAction;
        written["terminal"] = actual.Terminal;
        Assert.True(JsonNode.DeepEquals(expected, written), $"{where}: expected {expected.ToJsonString()}, got {written.ToJsonString()}");
    }
}
