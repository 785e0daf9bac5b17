using System.Reflection;
using System.Text.RegularExpressions;

namespace DqnAkka.Host.Tests;

public sealed class ReferenceTests
{
    private static readonly IReadOnlyList<ReferenceGroup> Groups = ReferenceReader.Read(EmbeddedHocon.Read("reference.conf"));

    /// <summary>All but what the program itself lays under the keys of <c>dqn.remote</c>.</summary>
    public static TheoryData<string> HoconFiles =>
    [
        .. typeof(EmbeddedHocon).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".conf", StringComparison.Ordinal))
            .Select(name => name.Replace('\\', '/')["hocon/".Length..])
            .Where(name => name != "akka.conf"),
    ];

    [Fact]
    public void The_reference_documents_every_key_in_the_schemas_order()
    {
        string[] documented =
        [
            .. Groups.SelectMany(group => group.Entries.Select(entry => $"{group.Name}.{entry.Name}"))
                .Where(key => key != ConfigurationSchema.ArgumentsGroup),
        ];
        Assert.Equal(ConfigurationSchema.Settings.Select(setting => setting.Key), documented);
    }

    [Fact]
    public void The_documented_ranges_and_choices_are_those_that_are_checked()
    {
        foreach (ReferenceGroup group in Groups)
        {
            foreach (ReferenceEntry entry in group.Entries.Where(entry => entry.Name != "kwargs"))
            {
                Setting setting = ConfigurationSchema.Find($"{group.Name}.{entry.Name}")!;
                Assert.Equal(Regex.Replace(setting.Allowed, "^(Range|Choices): ", ""), entry.Allowed);
                Assert.EndsWith(".", entry.Meaning, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(HoconFiles))]
    public void Every_hocon_file_resolves_without_a_problem(string name)
    {
        ConfigurationLayer layer = ConfigurationLayer.Parse(EmbeddedHocon.Read(name), name, "/");
        ConfigurationResolver.Resolve([layer]);
    }

    [Fact]
    public void The_documentation_page_is_generated_from_the_reference()
    {
        string root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "RepositoryRoot").Value!;
        string page = File.ReadAllText(Path.Combine(root, "docs", "configuration.md"));
        Assert.True(
            page == ConfigurationDocument.Render(EmbeddedHocon.Read("reference.conf"), EmbeddedHocon.Read("environment.conf")),
            "docs/configuration.md is out of date: dotnet run --project src/Host -- docs configuration > docs/configuration.md");
    }

    [Fact]
    public void A_key_without_its_comment_is_refused()
    {
        FormatException exception = Assert.Throws<FormatException>(() => ReferenceReader.Read("dqn {\n # Group.\n a {\n # Meaning.\n b = 1\n }\n}"));
        Assert.StartsWith("the comment above 'b = 1' needs", exception.Message, StringComparison.Ordinal);
    }
}
