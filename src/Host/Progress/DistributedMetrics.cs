using System.Text.Json;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>The object <c>distributed</c> of a line of metrics: how many learners together stand.</summary>
internal static class DistributedMetrics
{
    // A line four times a second, of some hundred bytes for each: beyond this the totals must do.
    private const int MaxLinks = 32;

    /// <summary>Writes the property.</summary>
    /// <param name="writer">Inside of an object.</param>
    /// <param name="status">How they stand.</param>
    /// <param name="isReproducible">Whether what the clock decides is left out.</param>
    public static void Write(Utf8JsonWriter writer, DistributedStatus status, bool isReproducible)
    {
        writer.WriteStartObject("distributed");
        writer.WriteString("mode", ModeChecks.Name(status.Mode));
        writer.WriteNumber("members", status.Members);
        writer.WriteNumber("epoch", status.Epoch);
        writer.WriteNumber("version", status.Version);
        writer.WriteNumber("target_version", status.TargetVersion);
        Rate("gradients_per_second", status.GradientsPerSecond);
        writer.WriteStartArray("staleness");
        foreach (long gradients in status.Staleness)
        {
            writer.WriteNumberValue(gradients);
        }

        writer.WriteEndArray();
        writer.WriteNumber("discarded_stale", status.DiscardedStale);
        writer.WriteNumber("discarded_late", status.DiscardedLate);
        writer.WriteNumber("discarded_outliers", status.DiscardedOutliers);
        writer.WriteNumber("discarded_not_finite", status.DiscardedNotFinite);
        writer.WriteNumber("lost", status.Lost);
        writer.WriteNumber("repeats", status.Repeats);
        Rate("sent_bytes_per_second", status.Links.Sum(link => link.SentPerSecond));
        Rate("received_bytes_per_second", status.Links.Sum(link => link.ReceivedPerSecond));
        writer.WriteStartArray("links");
        foreach (LinkStatus link in status.Links.Take(MaxLinks))
        {
            writer.WriteStartObject();
            writer.WriteString("name", link.Name);
            writer.WriteNumber("gradients", link.Gradients);
            writer.WriteNumber("discarded", link.Discarded);
            Rate("sent_bytes_per_second", link.SentPerSecond);
            Rate("received_bytes_per_second", link.ReceivedPerSecond);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void Rate(string name, double value)
        {
            if (double.IsFinite(value) && !isReproducible)
            {
                writer.WriteNumber(name, value);
            }
            else
            {
                writer.WriteNull(name);
            }
        }
    }
}
