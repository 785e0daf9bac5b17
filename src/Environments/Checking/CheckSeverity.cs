namespace DqnAkka.Environments;

/// <summary>How much a finding of <see cref="EnvironmentCheck"/> matters.</summary>
public enum CheckSeverity
{
    /// <summary>It can be trained on, with a loss: of speed, or of what a caller could notice.</summary>
    Warning,

    /// <summary>The contract of <see cref="IEnvironment"/> is broken: what is learned from it is not to be trusted.</summary>
    Breach,
}
