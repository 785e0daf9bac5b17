using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Makes the options of a node from the values.</summary>
internal static class NodeOptionsBinder
{
    /// <summary>Makes the options; every key must have been read.</summary>
    public static NodeOptions Bind(ConfigurationValues values)
    {
        string certificate = values.Text("remote.tls.certificate");
        return new NodeOptions
        {
            Remote = new RemoteOptions
            {
                Hostname = values.Text("remote.hostname"),
                PublicHostname = values.Text("remote.public-hostname"),
                Port = values.Integer("remote.port"),
                SeedNodes = values.Get<IReadOnlyList<string>>("remote.seed-nodes"),
                AllowInsecure = values.Flag("remote.allow-insecure"),
                Tls = certificate.Length == 0
                    ? null
                    : new TlsOptions(certificate, values.Text("remote.tls.private-key"), values.Text("remote.tls.authority")),
            },
            HealthPort = values.Integer("health.port"),
            Agreement = Agreement(values),
        };
    }

    /// <summary>Every key with its value as it is rendered; who compares them knows which must agree.</summary>
    private static Dictionary<string, string> Agreement(ConfigurationValues values)
    {
        Dictionary<string, string> agreement = ConfigurationSchema.Settings.ToDictionary(
            setting => setting.FullKey, setting => setting.Render(values.Get<object>(setting.Key)));
        foreach ((string name, string value) in values.Arguments)
        {
            agreement[$"{Setting.Root}{ConfigurationSchema.ArgumentsGroup}.{name}"] = HoconLiteral.Quote(value);
        }

        return agreement;
    }
}
