using System.Text;
using System.Text.Json;

namespace DqnAkka.Environments;

/// <summary>Reads what the child process says is wrong.</summary>
internal static class BridgeErrors
{
    /// <summary>The error of a payload, which itself may be anything.</summary>
    public static BridgeErrorException Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            Utf8JsonReader reader = new(payload);
            JsonElement error = JsonElement.ParseValue(ref reader);
            return new BridgeErrorException(Text(error, "kind"), Text(error, "message").ReplaceLineEndings(" "), Text(error, "traceback"));
        }
        catch (JsonException)
        {
            return new BridgeErrorException("protocol", $"an error that is no JSON: {Encoding.UTF8.GetString(payload[..Math.Min(payload.Length, 200)]).ReplaceLineEndings(" ")}", "");
        }
    }

    private static string Text(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
