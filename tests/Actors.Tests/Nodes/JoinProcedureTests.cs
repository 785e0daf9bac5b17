namespace DqnAkka.Actors.Tests;

public sealed class JoinProcedureTests
{
    private const string Self = "127.0.0.1:4053";
    private const string Other = "127.0.0.1:4054";
    private const string Third = "127.0.0.1:4055";

    [Fact]
    public void A_seed_without_anybody_to_ask_forms_the_cluster_at_once()
    {
        Assert.Equal(JoinStep.Form, Start([ClusterRoles.Seed], []).Next(Seconds(0)));
        Assert.Equal(JoinStep.Form, Start([ClusterRoles.Seed], [Self]).Next(Seconds(0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_first_seed_with_others_to_ask_forms_the_cluster_when_nobody_accepts_it(bool isRemembered)
    {
        JoinProcedure procedure = isRemembered ? Start([ClusterRoles.Seed], [Self], Other) : Start([ClusterRoles.Seed], [Self, Other]);
        Assert.Equal([Other], procedure.Contacts);
        // Whom an earlier process on this address knew comes to it first.
        Assert.Equal(isRemembered ? JoinStep.Wait : JoinStep.Ask, procedure.Next(Seconds(1.9)));
        Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(2)));
        procedure.Pending(Other, "itself waits for you", Seconds(4));
        Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(4.9)));
        Assert.Equal(JoinStep.Form, procedure.Next(Seconds(5)));
        Assert.Equal(JoinStep.Wait, procedure.Next(Seconds(6)));
        Assert.False(procedure.Accepted(Other, Seconds(6)));
    }

    [Fact]
    public void A_first_seed_that_is_accepted_joins_and_forms_nothing()
    {
        JoinProcedure procedure = Start([ClusterRoles.Seed], [Self], Other);
        Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(2)));
        Assert.True(procedure.Accepted(Other, Seconds(3)));
        Assert.False(procedure.Accepted(Third, Seconds(3)));
        Assert.Equal(JoinStep.Wait, procedure.Next(Seconds(5.9)));
        // It was not taken in: it asks again, for the whole time, before it would form anything.
        Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(6)));
        Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(10.9)));
        Assert.True(procedure.Accepted(Other, Seconds(10.9)));
    }

    [Theory]
    [InlineData(ClusterRoles.Seed)]
    [InlineData(ClusterRoles.Learner)]
    public void Nobody_but_the_first_seed_forms_a_cluster(string role)
    {
        JoinProcedure procedure = Start([role], [Other, Self]);
        Assert.All(Enumerable.Range(0, 1000), second => Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(second))));
    }

    [Fact]
    public void A_node_with_nobody_to_join_says_how_to_name_a_seed() => Assert.Equal(
        $"the node {Self} has nobody to join: name a seed node with --seed-node host:port or dqn.remote.seed-nodes, or give it the role seed",
        Start([ClusterRoles.Runner], []).Problem);

    [Fact]
    public void A_seed_node_that_is_no_address_is_named() =>
        Assert.Equal("the seed node nonsense is no host:port: correct --seed-node or dqn.remote.seed-nodes", Start([ClusterRoles.Runner], ["nonsense"]).Problem);

    [Fact]
    public void Every_ten_seconds_it_says_who_has_not_answered()
    {
        JoinProcedure procedure = Start([ClusterRoles.Runner], [Other]);
        Assert.Null(procedure.Due(Seconds(9), []));
        Assert.Equal(
            $"waits for a seed node: {Other} has not answered for 10 s (is it started, reachable from here, and started under exactly this address?)",
            procedure.Due(Seconds(10), []));
        Assert.Null(procedure.Due(Seconds(19), []));
        Assert.Contains("has not answered for 20 s", procedure.Due(Seconds(20), []), StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_what_a_node_waits_for_that_has_answered()
    {
        JoinProcedure procedure = Start([ClusterRoles.Runner], [Other, Third]);
        procedure.Pending(Other, $"itself waits for a seed node: {Third} has not answered", Seconds(9));
        Assert.Equal(
            $"waits for {Other}, which itself waits for a seed node: {Third} has not answered; a seed node: {Third} has not answered for 10 s (is it started, reachable from here, and started under exactly this address?)",
            procedure.Due(Seconds(10), []));
        Assert.Contains($"{Other}, {Third} have not answered for 11 s", procedure.Due(Seconds(20), []), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_that_cannot_take_it_in_is_named_with_the_members_that_it_cannot_reach()
    {
        JoinProcedure procedure = Start([ClusterRoles.Runner], [Other]);
        procedure.Accepted(Other, Seconds(8));
        Assert.Equal(
            $"waits for the cluster of {Other} to take it in, which first has to reach or drop {Third}", procedure.Due(Seconds(10), [Third]));
        Assert.Equal(JoinStep.Ask, procedure.Next(Seconds(11)));
        Assert.Equal($"the cluster of {Other} to take it in", procedure.Describe(Seconds(11), []));
        Assert.StartsWith("a seed node: ", procedure.Describe(Seconds(15), []), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_ends_it_unless_the_member_was_only_remembered()
    {
        JoinProcedure procedure = Start([ClusterRoles.Seed], [Self, Other], Third);
        Assert.Equal(JoinRefusal.Dropped, procedure.Refused(Third));
        Assert.Equal([Other], procedure.Contacts);
        Assert.Equal(JoinRefusal.Late, procedure.Refused(Third));
        Assert.Equal(JoinRefusal.Final, procedure.Refused(Other));
        Assert.Equal(JoinRefusal.Final, Start([ClusterRoles.Replay], [], Third).Refused(Third));
    }

    [Fact]
    public void Two_nodes_that_wait_for_each_other_do_not_tell_each_other_their_own_words()
    {
        JoinProcedure one = Start([ClusterRoles.Seed], [Third, Self, Other]);
        JoinProcedure two = new(Other, [ClusterRoles.Seed], [Third, Self, Other], []);
        two.Start(Seconds(0));
        for (int second = 1; second <= 100; second++)
        {
            one.Pending(Other, $"itself waits for {two.DescribeToOthers(Seconds(second))}", Seconds(second));
            two.Pending(Self, $"itself waits for {one.DescribeToOthers(Seconds(second))}", Seconds(second));
        }

        Assert.Equal(
            $"{Other}, which itself waits for a seed node: {Third} has not answered for 100 s (is it started, reachable from here, and started under exactly this address?); a seed node: {Third} has not answered for 100 s (is it started, reachable from here, and started under exactly this address?)",
            one.Describe(Seconds(100), []));
    }

    private static JoinProcedure Start(string[] roles, string[] seeds, params string[] remembered)
    {
        JoinProcedure procedure = new(Self, roles, seeds, remembered);
        procedure.Start(Seconds(0));
        return procedure;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
