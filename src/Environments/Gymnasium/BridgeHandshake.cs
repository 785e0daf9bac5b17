using System.Text.Json;

namespace DqnAkka.Environments;

/// <summary>What the child process has made.</summary>
/// <param name="Observations">How observations arrive, and what becomes of them.</param>
/// <param name="ActionCount">Number of actions.</param>
/// <param name="RenderModes">How it can be rendered, by Gymnasium's names.</param>
/// <param name="MaxEpisodeSteps">Steps after which an episode is truncated; 0 for no limit.</param>
internal sealed record BridgeReady(ObservationDecoder Observations, int ActionCount, IReadOnlyList<string> RenderModes, int MaxEpisodeSteps);

/// <summary>The first request and its answer, both JSON.</summary>
internal static class BridgeHandshake
{
    /// <summary>Says which environment is wanted.</summary>
    /// <param name="setup">The environment.</param>
    /// <param name="copies">Number of copies.</param>
    /// <param name="isRendered">Whether pictures will be asked for.</param>
    /// <param name="resetsItself">Whether a copy whose episode ends is reset in the same step.</param>
    public static byte[] Hello(GymnasiumSetup setup, int copies, bool isRendered, bool resetsItself)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("protocol", BridgeProtocol.Version);
            writer.WriteString("id", setup.Specification.Id);
            writer.WritePropertyName("kwargs");
            BridgeValues.WriteObject(writer, setup.Specification.Arguments);
            writer.WriteNumber("copies", copies);
            writer.WriteStartArray("wrappers");
            foreach (WrapperCall call in setup.Wrappers)
            {
                writer.WriteStartObject();
                writer.WriteString("name", call.Name);
                writer.WritePropertyName("kwargs");
                BridgeValues.WriteObject(writer, call.Arguments);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteNumber("max_episode_steps", setup.Specification.MaxEpisodeSteps);
            writer.WriteString("render_mode", isRendered ? "rgb_array" : null);
            writer.WriteBoolean("autoreset", resetsItself);
            writer.WriteEndObject();
        }

        byte[] hello = stream.ToArray();
        return hello.Length <= BridgeProtocol.MaxJsonBytes
            ? hello
            : throw new EnvironmentException($"the arguments of environment {setup.Name} are {hello.Length} bytes as JSON: give at most {BridgeProtocol.MaxJsonBytes}");
    }

    /// <summary>Reads the answer.</summary>
    /// <param name="name">What the user calls the environment.</param>
    /// <param name="payload">The answer's payload.</param>
    /// <exception cref="EnvironmentException">The spaces are none that DQN can use.</exception>
    /// <exception cref="BridgeLostException">It is no answer.</exception>
    public static BridgeReady Read(string name, ReadOnlySpan<byte> payload)
    {
        try
        {
            Utf8JsonReader reader = new(payload);
            JsonElement ready = JsonElement.ParseValue(ref reader);
            int version = ready.GetProperty("protocol").GetInt32();
            if (version != BridgeProtocol.Version)
            {
                throw new BridgeLostException($"the Python process of environment {name} speaks protocol {version} instead of {BridgeProtocol.Version}");
            }

            return new BridgeReady(
                SpaceReader.ReadObservations(name, ready.GetProperty("observation")),
                SpaceReader.ReadActions(name, ready.GetProperty("action")),
                [.. ready.GetProperty("render_modes").EnumerateArray().Select(mode => mode.GetString() ?? "")],
                ready.GetProperty("max_episode_steps") is { ValueKind: JsonValueKind.Number } limit ? limit.GetInt32() : 0);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new BridgeLostException($"the Python process of environment {name} describes it in a way that is not understood: {OneLine.Of(exception)}", exception);
        }
    }
}
