namespace DqnAkka.Actors;

/// <summary>How <see cref="GradientProtocol"/> is encoded.</summary>
internal static class GradientEncoding
{
    public static IReadOnlyList<WireEncoding> All { get; } =
    [
    ];
}
