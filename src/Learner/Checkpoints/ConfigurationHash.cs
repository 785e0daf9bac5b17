using System.Security.Cryptography;
using System.Text;

namespace DqnAkka.Learner;

/// <summary>One word for a configuration: checkpoints hold it, so that a run is not gone on with under settings that nobody gave.</summary>
public static class ConfigurationHash
{
    /// <summary>SHA-256 of the lines <c>key = value</c> in the order of the keys (ordinal), each ended by a line feed, in UTF-8.</summary>
    /// <param name="settings">The keys that matter with their values as they are rendered.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(IEnumerable<KeyValuePair<string, string>> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        StringBuilder text = new();
        foreach ((string key, string value) in settings.OrderBy(setting => setting.Key, StringComparer.Ordinal))
        {
            text.Append(key).Append(" = ").Append(value).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
