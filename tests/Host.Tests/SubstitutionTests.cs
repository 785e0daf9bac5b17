namespace DqnAkka.Host.Tests;

public sealed class SubstitutionTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["SEED"] = "7",
        ["NAME"] = "from-variable",
        ["EMPTY"] = "",
        ["QUOTED"] = "a \"b\" \\c {d} # e",
        ["LINES"] = "a\nb",
        ["dqn.run.name"] = "not this",
    };

    [Theory]
    [InlineData("dqn.run.seed = ${SEED}", "dqn.run.seed", "7")]
    [InlineData("dqn.run.seed = ${?SEED}", "dqn.run.seed", "7")]
    [InlineData("dqn { run { seed = ${? SEED } } }", "dqn.run.seed", "7")]
    [InlineData("dqn.run.seed = 3\ndqn.run.seed = ${?SEED}", "dqn.run.seed", "7")]
    [InlineData("dqn.run.seed = ${?SEED}\ndqn.run.seed = 3", "dqn.run.seed", "3")]
    [InlineData("dqn.run.name = run-${SEED}-${?ABSENT}x", "dqn.run.name", "run-7-x")]
    [InlineData("dqn.run.name = \"run\"${?EMPTY}\"-\"${SEED}", "dqn.run.name", "run-7")]
    [InlineData("dqn.run.name = ${?ABSENT}${?SEED}", "dqn.run.name", "7")]
    [InlineData("dqn.run.name = ${EMPTY}", "dqn.run.name", "")]
    [InlineData("dqn.run.name = ${QUOTED}", "dqn.run.name", "a \"b\" \\c {d} # e")]
    [InlineData("dqn.run.name = ${LINES}", "dqn.run.name", "a b")]
    [InlineData("dqn.run.name = \"${SEED}\"", "dqn.run.name", "${SEED}")]
    [InlineData("dqn.run.name = x # ${ABSENT}", "dqn.run.name", "x")]
    [InlineData("dqn.run.name = own\ndqn.run.seed = ${dqn.run.name}", "dqn.run.seed", "own")]
    [InlineData("dqn.run.name = own\ndqn.run.seed = ${?dqn.run.name}", "dqn.run.seed", "own")]
    [InlineData("dqn.run.name = ${?NAME}\ndqn.run.seed = ${?dqn.run.name}", "dqn.run.seed", "from-variable")]
    [InlineData("dqn.run.seed = ${?dqn.run.later}\ndqn.run.later = ${?SEED}", "dqn.run.seed", "7")]
    [InlineData("dqn.run.seed = 3\ndqn.run.seed = ${?dqn.run.seed}", "dqn.run.seed", "3")]
    public void A_substitution_is_a_key_of_the_file_or_else_a_variable(string text, string key, string expected) =>
        Assert.Equal(expected, Assert.Single(Parse(text).Values[key].Items));

    [Theory]
    [InlineData("dqn.run.seed = ${?ABSENT}")]
    [InlineData("dqn.run.seed = ${?EMPTY}")]
    [InlineData("dqn { run { seed = ${?ABSENT} } }")]
    [InlineData("dqn { run { name = x, seed = ${?ABSENT}, other = y } }")]
    [InlineData("dqn { run { seed = ${?ABSENT}, other = y } }")]
    [InlineData("dqn.run.seed = ${?dqn.run.seed}")]
    [InlineData("dqn.run.seed = ${?dqn.run.a}\ndqn.run.a = ${?dqn.run.b}\ndqn.run.b = ${?dqn.run.a}")]
    public void An_optional_one_without_a_value_leaves_no_key(string text) =>
        Assert.DoesNotContain("dqn.run.seed", Parse(text).Values.Keys);

    [Theory]
    [InlineData("dqn.run.seed = 3 # first\ndqn.run.seed = ${?ABSENT} // second", "3", "x.conf:1")]
    [InlineData("dqn.run.seed = 3\ndqn.run.seed = ${?SEED}", "7", "x.conf:2, variable SEED")]
    public void A_value_that_stays_is_reported_where_it_was_written(string text, string value, string origin)
    {
        RawValue raw = Parse(text).Values["dqn.run.seed"];
        Assert.Equal((value, origin), (raw.Items[0], raw.Origin));
    }

    [Theory]
    [InlineData("[${?ABSENT}]", "")]
    [InlineData("[${?ABSENT}, a]", "a")]
    [InlineData("[a, ${?ABSENT}]", "a")]
    [InlineData("[a, ${?ABSENT}, b]", "a|b")]
    [InlineData("[${SEED}, ${?NAME}]", "7|from-variable")]
    [InlineData("[\n  a\n  ${?ABSENT}\n  b\n]", "a|b")]
    public void An_item_of_a_list_without_a_value_is_left_out(string list, string expected)
    {
        RawValue raw = Parse($"dqn.list = {list}").Values["dqn.list"];
        Assert.True(raw.IsList);
        Assert.Equal(expected, string.Join('|', raw.Items));
    }

    [Fact]
    public void Akkas_own_keys_may_use_variables_too()
    {
        ConfigurationLayer layer = Parse("akka { loglevel = ${?NAME}, stdout-loglevel = ${?ABSENT} }\nakka.remote.x = ${SEED}");
        Assert.Equal("from-variable", layer.AkkaSettings.GetString("akka.loglevel"));
        Assert.Equal(7, layer.AkkaSettings.GetInt("akka.remote.x"));
        Assert.False(layer.AkkaSettings.HasPath("akka.stdout-loglevel"));
    }

    [Fact]
    public void A_text_of_which_nothing_is_left_is_an_empty_layer()
    {
        ConfigurationLayer layer = Parse("a = ${?ABSENT}\n# only this\n");
        Assert.Empty(layer.Values);
        Assert.True(layer.AkkaSettings.IsEmpty);
    }

    [Fact]
    public void The_process_has_the_variables_where_none_are_given()
    {
        string name = $"DQN_TEST_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(name, "12");
        Assert.Equal("12", ConfigurationLayer.Parse($"dqn.run.seed = ${{?{name}}}", "x.conf", "/").Values["dqn.run.seed"].Items[0]);
        Environment.SetEnvironmentVariable(name, null);
        Assert.Empty(ConfigurationLayer.Parse($"dqn.run.seed = ${{?{name}}}", "x.conf", "/").Values);
    }

    private static ConfigurationLayer Parse(string text) => ConfigurationLayer.Parse(text, "x.conf", "/", Variables.GetValueOrDefault);
}
