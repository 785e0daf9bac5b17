using System.Reflection;

namespace DqnAkka.Process.Tests;

/// <summary>The projects depend downwards only: Host → Actors → Learner → Environments.</summary>
public sealed class LayeringTests
{
    private static readonly string[] Framework = ["System", "Microsoft", "netstandard"];

    public static TheoryData<string, string[]> Layers => new()
    {
        { "DqnAkka.Environments", [] },
        { "DqnAkka.Learner", ["DqnAkka.Environments", "TorchSharp", "Google.Protobuf"] },
        { "DqnAkka.Actors", ["DqnAkka.Learner", "DqnAkka.Environments", "Akka"] },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void An_assembly_references_only_what_lies_below_it(string assembly, string[] allowed) => Assert.Empty(Violations(assembly, allowed));

    [Fact]
    public void The_learner_is_built_on_the_environments_and_the_actors_on_the_learner()
    {
        Assert.Contains("DqnAkka.Environments", References("DqnAkka.Learner"));
        Assert.Contains("DqnAkka.Learner", References("DqnAkka.Actors"));
    }

    [Fact]
    public void The_rule_can_fail()
    {
        Assert.Contains("DqnAkka.Learner", Violations("DqnAkka.Actors", ["Akka"]));
        Assert.Contains(Violations("DqnAkka.Actors", ["DqnAkka"]), name => name.StartsWith("Akka", StringComparison.Ordinal));
        Assert.Contains("TorchSharp", Violations("DqnAkka.Learner", ["DqnAkka.Environments"]));
    }

    private static IEnumerable<string> Violations(string assembly, string[] allowed) =>
        References(assembly).Where(reference => !Framework.Concat(allowed).Any(name => reference == name || reference.StartsWith(name + ".", StringComparison.Ordinal)));

    private static IEnumerable<string> References(string assembly) => Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name!);
}
