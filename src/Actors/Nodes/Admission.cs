using System.Globalization;
using System.Text;

namespace DqnAkka.Actors;

/// <summary>Who may join: a process of the same major version whose configuration agrees where it must.</summary>
/// <param name="options">The node that answers.</param>
/// <param name="self">Its address, <c>host:port</c>.</param>
/// <param name="uid">Its process's number at that address.</param>
internal sealed class Admission(NodeOptions options, string self, int uid)
{
    // A line in a message takes 2048 bytes.
    private const int MaxLineLength = 1_600;
    private const string KeywordArguments = "dqn.environment.kwargs";

    /// <summary>This program's version.</summary>
    public static string Product { get; } = typeof(Admission).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Why the process may not join, one line that reads at the process; null where it may.</summary>
    public string? Refuse(NodeProtocol.JoinRequest request)
    {
        if (request.Major != WireFormat.Major)
        {
            return DescribeVersions(request);
        }

        if (request.Address == self && request.Uid != uid)
        {
            return AddressIsTaken(self);
        }

        string[] differences = [.. Differences(request)];
        return differences.Length == 0
            ? null
            : $"its configuration differs: {List(differences)}: give every node the same --config and --set";
    }

    /// <summary>Two processes claim one address.</summary>
    public static string AddressIsTaken(string address) =>
        $"the address {address} is taken by a running node: give this one another --port or --hostname";

    private static string DescribeVersions(NodeProtocol.JoinRequest request)
    {
        bool isNewer = request.Major > WireFormat.Major;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"it is version {request.Product} (protocol {request.Major}.{request.Minor}) and the cluster is version {Product} (protocol {WireFormat.Major}.{WireFormat.Minor}): ")
            + (isNewer ? $"upgrade the cluster's nodes, or start this one with version {Product}" : $"upgrade this node to version {Product}");
    }

    private static string List(string[] differences)
    {
        StringBuilder line = new(differences[0]);
        for (int i = 1; i < differences.Length; i++)
        {
            if (line.Length + differences[i].Length > MaxLineLength)
            {
                return line.Append(CultureInfo.InvariantCulture, $"; and {differences.Length - i} more").ToString();
            }

            line.Append("; ").Append(differences[i]);
        }

        return line.ToString();
    }

    /// <summary>A key that only learners read says nothing about a node that is none: neither side's value for it counts then.</summary>
    private IEnumerable<string> Differences(NodeProtocol.JoinRequest request)
    {
        IReadOnlyDictionary<string, string> own = SharedKeys.Select(options.Agreement, request.Roles);
        foreach (string key in own.Keys.Union(request.Agreement.Keys).Order(StringComparer.Ordinal))
        {
            string? inCluster = own.GetValueOrDefault(key);
            string? there = request.Agreement.GetValueOrDefault(key);
            if (inCluster != there && SharedKeys.MustAgree(key, request.Roles) && SharedKeys.MustAgree(key, options.Roles) && IsKnownToBoth(key, inCluster, there, request.Minor))
            {
                yield return $"{key} is {there ?? "not set"} here and {inCluster ?? "not set"} in the cluster ({self})";
            }
        }
    }

    // A key that only one of two minor versions knows cannot be compared; an argument of the environment is set or not.
    private static bool IsKnownToBoth(string key, string? one, string? other, int minor) =>
        minor == WireFormat.Minor || (one is not null && other is not null) || key.StartsWith(KeywordArguments, StringComparison.Ordinal);
}
