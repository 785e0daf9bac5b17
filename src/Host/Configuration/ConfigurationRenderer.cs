using System.Text;

namespace DqnAkka.Host;

/// <summary>Writes all values as HOCON, in the schema's order.</summary>
internal static class ConfigurationRenderer
{
    /// <summary>Writes <c>dqn { … }</c>.</summary>
    public static string Render(ConfigurationValues values)
    {
        StringBuilder text = new("dqn {\n");
        foreach (IGrouping<string, Setting> group in ConfigurationSchema.Settings.GroupBy(setting => setting.Key.Split('.')[0]))
        {
            text.Append("  ").Append(group.Key).Append(" {\n");
            foreach (Setting setting in group)
            {
                text.Append("    ").Append(setting.Key[(group.Key.Length + 1)..]).Append(" = ")
                    .Append(setting.Render(values.Get<object>(setting.Key))).Append('\n');
            }

            if (ConfigurationSchema.ArgumentsGroup.StartsWith(group.Key + ".", StringComparison.Ordinal))
            {
                AppendArguments(text, values);
            }

            text.Append("  }\n");
        }

        return text.Append("}\n").ToString();
    }

    private static void AppendArguments(StringBuilder text, ConfigurationValues values)
    {
        if (values.Arguments.Count == 0)
        {
            text.Append("    kwargs {}\n");
            return;
        }

        text.Append("    kwargs {\n");
        foreach ((string name, string value) in values.Arguments)
        {
            text.Append("      ").Append(name).Append(" = ").Append(HoconLiteral.Quote(value)).Append('\n');
        }

        text.Append("    }\n");
    }
}
