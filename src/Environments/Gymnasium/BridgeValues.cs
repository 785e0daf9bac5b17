using System.Text.Json;

namespace DqnAkka.Environments;

/// <summary>
/// Turns the arguments of a configuration, which are text, into JSON: a text that reads as JSON (a number, true, false, null, a list, an
/// object, a text in quotes) is that, any other is a text.
/// </summary>
internal static class BridgeValues
{
    private const int MaxDepth = 16;

    /// <summary>Writes all arguments as one object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="arguments">The arguments by name.</param>
    public static void WriteObject(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> arguments)
    {
        writer.WriteStartObject();
        foreach ((string name, string value) in arguments)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes one value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="text">The value as text.</param>
    public static void Write(Utf8JsonWriter writer, string text)
    {
        try
        {
            using JsonDocument value = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            value.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(text);
        }
    }
}
