namespace DqnAkka.Environments;

/// <summary>What <see cref="EnvironmentCheck"/> found.</summary>
/// <param name="Findings">The rules that were broken, in the order in which they were; empty where none.</param>
/// <param name="Steps">Steps that were taken, of all walks.</param>
/// <param name="Episodes">Episodes that ended in them.</param>
/// <param name="IsRendered">Whether its pictures were checked too.</param>
public sealed record CheckReport(IReadOnlyList<CheckFinding> Findings, long Steps, long Episodes, bool IsRendered)
{
    /// <summary>Whether the contract is broken; warnings are no breaches.</summary>
    public bool HasBreaches => Findings.Any(finding => finding.Severity == CheckSeverity.Breach);
}
