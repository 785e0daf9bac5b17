namespace DqnAkka.Actors.Tests;

/// <summary>As <see cref="Examples"/>, of one protocol.</summary>
internal static class ParameterServerExamples
{
    public static IReadOnlyList<IWireMessage> All { get; } =
    [
    ];
}
