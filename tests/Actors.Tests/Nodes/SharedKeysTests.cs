namespace DqnAkka.Actors.Tests;

public sealed class SharedKeysTests
{
    [Theory]
    [InlineData("dqn.environment.id")]
    [InlineData("dqn.environment.kwargs.gravity")]
    [InlineData("dqn.environment.wrappers")]
    [InlineData("dqn.network.hidden")]
    [InlineData("dqn.learner.algorithm")]
    [InlineData("dqn.learner.gamma")]
    [InlineData("dqn.learner.n-step")]
    [InlineData("dqn.learner.mode")]
    [InlineData("dqn.replay.shards")]
    [InlineData("dqn.replay.capacity")]
    [InlineData("dqn.replay.removal")]
    [InlineData("dqn.replay.prioritized")]
    [InlineData("dqn.replay.alpha")]
    [InlineData("dqn.run.seed")]
    public void What_shapes_the_data_must_agree_everywhere(string key) =>
        Assert.All(ClusterRoles.All, role => Assert.True(SharedKeys.MustAgree(key, [role])));

    [Theory]
    [InlineData("dqn.learner.learning-rate")]
    [InlineData("dqn.learner.n-steps-of-another-kind")]
    [InlineData("dqn.learner.replicas")]
    [InlineData("dqn.learner.max-gradient-norm")]
    [InlineData("dqn.learner.polyak-tau")]
    [InlineData("dqn.replay.samples-per-insert")]
    [InlineData("dqn.replay.beta")]
    [InlineData("dqn.snapshot.period")]
    [InlineData("dqn.evaluation.episodes")]
    [InlineData("dqn.checkpoint.period")]
    [InlineData("dqn.stop.score")]
    public void What_only_a_learner_reads_must_agree_on_learners(string key) =>
        Assert.All(ClusterRoles.All, role => Assert.Equal(role == ClusterRoles.Learner, SharedKeys.MustAgree(key, [role])));

    [Fact]
    public void Exploration_must_agree_on_runners_and_learners() => Assert.All(
        ClusterRoles.All,
        role => Assert.Equal(role is ClusterRoles.Learner or ClusterRoles.Runner, SharedKeys.MustAgree("dqn.exploration.kind", [role])));

    [Theory]
    [InlineData("dqn.learner.loss", new[] { ClusterRoles.Learner, ClusterRoles.Gradient })]
    [InlineData("dqn.learner.huber-threshold", new[] { ClusterRoles.Learner, ClusterRoles.Gradient })]
    [InlineData("dqn.learner.batch-size", new[] { ClusterRoles.Learner, ClusterRoles.Gradient })]
    [InlineData("dqn.learner.optimizer", new[] { ClusterRoles.Learner, ClusterRoles.ParameterServer })]
    [InlineData("dqn.learner.adam-beta1", new[] { ClusterRoles.Learner, ClusterRoles.ParameterServer })]
    [InlineData("dqn.learner.adagrad-epsilon", new[] { ClusterRoles.Learner, ClusterRoles.ParameterServer })]
    [InlineData("dqn.parameter-server.shards", new[] { ClusterRoles.Learner, ClusterRoles.ParameterServer, ClusterRoles.Gradient })]
    [InlineData("dqn.parameter-server.compression", new[] { ClusterRoles.Learner, ClusterRoles.ParameterServer, ClusterRoles.Gradient })]
    public void What_workers_and_ranges_read_must_agree_on_them_and_on_learners(string key, string[] roles) =>
        Assert.All(ClusterRoles.All, role => Assert.Equal(roles.Contains(role), SharedKeys.MustAgree(key, [role])));

    [Theory]
    [InlineData("dqn.learner.replicas", false)]
    [InlineData("dqn.learner.checksum-period", false)]
    [InlineData("dqn.parameter-server.timeout-seconds", false)]
    [InlineData("dqn.learner.mode", true)]
    [InlineData("dqn.parameter-server.max-staleness", true)]
    public void A_run_that_is_resumed_may_share_its_work_out_otherwise_but_not_learn_otherwise(string key, bool expected)
    {
        Assert.Equal(expected, SharedKeys.MustStay(key));
        Assert.True(SharedKeys.CanChange(key));
    }

    [Theory]
    [InlineData("dqn.environment.path")]
    [InlineData("dqn.network.path")]
    [InlineData("dqn.learner.device")]
    [InlineData("dqn.learner.devices")]
    [InlineData("dqn.gradient.workers")]
    [InlineData("dqn.gradient.delay-milliseconds")]
    [InlineData("dqn.learner.backend")]
    [InlineData("dqn.replay.memory-limit")]
    [InlineData("dqn.learner.prefetch")]
    [InlineData("dqn.runner.count")]
    [InlineData("dqn.remote.port")]
    [InlineData("dqn.run.directory")]
    [InlineData("dqn.run.name")]
    [InlineData("dqn.health.port")]
    public void What_is_the_machines_own_need_not(string key) => Assert.False(SharedKeys.MustAgree(key, ClusterRoles.All));

    [Fact]
    public void A_long_value_is_cut_and_its_hash_still_tells_it_from_another()
    {
        string one = new('a', 500);
        string other = one[..499] + "b";
        string[] values =
        [
            .. new[] { one, one, other }.Select(value =>
                SharedKeys.Select(new Dictionary<string, string> { ["dqn.environment.type"] = value, ["dqn.runner.count"] = "1" }, []).Single().Value),
        ];
        Assert.Equal(values[0], values[1]);
        Assert.NotEqual(values[0], values[2]);
        Assert.All(values, value => Assert.InRange(value.Length, 1, 200));
    }
}
