namespace DqnAkka.Environments;

/// <summary>Pushes the way the car moves, which adds energy in every step.</summary>
internal sealed class MountainCarPolicy : IScriptedPolicy
{
    /// <inheritdoc />
    public int Act(ReadOnlySpan<float> observation) => observation[1] < 0 ? 0 : 2;
}
