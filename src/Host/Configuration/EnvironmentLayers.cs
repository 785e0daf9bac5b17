using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>The keys that stand for an environment's name, as checkpoints and replay files keep it.</summary>
internal static class EnvironmentLayers
{
    /// <summary>The keys that an environment of this name needs, with their values; none for an empty name.</summary>
    /// <param name="name">What <see cref="EnvironmentSpecification.DisplayName"/> gave.</param>
    public static IEnumerable<(string Key, string Value)> KeysOf(string name)
    {
        EnvironmentSpecification environment = EnvironmentSpecification.Parse(name);
        (string Key, string Value)[] keys = [("dqn.environment.type", environment.Type), ("dqn.environment.id", environment.Id)];
        return keys.Where(key => key.Value.Length > 0);
    }

    /// <summary>The same as layers of a configuration.</summary>
    /// <param name="name">What <see cref="EnvironmentSpecification.DisplayName"/> gave.</param>
    /// <param name="origin">Where the name comes from, for messages.</param>
    public static IEnumerable<ConfigurationLayer> Of(string name, string origin) =>
        KeysOf(name).Select(key => ConfigurationLayer.Literal(key.Key, key.Value, origin));
}
