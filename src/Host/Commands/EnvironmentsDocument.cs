using System.Text;

namespace DqnAkka.Host;

/// <summary>The part of docs/environments.md that lists the environments, between two marks.</summary>
internal static class EnvironmentsDocument
{
    /// <summary>The line above the list.</summary>
    public const string Begin = "<!-- environments: begin -->";

    /// <summary>The line below the list.</summary>
    public const string End = "<!-- environments: end -->";

    /// <summary>The page with its list replaced by the present one.</summary>
    /// <param name="page">The page's text.</param>
    /// <param name="entries">The environments.</param>
    /// <exception cref="UserErrorException">The page lacks the marks.</exception>
    public static string Update(string page, IReadOnlyList<EnvironmentEntry> entries)
    {
        int begin = page.IndexOf(Begin, StringComparison.Ordinal);
        int end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? $"{page[..(begin + Begin.Length)]}\n{Render(entries)}{page[end..]}"
            : throw new UserErrorException($"the page has no lines {Begin} and {End}: put them where the list belongs");
    }

    /// <summary>A table for each family, in Markdown.</summary>
    /// <param name="entries">The environments.</param>
    public static string Render(IReadOnlyList<EnvironmentEntry> entries)
    {
        StringBuilder text = new();
        foreach (IGrouping<string, EnvironmentEntry> family in entries.GroupBy(entry => entry.Family))
        {
            text.Append("\n### ").Append(family.Key).Append("\n\n| id | what it is | observations | actions | limit | solved at | arguments |\n|---|---|---|---|---|---|---|\n");
            foreach (EnvironmentEntry entry in family.OrderBy(entry => entry.Id, StringComparer.Ordinal))
            {
                string arguments = string.Join(", ", entry.Arguments.Select(argument => $"`{argument.Name}` ({EnvironmentDescribeCommand.Default(argument)})"));
                text.Append("| `").Append(entry.Id).Append("` | ").Append(entry.Description).Append(" | ")
                    .Append(EnvironmentsCommand.Observations(entry)).Append(" | ").Append(EnvironmentsCommand.Actions(entry)).Append(" | ")
                    .Append(EnvironmentsCommand.Limit(entry)).Append(" | ").Append(EnvironmentsCommand.Threshold(entry)).Append(" | ")
                    .Append(arguments).Append(" |\n");
            }
        }

        return text.Append('\n').ToString();
    }
}
