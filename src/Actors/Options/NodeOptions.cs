namespace DqnAkka.Actors;

/// <summary>One process of a cluster.</summary>
public sealed record NodeOptions
{
    /// <summary>What the process does: some of <see cref="ClusterRoles.All"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ClusterRoles.All;

    /// <summary>How it is reached, and whom it joins.</summary>
    public RemoteOptions Remote { get; init; } = new();

    /// <summary>Port of the health endpoints; 0 opens none.</summary>
    public int HealthPort { get; init; }

    /// <summary>The configuration keys that must agree over the cluster, by whole key (<c>dqn.environment.id</c>), with their values as rendered.</summary>
    public IReadOnlyDictionary<string, string> Agreement { get; init; } = new Dictionary<string, string>();
}

/// <summary>How a node is reached, and whom it joins.</summary>
public sealed record RemoteOptions
{
    /// <summary>Address or name that the node binds to.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>Name or address under which others reach it, where that differs; empty where not.</summary>
    public string PublicHostname { get; init; } = "";

    /// <summary>TCP port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Nodes to join through, <c>host:port</c> each.</summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>Whether the user accepts a node beyond loopback without mutual TLS.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Mutual TLS; null without.</summary>
    public TlsOptions? Tls { get; init; }
}

/// <summary>Mutual TLS: both sides show a certificate that the same authority has signed.</summary>
/// <param name="Certificate">The node's certificate, a PEM file.</param>
/// <param name="PrivateKey">Its private key, a PEM file.</param>
/// <param name="Authority">The authority's certificate, a PEM file; nobody else's signature counts.</param>
public sealed record TlsOptions(string Certificate, string PrivateKey, string Authority);
