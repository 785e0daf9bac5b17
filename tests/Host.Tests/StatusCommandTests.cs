using System.Text.Json;
using Akka.Actor.Setup;
using Akka.Configuration;
using DqnAkka.Actors;

namespace DqnAkka.Host.Tests;

public sealed class StatusCommandTests : IDisposable
{
    private const long Generation = 639_000_000_012_345_678;
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    private static readonly NodeStatus Learner = new()
    {
        Address = "127.0.0.1:4053",
        Roles = ["seed", "learner"],
        Membership = "Up",
        Uptime = TimeSpan.FromSeconds(3725),
        Mirror = new MirrorStatus(Generation, 42, TimeSpan.FromSeconds(1)),
        Training = new TrainingStatus
        {
            Generation = Generation,
            SnapshotVersion = 42,
            Updates = 8400,
            UpdatesPerSecond = 512.25,
            Steps = 60_000,
            StepsPerSecond = 4000.5,
            Inserts = 60_000,
            Samples = 537_600,
            LimiterError = -0.953,
            CheckpointUpdates = 8000,
            CheckpointAge = TimeSpan.FromSeconds(12),
            RunnerRestarts = 1,
            LearnerRestarts = 0,
            Runners = 2,
        },
    };

    private static readonly NodeStatus Replay = new()
    {
        Address = "127.0.0.1:4054",
        Roles = ["replay"],
        Membership = "Up",
        Uptime = TimeSpan.FromSeconds(61),
        RejectedFrames = 3,
        Mirror = new MirrorStatus(Generation, 41, TimeSpan.Zero),
        Shards =
        [
            new ShardStatus(1, 639_000_000_000_000_002, 0, 0, 0, 0, 0, 0),
            new ShardStatus(0, 639_000_000_000_000_001, 25_000, 1234.5678, 40_000, 5_000, 20_000, 500_000) { IsDurable = true, Reopened = 4_000 },
        ],
    };

    private static readonly NodeStatus Runner = new()
    {
        Address = "127.0.0.1:4055",
        Roles = ["runner"],
        Membership = "Up",
        Uptime = TimeSpan.FromSeconds(61),
        WaitsFor = "credit from replay shards 1 (runners)",
        Mirror = new MirrorStatus(Generation, 30, TimeSpan.Zero),
        Runners = new RunnerPoolStatus(
            [new RunnerStatus(1, 0.00065536, 500, 0), new RunnerStatus(0, 0.4, 59_500, 3999.5)],
            1,
            [
                new ProgressProtocol.AcknowledgedTransitions(0, 639_000_000_000_000_001, 39_000),
                new ProgressProtocol.AcknowledgedTransitions(0, 639_000_000_000_000_001, 1_000),
            ]),
    };

