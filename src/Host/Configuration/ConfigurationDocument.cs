using System.Text;

namespace DqnAkka.Host;

/// <summary>Turns <c>hocon/reference.conf</c> into <c>docs/configuration.md</c>.</summary>
internal static class ConfigurationDocument
{
    /// <summary>Renders the page.</summary>
    /// <param name="reference">The text of the reference.</param>
    public static string Render(string reference)
    {
        StringBuilder page = new(
            """
            # Configuration

            This page is generated from `hocon/reference.conf`: `dotnet run --project src/Host -- docs configuration > docs/configuration.md`.

            Values are laid over one another, the strongest first: `--seed` and `--run-dir`, `--set key=value` (a later one wins over an
            earlier one), the file of `--config` (without it that of `hocon/experiments/` for the environment that
            `--set` names, none where there is none for it, and `cartpole.conf` where `--set` names no environment), the defaults below. `--set` takes the whole
            key, for example `--set dqn.learner.batch-size=64` or `--set "dqn.network.hidden=[128, 128]"`. A key that does not exist is an
            error. Keys under `akka { }` go to Akka.NET as they are. The resolved configuration is printed at start and kept as
            `resolved.conf` in the run's folder.

            """);
        foreach (ReferenceGroup group in ReferenceReader.Read(reference))
        {
            page.Append($"\n## {group.Name}\n\n{group.Meaning}\n\n| key | default | unit | allowed | meaning |\n|---|---|---|---|---|\n");
            foreach (ReferenceEntry entry in group.Entries)
            {
                page.Append($"| `dqn.{group.Name}.{entry.Name}` | {Code(entry.Default)} | {entry.Unit} | {Cell(entry.Allowed)} | {Cell(entry.Meaning)} |\n");
            }
        }

        return page.ToString();
    }

    private static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
