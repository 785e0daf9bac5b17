namespace DqnAkka.Actors;

/// <summary>How <see cref="ParameterServerProtocol"/> is encoded.</summary>
internal static class ParameterServerEncoding
{
    public static IReadOnlyList<WireEncoding> All { get; } =
    [
    ];
}
