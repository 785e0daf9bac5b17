namespace DqnAkka.Environments;

/// <summary>
/// A policy written by hand, as a yardstick for a learned one and to see an environment at work. It sees what an agent sees, and keeps
/// nothing from one step to the next.
/// </summary>
public interface IScriptedPolicy
{
    /// <summary>The action to take.</summary>
    /// <param name="observation">The observation, float32, in the environment's own order; any that its arguments allow.</param>
    int Act(ReadOnlySpan<float> observation);
}
