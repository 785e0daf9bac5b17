using System.Text.Json.Nodes;

namespace DqnAkka.Environments.Tests;

internal sealed class RecordedFreeway : IRecordedState<FreewayState>
{
    public static FreewayState Read(JsonObject recorded)
    {
        FreewayState state = new()
        {
            Chicken = recorded.Int("pos"),
            MoveTimer = recorded.Int("move_timer"),
            TerminateTimer = recorded.Int("terminate_timer"),
        };
        int[][] cars = recorded.Rows("cars");
        Assert.Equal(Freeway.CarCount, cars.Length);
        for (int i = 0; i < cars.Length; i++)
        {
            Assert.Equal(i + 1, cars[i][1]);
            state.Cars[i] = new FreewayCar { X = (sbyte)cars[i][0], Timer = (sbyte)cars[i][2], Speed = (sbyte)cars[i][3] };
        }

        return state;
    }

    public static JsonObject Write(in FreewayState state)
    {
        JsonArray cars = [];
        for (int i = 0; i < Freeway.CarCount; i++)
        {
            cars.Add(new JsonArray((int)state.Cars[i].X, i + 1, (int)state.Cars[i].Timer, (int)state.Cars[i].Speed));
        }

        return new JsonObject
        {
            ["cars"] = cars,
            ["pos"] = state.Chicken,
            ["move_timer"] = state.MoveTimer,
            ["terminate_timer"] = state.TerminateTimer,
        };
    }
}
