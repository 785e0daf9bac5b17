namespace DqnAkka.Actors.Tests;

public sealed class AdmissionTests
{
    private const string Self = "127.0.0.1:4053";

    private static readonly NodeOptions Options = new()
    {
        Agreement = new Dictionary<string, string>
        {
            ["dqn.network.hidden"] = "[64, 64]",
            ["dqn.replay.shards"] = "2",
            ["dqn.learner.learning-rate"] = "0.001",
            ["dqn.runner.count"] = "2",
        },
    };

    private readonly Admission _admission = new(Options, Self, 17);

    [Fact]
    public void The_same_version_and_configuration_may_join() => Assert.Null(_admission.Refuse(Request()));

    [Fact]
    public void A_newer_minor_with_roles_and_keys_of_its_own_may_join() => Assert.Null(_admission.Refuse(Request(("dqn.network.kind", "mlp")) with
    {
        Minor = WireFormat.Minor + 1,
        Product = "0.9.0",
        Roles = ["observer", ClusterRoles.Runner],
    }));

    [Fact]
    public void A_newer_major_is_refused_with_both_versions_and_what_to_upgrade() => Assert.Equal(
        $"it is version 9.0.0 (protocol {WireFormat.Major + 1}.5) and the cluster is version {Admission.Product} (protocol {WireFormat.Major}.{WireFormat.Minor}): upgrade the cluster's nodes, or start this one with version {Admission.Product}",
        _admission.Refuse(Request() with { Major = WireFormat.Major + 1, Minor = 5, Product = "9.0.0" }));

    [Fact]
    public void An_older_major_is_told_to_upgrade() => Assert.EndsWith(
        $"upgrade this node to version {Admission.Product}", _admission.Refuse(Request() with { Major = 0 }), StringComparison.Ordinal);

    [Fact]
    public void All_keys_that_differ_are_named_with_both_values() => Assert.Equal(
        $"its configuration differs: dqn.network.hidden is [128] here and [64, 64] in the cluster ({Self}); dqn.replay.shards is 4 here and 2 in the cluster ({Self}): give every node the same --config and --set",
        _admission.Refuse(Request(("dqn.network.hidden", "[128]"), ("dqn.replay.shards", "4"), ("dqn.runner.count", "9"), ("dqn.learner.learning-rate", "1"))));

    [Fact]
    public void A_learners_own_keys_count_for_a_learner() => Assert.Contains(
        "dqn.learner.learning-rate is 1 here and 0.001 in the cluster",
        _admission.Refuse(Request(("dqn.learner.learning-rate", "1")) with { Roles = [ClusterRoles.Learner] }),
        StringComparison.Ordinal);

    [Fact]
    public void An_argument_of_the_environment_that_only_one_side_sets_differs() => Assert.Contains(
        "dqn.environment.kwargs.gravity is 3 here and not set in the cluster",
        _admission.Refuse(Request(("dqn.environment.kwargs.gravity", "3")) with { Minor = WireFormat.Minor + 1 }),
        StringComparison.Ordinal);

    [Fact]
    public void More_keys_than_fit_a_message_are_counted()
    {
        (string, string)[] keys = [.. Enumerable.Range(10, 90).Select(i => ($"dqn.environment.kwargs.argument{i}", new string('x', 100)))];
        string reason = _admission.Refuse(Request(keys))!;
        int named = keys.Count(key => reason.Contains(key.Item1, StringComparison.Ordinal));
        Assert.InRange(named, 5, 89);
        Assert.Contains($"; and {90 - named} more: give every node the same --config", reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, 1000, 2000);
    }

    [Fact]
    public void Another_process_under_the_answering_nodes_own_address_is_refused()
    {
        Assert.Equal(
            $"the address {Self} is taken by a running node: give this one another --port or --hostname",
            _admission.Refuse(Request() with { Address = Self, Uid = 18 }));
        Assert.Null(_admission.Refuse(Request() with { Address = Self, Uid = 17 }));
    }

    [Fact]
    public void A_claim_to_an_address_is_decided_by_who_answers_there()
    {
        AddressChecks checks = new();
        Assert.Equal(AddressClaim.Unknown, checks.Look("a:1", 5, Seconds(0), out bool mustAsk));
        Assert.True(mustAsk);
        Assert.Equal(AddressClaim.Unknown, checks.Look("a:1", 5, Seconds(1), out mustAsk));
        Assert.False(mustAsk);
        checks.Answered("b:1", 7);
        Assert.Equal(AddressClaim.Unknown, checks.Look("a:1", 5, Seconds(1), out _));

        checks.Answered("a:1", 7);
        Assert.Equal(AddressClaim.Taken, checks.Look("a:1", 5, Seconds(2), out _));
        // The claim is looked into again after a while: the other process may have gone.
        Assert.Equal(AddressClaim.Unknown, checks.Look("a:1", 5, Seconds(11), out mustAsk));
        Assert.True(mustAsk);
        checks.Answered("a:1", 5);
        Assert.Equal(AddressClaim.Free, checks.Look("a:1", 5, Seconds(11), out _));
    }

    [Fact]
    public void An_address_where_nobody_answers_for_three_seconds_is_free()
    {
        AddressChecks checks = new();
        checks.Look("a:1", 5, Seconds(0), out _);
        Assert.Equal(AddressClaim.Unknown, checks.Look("a:1", 5, Seconds(2.9), out _));
        Assert.Equal(AddressClaim.Free, checks.Look("a:1", 5, Seconds(3), out _));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static NodeProtocol.JoinRequest Request(params (string Key, string Value)[] changes)
    {
        Dictionary<string, string> agreement = Options.Agreement.ToDictionary();
        foreach ((string key, string value) in changes)
        {
            agreement[key] = value;
        }

        string[] roles = [ClusterRoles.Replay, ClusterRoles.Runner];
        return new NodeProtocol.JoinRequest(
            WireFormat.Major, WireFormat.Minor, "0.1.0", "127.0.0.1:4054", 1, 0, roles, SharedKeys.Select(agreement, ClusterRoles.All));
    }
}
