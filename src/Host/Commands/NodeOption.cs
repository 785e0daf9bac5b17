using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>The option <c>--node</c> of the commands that ask a running node.</summary>
internal static class NodeOption
{
    /// <summary>Requires <c>host:port</c>.</summary>
    /// <exception cref="UserErrorException">It is something else.</exception>
    public static void Require(string node)
    {
        if (!NodeAddress.TryParse(node, out _, out _))
        {
            throw new UserErrorException($"--node {node} is no host:port: write --node 127.0.0.1:4053");
        }
    }
}
