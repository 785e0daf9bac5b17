using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;

namespace DqnAkka.Actors;

/// <summary>Mutual TLS between the nodes of a cluster.</summary>
public static class ClusterTls
{
    /// <summary>What a system that is set up with <see cref="CreateSetup(TlsOptions, Action{string})"/> needs beside it.</summary>
    public static Config Settings { get; } = ConfigurationFactory.ParseString("""
        akka.remote.dot-netty.tcp {
          enable-ssl = true
          # Said here too, for whoever reads the settings: the certificates and the judgement come with the setup.
          ssl {
            suppress-validation = false
            require-mutual-authentication = true
          }
        }
        """);

    // Akka's own exit code for it; the reason's type is not public.
    private const int HandshakeFailed = 79;

    /// <summary>Makes the part of an actor system's setup that encrypts, shows the node's certificate and judges those of others.</summary>
    /// <param name="tls">The files.</param>
    /// <param name="line">Takes a line for each peer that is refused; called on any thread.</param>
    /// <exception cref="TlsFileException">A file is missing, cannot be read, or does not fit.</exception>
    public static Setup CreateSetup(TlsOptions tls, Action<string> line) => CreateSetup(tls, line, TimeProvider.System);

    /// <summary>
    /// Why Akka has ended a system, where that was over TLS; null where it was not. Akka does so where a node that was dialled could
    /// not be identified; one that dials in and is refused changes nothing.
    /// </summary>
    /// <param name="system">A system that has ended.</param>
    internal static string? Ended(ActorSystem system) => CoordinatedShutdown.Get(system).ShutdownReason is { ExitCode: HandshakeFailed }
        ? "Akka has ended this node because one that it dialled could not be identified over TLS (the log says which): started again, it joins anew"
        : null;

    /// <summary>As the other, by another clock.</summary>
    internal static Setup CreateSetup(TlsOptions tls, Action<string> line, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(tls);
        ArgumentNullException.ThrowIfNull(line);
        (X509Certificate2 certificate, CertificateAuthority authority) = TlsFiles.Read(tls, time);
        PeerCertificates peers = new(authority, line, time);
        // Names are not compared: nodes are reached by addresses that containers and orchestrators change. Who has a certificate of
        // the authority is a node, so the authority must sign for nothing else.
        return new DotNettySslSetup(
            certificate,
            suppressValidation: false,
            requireMutualAuthentication: true,
            validateCertificateHostname: false,
            customValidator: (shown, chain, peer, _, _) => peers.Accept(shown, chain, peer));
    }
}
