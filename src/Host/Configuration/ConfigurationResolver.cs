using Akka.Configuration;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Lays sources over one another and checks every key; all problems are reported together.</summary>
internal static class ConfigurationResolver
{
    private const string ReferenceName = "reference.conf";

    // Set behind the back of dqn.remote, they would open a node to others without its checks.
    private static readonly (string Akka, string Key)[] Guarded =
    [
        ("akka.remote.dot-netty.tcp.hostname", "dqn.remote.hostname"),
        ("akka.remote.dot-netty.tcp.public-hostname", "dqn.remote.public-hostname"),
        ("akka.remote.dot-netty.tcp.enable-ssl", "dqn.remote.tls"),
        ("akka.remote.dot-netty.tcp.ssl", "dqn.remote.tls"),
    ];

    /// <summary>Resolves a configuration.</summary>
    /// <param name="layers">The sources over the reference, the strongest first.</param>
    /// <exception cref="UserErrorException">One line for each problem.</exception>
    public static ResolvedConfiguration Resolve(IReadOnlyList<ConfigurationLayer> layers)
    {
        ConfigurationLayer reference = ConfigurationLayer.Parse(EmbeddedHocon.Read(ReferenceName), ReferenceName, Environment.CurrentDirectory);
        List<string> problems = [.. layers.SelectMany(UnknownKeys)];
        ConfigurationValues values = new();
        foreach (Setting setting in ConfigurationSchema.Settings)
        {
            RawValue raw = layers.Append(reference).Select(layer => layer.Values.GetValueOrDefault(setting.FullKey)).First(value => value is not null)!;
            if (setting.Read(raw, out object value) is { } problem)
            {
                problems.Add(problem);
            }
            else
            {
                values.Set(setting.Key, value, raw);
            }
        }

        problems.AddRange(ReadArguments(layers, values));
        problems.AddRange(CrossChecks.Problems(values));
        Config akka = layers.Aggregate(Config.Empty, (config, layer) => config.IsEmpty ? layer.AkkaSettings : config.WithFallback(layer.AkkaSettings));
        problems.AddRange(Guarded.Where(guarded => akka.HasPath(guarded.Akka)).Select(guarded => $"{guarded.Akka} follows from {guarded.Key}: set that instead"));
        if (problems.Count > 0)
        {
            throw new UserErrorException(problems);
        }

        return new ResolvedConfiguration(values, akka);
    }

    private static bool IsArgument(string key) => key.StartsWith($"{Setting.Root}{ConfigurationSchema.ArgumentsGroup}.", StringComparison.Ordinal);

    private static IEnumerable<string> UnknownKeys(ConfigurationLayer layer) =>
        from entry in layer.Values
        where !IsArgument(entry.Key)
            && !(entry.Key.StartsWith(Setting.Root, StringComparison.Ordinal) && ConfigurationSchema.Find(entry.Key[Setting.Root.Length..]) is not null)
        let nearest = NearestKey.Find(entry.Key, ConfigurationSchema.Settings.Select(setting => setting.FullKey))
        select $"{entry.Key} ({entry.Value.Origin}) is no key: did you mean {nearest}?";

    // A list is for Gymnasium's environments, to which it goes as JSON.
    private static IEnumerable<string> ReadArguments(IReadOnlyList<ConfigurationLayer> layers, ConfigurationValues values)
    {
        bool takesLists = values.Has("environment.type") && new EnvironmentSpecification { Type = values.Text("environment.type") }.IsGymnasium;
        int prefix = Setting.Root.Length + ConfigurationSchema.ArgumentsGroup.Length + 1;
        foreach ((string key, RawValue raw) in layers.SelectMany(layer => layer.Values).Where(entry => IsArgument(entry.Key)))
        {
            if (raw.IsList && !takesLists)
            {
                yield return $"{key} = {raw} ({raw.Origin}) is a list: give a number or a text";
            }
            else
            {
                values.Arguments.TryAdd(key[prefix..], raw.IsList ? GymnasiumArguments.ListText(raw.Items) : raw.Items[0]);
            }
        }
    }
}
