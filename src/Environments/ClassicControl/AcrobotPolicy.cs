namespace DqnAkka.Environments;

/// <summary>Turns the elbow the way it moves: the torque's power is torque times the elbow's velocity, so this adds energy in every step.</summary>
internal sealed class AcrobotPolicy : IScriptedPolicy
{
    /// <inheritdoc />
    public int Act(ReadOnlySpan<float> observation) => observation[5] < 0 ? 0 : 2;
}
