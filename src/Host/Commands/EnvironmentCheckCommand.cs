using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>What <c>envs check</c> was asked.</summary>
/// <param name="Name">A registered id or a user's type; null where the configuration names it.</param>
/// <param name="Configuration">Where the environment is described.</param>
/// <param name="Steps">Steps of the longest walk.</param>
internal sealed record EnvironmentCheckRequest(string? Name, ConfigurationSource Configuration, int Steps);

/// <summary>Reports where an environment breaks the contract.</summary>
internal sealed class EnvironmentCheckCommand(IEnvironmentSource environments, HostConsole console)
{
    private const int MaxSteps = 10_000_000;

    /// <summary>Checks it and writes a table of what was found.</summary>
    /// <returns><see cref="ExitCode.Failed"/> where the contract is broken, <see cref="ExitCode.Done"/> where it is not, warnings or no.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong.</exception>
    public int Run(EnvironmentCheckRequest request, CancellationToken stop)
    {
        if (request.Steps is < 1 or > MaxSteps)
        {
            throw new UserErrorException($"--steps {request.Steps} is out of range: give 1 to {MaxSteps}");
        }

        ResolvedConfiguration resolved = NamedEnvironment.Resolve(request.Name, NamedEnvironment.Over("envs check", request.Name, request.Configuration));
        EnvironmentSpecification specification = resolved.Options.Environment;
        CheckReport report = new EnvironmentCheck(
            () => environments.Create(specification), new CheckOptions { Steps = request.Steps, Seed = resolved.Options.Run.Seed }).Run(stop);
        if (report.Findings.Count > 0)
        {
            List<string[]> rows = [["severity", "rule", "times", "what"]];
            rows.AddRange(report.Findings.OrderByDescending(finding => finding.Severity).Select(finding =>
                new[] { finding.Severity == CheckSeverity.Breach ? "breach" : "warning", finding.Rule, $"{finding.Count}", finding.Message }));
            TextTable.Write(rows, console.Output);
        }

        int breaches = report.Findings.Count(finding => finding.Severity == CheckSeverity.Breach);
        string pictures = report.IsRendered ? "pictures drawn" : "no pictures";
        console.Output.WriteLine(
            $"{specification.DisplayName}: {Text(breaches, "breach", "breaches")}, {Text(report.Findings.Count - breaches, "warning", "warnings")} in {Text(report.Steps, "step", "steps")} and {Text(report.Episodes, "episode", "episodes")}, {pictures}");
        return report.HasBreaches ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Text(long count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
