using System.Globalization;
using System.Text;

namespace DqnAkka.Host;

/// <summary>Turns <c>hocon/reference.conf</c> into <c>docs/configuration.md</c>.</summary>
internal static class ConfigurationDocument
{
    /// <summary>Renders the page.</summary>
    /// <param name="reference">The text of <c>reference.conf</c>.</param>
    /// <param name="environment">The text of <c>environment.conf</c>.</param>
    public static string Render(string reference, string environment)
    {
        StringBuilder page = new(
            """
            # Configuration

            This page is generated from `hocon/reference.conf` and `hocon/environment.conf`: `dotnet run --project src/Host -- docs configuration > docs/configuration.md`.

            Values are laid over one another, the strongest first:

            1. options of their own, such as `--seed`, `--run-dir` and `--port`;
            2. `--set key=value`, a later one over an earlier one; it takes the whole key, for example `--set dqn.learner.batch-size=64` or
               `--set "dqn.network.hidden=[128, 128]"`;
            3. for `node`, `status` and `leave`, the environment variables below;
            4. the files of `--config`, a later one over an earlier one: HOCON files, the ready-made experiments of `hocon/experiments/` by
               name, and `tls`. Without an experiment: the ready-made one for the environment that `--set` names, none where there is none
               for it, and `cartpole` where `--set` names no environment;
            5. for `node`, the file of each of its roles in `hocon/roles/`;
            6. the defaults below.

            A key that does not exist is an error. Keys under `akka { }` go to Akka.NET as they are. The resolved configuration is printed at
            start of `train`, and kept as `resolved.conf` in the run's folder.

            ## Environment variables

            In every file `${NAME}` is the value of another key of that file, or else of the environment variable `NAME`; with `${?NAME}` the
            key (or the item of a list) is left as it was where there is no such variable, or an empty one. The program reads these itself:

            | variable | key |
            |---|---|

            """);
        foreach ((string key, string variable) in Variables(environment))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{variable}` | `{key}` |\n");
        }

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

    // Each variable's value is taken to be its own name; those of files come back as paths.
    private static IEnumerable<(string Key, string Variable)> Variables(string environment) =>
        from entry in ConfigurationLayer.Parse(environment, "environment.conf", "/", name => name).Values
        select (entry.Key, Path.GetFileName(entry.Value.Items[0]));

    private static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
