using Akka.Configuration;
using DqnAkka.Actors;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>A configuration without a problem.</summary>
internal sealed class ResolvedConfiguration
{
    /// <summary>Binds and renders the values; every key must have been read.</summary>
    public ResolvedConfiguration(ConfigurationValues values, Config akka)
    {
        Node = NodeOptionsBinder.Bind(values);
        TrainingOptions options = TrainingOptionsBinder.Bind(values);
        string hash = ConfigurationHash.Of(Node.Agreement.Where(setting => SharedKeys.MustStay(setting.Key)));
        Options = options with { Run = options.Run with { ConfigurationHash = hash } };
        Text = ConfigurationRenderer.Render(values);
        Name = values.Text("run.name");
        AkkaSettings = akka;
    }

    /// <summary>The typed options; <see cref="RunOptions.Directory"/> as the user gave it, perhaps empty.</summary>
    public TrainingOptions Options { get; }

    /// <summary>This process as a node of a cluster; without roles, which are no keys.</summary>
    public NodeOptions Node { get; }

    /// <summary>Every key of <c>dqn</c> as HOCON; reading it gives the same options.</summary>
    public string Text { get; }

    /// <summary>The experiment's name.</summary>
    public string Name { get; }

    /// <summary>What the user set under <c>akka</c>; empty where nothing.</summary>
    public Config AkkaSettings { get; }
}