    private static readonly NodeStatus Gone = new()
    {
        Address = "127.0.0.1:4056",
        Roles = ["runner"],
        Membership = "Up",
        IsReachable = false,
        HasAnswered = false,
    };

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task The_status_is_printed_in_tables_with_who_lags()
    {
        Assert.Equal(0, await Run([Learner, Replay, Runner, Gone]));
        Assert.Equal(
            """
            member          roles         state            up for   refused  skipped  waits for
            127.0.0.1:4053  seed,learner  Up               1:02:05  0        0
            127.0.0.1:4054  replay        Up               1:01     3        0
            127.0.0.1:4055  runner        Up               1:01     0        0        credit from replay shards 1 (runners)
            127.0.0.1:4056  runner        Up, unreachable

            learner         updates  updates/s  steps  steps/s  snapshot     checkpoint             samples/insert  limiter               runners  restarts
            127.0.0.1:4053  8400     512.3      60000  4000.5   12345678/42  update 8000, 0:12 ago  8.96            -95 %, learner waits  2        0 learner, 1 runner

            shard  member          items  mass      inserts  inherited  evicted  samples  durable                  incarnation
            0      127.0.0.1:4054  25000  1234.568  40000    5000       20000    500000   yes, reopened with 4000  00000001
            1      127.0.0.1:4054  0      0         0        0          0        0        no                       00000002

            runner  member          epsilon  steps/s  steps  snapshot
            0       127.0.0.1:4055  0.4      3999.5   59500  12345678/30
            1       127.0.0.1:4055  0.0007   0        500    12345678/30

            lags: shard 1 on 127.0.0.1:4054 holds nothing; the snapshot of 127.0.0.1:4055 is 12 versions behind; runner 1 on 127.0.0.1:4055 stands still; 127.0.0.1:4056 cannot be reached

            """,
            _output.ToString());
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task A_healthy_cluster_has_nobody_who_lags()
    {
        await Run([Learner]);
        Assert.EndsWith("\nlags: nobody\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_read_one_object_on_one_line()
    {
        Assert.Equal(0, await Run([Learner, Replay, Runner, Gone], isJson: true));
        Assert.Equal(1, _output.ToString().Count(character => character == '\n'));
        using JsonDocument document = JsonDocument.Parse(_output.ToString());
        JsonElement root = document.RootElement;
        JsonElement members = root.GetProperty("members");
        Assert.Equal(4, members.GetArrayLength());
        Assert.Equal(3725, members[0].GetProperty("uptime").GetDouble());
        Assert.Equal(42, members[0].GetProperty("training").GetProperty("snapshotVersion").GetInt64());
        Assert.Equal((8.96, -0.953), (members[0].GetProperty("training").GetProperty("samplesPerInsert").GetDouble(), members[0].GetProperty("training").GetProperty("limiterError").GetDouble()));
        Assert.Equal(639_000_000_000_000_001, members[1].GetProperty("shards")[1].GetProperty("incarnation").GetInt64());
        Assert.Equal("credit from replay shards 1 (runners)", members[2].GetProperty("waitsFor").GetString());
        Assert.False(members[3].GetProperty("hasAnswered").GetBoolean());
        JsonElement acknowledged = Assert.Single(root.GetProperty("acknowledged").EnumerateArray());
        Assert.Equal((0, 639_000_000_000_000_001, 40_000), (
            acknowledged.GetProperty("shard").GetInt32(),
            acknowledged.GetProperty("incarnation").GetInt64(),
            acknowledged.GetProperty("transitions").GetInt64()));
        Assert.Equal(4, root.GetProperty("lags").GetArrayLength());
    }

    [Fact]
    public async Task A_number_that_is_none_does_not_break_the_object()
    {
        NodeStatus odd = Learner with { Training = Learner.Training! with { StepsPerSecond = double.NaN, UpdatesPerSecond = double.PositiveInfinity } };
        await Run([odd], isJson: true);
        using JsonDocument document = JsonDocument.Parse(_output.ToString());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("members")[0].GetProperty("training").GetProperty("stepsPerSecond").ValueKind);
    }

    [Theory]
    [InlineData(0, 0, "has not come")]
    [InlineData(Generation - 1, 99, "is of an earlier learner")]
    [InlineData(Generation, 37, "is 5 versions behind")]
    [InlineData(Generation, 38, null)]
    [InlineData(Generation + 1, 1, null)]
    public void A_snapshot_lags_more_than_four_versions_behind_or_when_its_learner_is_gone(long generation, long version, string? expected)
    {
        NodeStatus other = Replay with { Shards = [], Mirror = new MirrorStatus(generation, version, TimeSpan.Zero) };
        Assert.Equal(expected is null ? [] : [$"the snapshot of {other.Address} {expected}"], Laggards.Find([Learner, other]));
    }

    [Fact]
    public void A_cluster_without_a_learner_and_members_that_are_silent_are_named() => Assert.Equal(
        ["no learner answers", "127.0.0.1:4056 has not answered"], Laggards.Find([Gone with { IsReachable = true }]));

    [Fact]
    public async Task Lists_that_are_cut_are_said_to_be()
    {
        await Run([Learner, Runner with { IsCut = true }]);
        Assert.Contains("\nthe lists of 127.0.0.1:4055 are cut to what fits a message; more is left out\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_one_line_and_exit_code_1()
    {
        StatusCommand status = new((_, _, _, _) => throw new NodeClientException("a:1 does not answer"), Console());
        Assert.Equal(1, await status.RunAsync("a:1", false, Config.Empty, ActorSystemSetup.Empty, CancellationToken.None));
        LeaveCommand leave = new((_, _, _, _) => throw new NodeClientException("a:1 does not answer"), Console());
        Assert.Equal(1, await leave.RunAsync("a:1", Config.Empty, ActorSystemSetup.Empty, CancellationToken.None));
        Assert.Equal(("error: a:1 does not answer\nerror: a:1 does not answer\n", ""), (_error.ToString(), _output.ToString()));
    }

    [Fact]
    public async Task What_is_no_address_is_the_users_mistake()
    {
        LeaveCommand leave = new((_, _, _, _) => Task.FromResult(""), Console());
        UserErrorException error = await Assert.ThrowsAsync<UserErrorException>(
            () => leave.RunAsync("localhost", Config.Empty, ActorSystemSetup.Empty, CancellationToken.None));
        Assert.Equal("--node localhost is no host:port: write --node 127.0.0.1:4053", error.Message);
    }

    [Fact]
    public async Task A_node_that_leaves_is_named()
    {
        LeaveCommand leave = new((node, _, _, _) => Task.FromResult(node), Console());
        Assert.Equal(0, await leave.RunAsync("a:1", Config.Empty, ActorSystemSetup.Empty, CancellationToken.None));
        Assert.Equal("a:1 is leaving\n", _output.ToString());
    }

    private HostConsole Console() => new(_output, _error, false);

    private Task<int> Run(IReadOnlyList<NodeStatus> members, bool isJson = false) =>
        new StatusCommand((_, _, _, _) => Task.FromResult(members), Console())
            .RunAsync("127.0.0.1:4053", isJson, Config.Empty, ActorSystemSetup.Empty, CancellationToken.None);
}
