using DqnAkka.Actors;

namespace DqnAkka.Host.Tests;

public sealed class NodeConfigurationTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["DQN_HOSTNAME"] = "10.0.0.2",
        ["DQN_PUBLIC_HOSTNAME"] = "node-2.example",
        ["DQN_PORT"] = "5000",
        ["DQN_SEED_NODES"] = "10.0.0.1:4053, seed.example:4054",
        ["DQN_TLS_CERTIFICATE"] = "/tls/node.pem",
        ["DQN_TLS_PRIVATE_KEY"] = "/tls/node.key",
        ["DQN_TLS_AUTHORITY"] = "/tls/authority.pem",
        ["DQN_HEALTH_PORT"] = "8080",
        ["DQN_RUN_DIRECTORY"] = "/runs/one",
    };

    [Fact]
    public void A_node_can_be_told_everything_by_environment_variables()
    {
        ResolvedConfiguration configuration = Node(Variables).Resolve();
        RemoteOptions remote = configuration.Node.Remote;
        Assert.Equal(("10.0.0.2", "node-2.example", 5000), (remote.Hostname, remote.PublicHostname, remote.Port));
        Assert.Equal(["10.0.0.1:4053", "seed.example:4054"], remote.SeedNodes);
        Assert.Equal(new TlsOptions("/tls/node.pem", "/tls/node.key", "/tls/authority.pem"), remote.Tls);
        Assert.Equal((8080, "/runs/one"), (configuration.Node.HealthPort, configuration.Options.Run.Directory));
    }

    [Fact]
    public void Empty_variables_change_nothing()
    {
        RemoteOptions expected = Node([]).Resolve().Node.Remote;
        RemoteOptions remote = Node(Variables.ToDictionary(entry => entry.Key, _ => "")).Resolve().Node.Remote;
        Assert.Equal(expected with { SeedNodes = [] }, remote with { SeedNodes = [] });
        Assert.Empty(remote.SeedNodes);
        Assert.Null(remote.Tls);
    }

    [Fact]
    public void A_wrong_variable_is_told_with_the_line_that_reads_it()
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(() => Node(new() { ["DQN_PORT"] = "many" }).Resolve());
        Assert.Matches(@"^dqn\.remote\.port = many \(hocon/environment\.conf:[0-9]+, variable DQN_PORT\) is not an integer: give an integer, 0 to 65535$", Assert.Single(exception.Lines));
    }

    [Fact]
    public void Options_win_over_assignments_these_over_variables_these_over_files_and_these_over_roles()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", "dqn.remote.port = 4");
        ConfigurationSource role = Node([]) with { Roles = [ClusterRoles.Seed] };
        ConfigurationSource byFile = role with { Files = [file] };
        ConfigurationSource byVariable = byFile with { Variables = new Dictionary<string, string> { ["DQN_PORT"] = "3" }.GetValueOrDefault };
        ConfigurationSource byAssignment = byVariable with { Assignments = ["dqn.remote.port=2"] };
        ConfigurationSource byOption = byAssignment with { Options = [("dqn.remote.port", "1", "--port")] };
        Assert.Equal([1, 2, 3, 4, 4053], new[] { byOption, byAssignment, byVariable, byFile, role }.Select(source => source.Resolve().Node.Remote.Port));
        Assert.Equal(0, Node([]).Resolve().Node.Remote.Port);
    }

    [Fact]
    public void Variables_of_nodes_do_not_reach_a_training_in_one_process()
    {
        ResolvedConfiguration configuration = (Node(Variables) with { Roles = [] }).Resolve();
        Assert.Equal(("127.0.0.1", ""), (configuration.Node.Remote.Hostname, configuration.Options.Run.Directory));
    }

    [Fact]
    public void Files_of_users_may_read_variables_of_their_own()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", "dqn.remote.seed-nodes = [${?FIRST}, ${?SECOND}, \"c:3\"]\ndqn.runner.count = 5\ndqn.runner.count = ${?RUNNERS}");
        ConfigurationSource source = Node(new() { ["SECOND"] = "a:1,b:2" }) with { Files = [file] };
        Assert.Equal(["a:1", "b:2", "c:3"], source.Resolve().Node.Remote.SeedNodes);
        Assert.Equal(5, source.Resolve().Options.Runner.Count);
        Assert.Equal(9, (source with { Variables = name => name == "RUNNERS" ? "9" : null }).Resolve().Options.Runner.Count);
    }

    [Fact]
    public void A_later_file_wins_and_the_first_one_names_the_run()
    {
        using TemporaryFolder folder = new();
        string first = folder.Write("mine.conf", "dqn.learner { gamma = 0.5, n-step = 2 }\nakka.x { a = 1, b = 1 }");
        string second = folder.Write("site.conf", "dqn.learner.gamma = 0.6\nakka.x.a = 2");
        ResolvedConfiguration configuration = new ConfigurationSource { Files = [first, second] }.Resolve();
        Assert.Equal((0.6, 2, "mine"), (configuration.Options.Learner.Gamma, configuration.Options.Learner.NStep, configuration.Name));
        Assert.Equal((2, 1), (configuration.AkkaSettings.GetInt("akka.x.a"), configuration.AkkaSettings.GetInt("akka.x.b")));
    }

    [Fact]
    public void Tls_stands_beside_an_experiment_and_is_none_itself()
    {
        ResolvedConfiguration alone = (Node([]) with { Files = ["tls"] }).Resolve();
        ResolvedConfiguration beside = (Node([]) with { Files = ["tls", "acrobot"] }).Resolve();
        Assert.Equal(("cartpole", 490.0), (alone.Name, alone.Options.Stop.Score));
        Assert.Equal(("acrobot", "Acrobot-v1"), (beside.Name, beside.Options.Environment.Id));
        TlsOptions expected = new(Path.GetFullPath("tls/node.pem"), Path.GetFullPath("tls/node.key"), Path.GetFullPath("tls/authority.pem"));
        Assert.Equal(expected, alone.Node.Remote.Tls);
        Assert.Equal(expected, beside.Node.Remote.Tls);
        ConfigurationSource elsewhere = Node(Variables) with { Files = ["tls"] };
        Assert.Equal("/tls/node.key", elsewhere.Resolve().Node.Remote.Tls!.PrivateKey);
    }

    [Fact]
    public void Files_of_certificates_count_from_the_file_that_names_them()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("conf/x.conf", "dqn.remote.tls { certificate = a.pem, private-key = ../b.key, authority = \"/c.pem\" }");
        TlsOptions tls = (Node([]) with { Files = [file] }).Resolve().Node.Remote.Tls!;
        Assert.Equal((folder.Sub("conf/a.pem"), folder.Sub("b.key"), Path.GetFullPath("/c.pem")), (tls.Certificate, tls.PrivateKey, tls.Authority));
    }

    [Fact]
    public void Tls_with_a_file_missing_is_one_line()
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(() => (Node([]) with { Assignments = ["dqn.remote.tls.certificate=/a.pem"] }).Resolve());
        Assert.Equal(["dqn.remote.tls.certificate = /a.pem (--set) but dqn.remote.tls.private-key is empty: give all three files, or none of them"], exception.Lines);
    }

    [Theory]
    [InlineData("akka.remote.dot-netty.tcp.hostname=0.0.0.0", "akka.remote.dot-netty.tcp.hostname follows from dqn.remote.hostname: set that instead")]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl=false", "akka.remote.dot-netty.tcp.enable-ssl follows from dqn.remote.tls: set that instead")]
    [InlineData("akka.remote.dot-netty.tcp.ssl.suppress-validation=true", "akka.remote.dot-netty.tcp.ssl follows from dqn.remote.tls: set that instead")]
    public void What_guards_a_node_cannot_be_set_behind_its_back(string assignment, string expected)
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(() => new ConfigurationSource { Assignments = [assignment] }.Resolve());
        Assert.Equal([expected], exception.Lines);
    }

    [Fact]
    public void The_agreement_holds_every_key_as_it_is_written()
    {
        ConfigurationSource source = Node([]) with { Assignments = ["dqn.network.hidden=[32, 16]", "dqn.environment.kwargs.length=0.5", "dqn.environment.wrappers=[\"FrameSkip(skip=2)\", GrayscaleObservation]"] };
        IReadOnlyDictionary<string, string> agreement = source.Resolve().Node.Agreement;
        Assert.Equal(ConfigurationSchema.Settings.Count + 1, agreement.Count);
        Assert.Equal(("[32, 16]", "\"0.5\""), (agreement["dqn.network.hidden"], agreement["dqn.environment.kwargs.length"]));
        Assert.Equal("[\"FrameSkip(skip=2)\", \"GrayscaleObservation\"]", agreement["dqn.environment.wrappers"]);
        Assert.Equal(("double-dqn", "2"), (agreement["dqn.learner.algorithm"], agreement["dqn.replay.shards"]));
    }

    private static ConfigurationSource Node(Dictionary<string, string> variables) =>
        new() { Roles = [ClusterRoles.Runner], Variables = variables.GetValueOrDefault };
}
