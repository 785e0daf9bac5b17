using Akka.Actor.Setup;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>How <c>status</c> and <c>leave</c> reach a node: as the node reaches the others.</summary>
/// <param name="Akka">Akka's configuration.</param>
/// <param name="Setup">Certificates, where there are any.</param>
internal sealed record ClientSettings(Config Akka, ActorSystemSetup Setup)
{
    /// <summary>Reads them from files, <c>--set</c> and the environment's variables.</summary>
    /// <exception cref="UserErrorException">Something in them is wrong.</exception>
    public static ClientSettings Read(IReadOnlyList<string> files, IReadOnlyList<string> assignments)
    {
        ConfigurationSource source = new() { Files = files, Assignments = assignments, Roles = [ClusterRoles.Runner] };
        ResolvedConfiguration configuration = source.Resolve();
        Config akka = configuration.AkkaSettings.WithFallback(NodeSession.Settings);
        return configuration.Node.Remote.Tls is { } tls
            ? new ClientSettings(ClusterTls.Settings.WithFallback(akka), ActorSystemSetup.Create(ClusterTls.CreateSetup(tls, Console.Error.WriteLine)))
            : new ClientSettings(akka, ActorSystemSetup.Empty);
    }
}
