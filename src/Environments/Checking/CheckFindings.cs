namespace DqnAkka.Environments;

/// <summary>Collects findings: of each rule the first one, and how many there were.</summary>
internal sealed class CheckFindings
{
    private readonly List<CheckFinding> _findings = [];

    /// <summary>The findings, in the order of their first time.</summary>
    public IReadOnlyList<CheckFinding> All => _findings;

    /// <summary>Steps of all walks.</summary>
    public long Steps { get; set; }

    /// <summary>Episodes that ended in them.</summary>
    public long Episodes { get; set; }

    /// <summary>Notes a broken contract.</summary>
    public void Breach(string rule, Func<string> message) => Add(CheckSeverity.Breach, rule, message);

    /// <summary>Notes what is worth knowing.</summary>
    public void Warn(string rule, Func<string> message) => Add(CheckSeverity.Warning, rule, message);

    private void Add(CheckSeverity severity, string rule, Func<string> message)
    {
        int known = _findings.FindIndex(finding => finding.Rule == rule);
        if (known >= 0)
        {
            _findings[known] = _findings[known] with { Count = _findings[known].Count + 1 };
        }
        else
        {
            _findings.Add(new CheckFinding(severity, rule, message(), 1));
        }
    }
}
