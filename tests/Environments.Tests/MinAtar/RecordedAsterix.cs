using System.Text.Json.Nodes;

namespace DqnAkka.Environments.Tests;

internal sealed class RecordedAsterix : IRecordedState<AsterixState>
{
    public static AsterixState Read(JsonObject recorded)
    {
        AsterixState state = new()
        {
            PlayerX = recorded.Int("player_x"),
            PlayerY = recorded.Int("player_y"),
            SpawnSpeed = recorded.Int("spawn_speed"),
            SpawnTimer = recorded.Int("spawn_timer"),
            MoveSpeed = recorded.Int("move_speed"),
            MoveTimer = recorded.Int("move_timer"),
            RampTimer = recorded.Int("ramp_timer"),
            RampIndex = recorded.Int("ramp_index"),
        };
        JsonArray entities = recorded["entities"]!.AsArray();
        for (int slot = 0; slot < Asterix.Slots; slot++)
        {
            if (entities[slot] is { } entity)
            {
                int[] numbers = [.. entity.AsArray().Select(number => number!.GetValue<int>())];
                Assert.Equal(slot + 1, numbers[1]);
                state.Columns[slot] = numbers[0];
                state.Occupied |= 1u << slot;
                state.Rightward |= (uint)numbers[2] << slot;
                state.Gold |= (uint)numbers[3] << slot;
            }
        }

        return state;
    }

    public static JsonObject Write(in AsterixState state)
    {
        JsonArray entities = [];
        for (int slot = 0; slot < Asterix.Slots; slot++)
        {
            entities.Add((state.Occupied >> slot & 1) == 0
                ? null
                : new JsonArray(state.Columns[slot], slot + 1, (int)(state.Rightward >> slot & 1), (int)(state.Gold >> slot & 1)));
        }

        return new JsonObject
        {
            ["player_x"] = state.PlayerX,
            ["player_y"] = state.PlayerY,
            ["entities"] = entities,
            ["spawn_speed"] = state.SpawnSpeed,
            ["spawn_timer"] = state.SpawnTimer,
            ["move_speed"] = state.MoveSpeed,
            ["move_timer"] = state.MoveTimer,
            ["ramp_timer"] = state.RampTimer,
            ["ramp_index"] = state.RampIndex,
        };
    }
}
