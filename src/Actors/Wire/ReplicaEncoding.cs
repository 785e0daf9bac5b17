namespace DqnAkka.Actors;

/// <summary>How <see cref="ReplicaProtocol"/> is encoded.</summary>
internal static class ReplicaEncoding
{
    public static IReadOnlyList<WireEncoding> All { get; } =
    [
    ];
}
