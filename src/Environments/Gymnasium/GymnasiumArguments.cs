using System.Text;
using System.Text.Json;

namespace DqnAkka.Environments;

/// <summary>Arguments of Gymnasium's environments as the text that <see cref="EnvironmentSpecification.Arguments"/> holds.</summary>
public static class GymnasiumArguments
{
    /// <summary>A list as text: JSON, each item being what it reads as (a number, true, a text in quotes), or else a text.</summary>
    /// <param name="items">The items.</param>
    public static string ListText(IReadOnlyList<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (string item in items)
            {
                BridgeValues.Write(writer, item);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
