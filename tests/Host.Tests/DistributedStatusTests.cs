using System.Text.Json;
using Akka.Actor.Setup;
using Akka.Configuration;
using DqnAkka.Actors;
using DqnAkka.Learner;
using Spectre.Console;

namespace DqnAkka.Host.Tests;

public sealed class DistributedStatusTests
{
    private const long Generation = 639_000_000_012_345_678;

    private static readonly DistributedStatus Server = new()
    {
        Mode = LearnerMode.ParameterServer,
        Members = 2,
        Epoch = Generation,
        Version = 8_400,
        TargetVersion = 8_200,
        GradientsPerSecond = 512.25,
        Staleness = [6_000, 2_000, 300, 60, 40],
        DiscardedStale = 3,
        DiscardedNotFinite = 1,
        Lost = 2,
        Repeats = 1,
        Links =
        [
            new LinkStatus("gradient worker 0 of 127.0.0.1:4055", 4_300, 3, 1_250_000, 2_500_000),
            new LinkStatus("gradient worker 1 of 127.0.0.1:4055", 4_104, 1, 999, 12_500),
        ],
    };

    private static readonly NodeStatus Coordinator = new()
    {
        Address = "127.0.0.1:4053",
        Roles = ["seed", "learner"],
        Membership = "Up",
        Training = new TrainingStatus { Generation = Generation, Updates = 8_400, UpdatesPerSecond = 500, Distributed = Server },
    };

    private static readonly NodeStatus Ranges = new()
    {
        Address = "127.0.0.1:4054",
        Roles = ["parameter-server"],
        Membership = "Up",
        ParameterRanges =
        [
            new ParameterRangeStatus(1, 2_256, 0, 0, 0, 0, 0, 0),
            new ParameterRangeStatus(0, 2_272, Generation, 8_400, 8_200, 1, 76_345_678, 152_000_000),
        ],
    };

    private static readonly NodeStatus Workers = new()
    {
        Address = "127.0.0.1:4055",
        Roles = ["gradient"],
        Membership = "Up",
        GradientMembers =
        [
            new GradientMemberStatus(0, Generation, 8_399, 4_300, 260.5),
            new GradientMemberStatus(1, 0, 0, 4_104, 0),
        ],
    };

    [Fact]
    public void The_status_shows_the_server_its_ranges_and_its_workers()
    {
        using StringWriter output = new() { NewLine = "\n" };
        StatusTables.Write([Coordinator, Workers, Ranges], output);
        Assert.EndsWith(
            """

            mode              members    epoch     version  target  gradients/s  discarded              lost  repeats
            parameter-server  2 workers  12345678  8400     8200    512.3        3 stale, 1 not finite  2     1

            staleness  0     1     2    3-4
            gradients  6000  2000  300  100

            link                                 gradients  discarded  sent/s   received/s
            gradient worker 0 of 127.0.0.1:4055  4300       3          1.25 MB  2.50 MB
            gradient worker 1 of 127.0.0.1:4055  4104       1          999 B    12.5 kB

            gradients of  member          epoch     version  gradients  gradients/s
            worker 0      127.0.0.1:4055  12345678  8399     4300       260.5
            worker 1      127.0.0.1:4055  none               4104       0

            range  member          parameters  epoch     version  target  waiting  received  sent
            0      127.0.0.1:4054  2272        12345678  8400     8200    1        76.3 MB   152 MB
            1      127.0.0.1:4054  2256        none                       0        0 B       0 B

            lags: gradient worker 1 on 127.0.0.1:4055 takes no part; range 1 on 127.0.0.1:4054 has no parameters

            """,
            output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_of_replicas_has_no_staleness_and_one_that_stands_by_does_not_lag()
    {
        NodeStatus learner = Coordinator with
        {
            Training = Coordinator.Training! with
            {
                Distributed = new DistributedStatus { Mode = LearnerMode.DataParallel, Members = 2, Epoch = 3, Version = 10, TargetVersion = 5, GradientsPerSecond = 20 },
            },
        };
        NodeStatus replica = Workers with { Roles = ["learner"], GradientMembers = [new GradientMemberStatus(-1, 3, 10, 10, 10)] };
        NodeStatus standby = Workers with { Address = "127.0.0.1:4056", Roles = ["learner"], GradientMembers = [new GradientMemberStatus(-1, 0, 0, 0, 0)] };
        using StringWriter output = new() { NewLine = "\n" };
        StatusTables.Write([learner, replica, standby], output);
        Assert.EndsWith(
            """

            mode           members     epoch  version  target  gradients/s  discarded  lost  repeats
            data-parallel  2 replicas  3      10       5       20           0          0     0

            gradients of  member          epoch  version  gradients  gradients/s
            replica       127.0.0.1:4055  3      10       10         10
            replica       127.0.0.1:4056  none            0          0

            lags: nobody

            """,
            output.ToString(),
            StringComparison.Ordinal);
        NodeStatus still = replica with { GradientMembers = [new GradientMemberStatus(-1, 3, 10, 10, 0)] };
        Assert.Equal(["the replica on 127.0.0.1:4055 stands still"], Laggards.Find([learner, still]));
    }

    [Fact]
    public void A_server_without_a_member_of_a_role_is_told_which() => Assert.Equal(
        ["no member has the role parameter-server", "no member has the role gradient"], Laggards.Find([Coordinator]));

    [Fact]
    public void A_worker_without_a_gradient_of_late_stands_still() => Assert.Equal(
        ["gradient worker 0 on 127.0.0.1:4055 stands still"],
        Laggards.Find(
        [
            Coordinator,
            Ranges with { ParameterRanges = [] },
            Workers with { GradientMembers = [new GradientMemberStatus(0, Generation, 8_399, 4_300, 0)] },
        ]));

    [Fact]
    public async Task Scripts_read_mode_histogram_links_ranges_and_workers()
    {
        using StringWriter output = new() { NewLine = "\n" };
        StatusCommand command = new((_, _, _, _) => Task.FromResult<IReadOnlyList<NodeStatus>>([Coordinator, Ranges, Workers]), new HostConsole(output, TextWriter.Null, false));
        Assert.Equal(0, await command.RunAsync("127.0.0.1:4053", true, Config.Empty, ActorSystemSetup.Empty, CancellationToken.None));
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        JsonElement members = document.RootElement.GetProperty("members");
        JsonElement distributed = members[0].GetProperty("training").GetProperty("distributed");
        Assert.Equal(("parameter-server", 8_400), (distributed.GetProperty("mode").GetString(), distributed.GetProperty("version").GetInt64()));
        Assert.Equal([6_000, 2_000, 300, 60, 40], distributed.GetProperty("staleness").EnumerateArray().Select(item => item.GetInt64()));
        Assert.Equal(1_250_000, distributed.GetProperty("links")[0].GetProperty("sentPerSecond").GetDouble());
        Assert.Equal((3, 1), (distributed.GetProperty("discardedStale").GetInt64(), distributed.GetProperty("discardedNotFinite").GetInt64()));
        Assert.Equal(8_400, members[1].GetProperty("parameterRanges")[1].GetProperty("version").GetInt64());
        Assert.Equal(260.5, members[2].GetProperty("gradientMembers")[0].GetProperty("gradientsPerSecond").GetDouble());
    }

    [Fact]
    public void Metrics_of_many_learners_have_an_object_of_their_own()
    {
        using MemoryStream file = new();
        MetricsFileSink sink = new(file);
        sink.Report(Samples.Report() with { Distributed = Server });
        string line = System.Text.Encoding.UTF8.GetString(file.ToArray());
        Assert.EndsWith(
            """
            "dead_letters":2,"distributed":{"mode":"parameter-server","members":2,"epoch":639000000012345678,"version":8400,"target_version":8200,"gradients_per_second":512.25,"staleness":[6000,2000,300,60,40],"discarded_stale":3,"discarded_late":0,"discarded_outliers":0,"discarded_not_finite":1,"lost":2,"repeats":1,"sent_bytes_per_second":1250999,"received_bytes_per_second":2512500,"links":[{"name":"gradient worker 0 of 127.0.0.1:4055","gradients":4300,"discarded":3,"sent_bytes_per_second":1250000,"received_bytes_per_second":2500000},{"name":"gradient worker 1 of 127.0.0.1:4055","gradients":4104,"discarded":1,"sent_bytes_per_second":999,"received_bytes_per_second":12500}]}}

            """,
            line,
            StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(line);
    }

    [Fact]
    public void Metrics_of_a_deterministic_run_have_no_rates_and_those_of_a_large_cluster_no_endless_lists()
    {
        LinkStatus[] links = [.. Enumerable.Range(0, 100).Select(i => new LinkStatus($"worker {i}", 1, 0, 2, 3))];
        using MemoryStream file = new();
        MetricsFileSink sink = new(file, isReproducible: true);
        sink.Report(Samples.Report() with { Distributed = Server with { Links = links } });
        using JsonDocument document = JsonDocument.Parse(file.ToArray());
        JsonElement distributed = document.RootElement.GetProperty("distributed");
        Assert.All(
            new[] { distributed.GetProperty("gradients_per_second"), distributed.GetProperty("sent_bytes_per_second"), distributed.GetProperty("links")[0].GetProperty("sent_bytes_per_second") },
            rate => Assert.Equal(JsonValueKind.Null, rate.ValueKind));
        Assert.Equal(32, distributed.GetProperty("links").GetArrayLength());
    }

    [Fact]
    public void Plain_lines_tell_of_many_learners_where_there_are_many()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using PlainConsoleSink sink = new(output);
        sink.Report(Samples.Report() with { Distributed = Server });
        Assert.EndsWith(
            " updates/s=999 mode=parameter-server members=2 version=8400 target-version=8200 gradients/s=512 staleness=0.35 discarded=4 lost=2 repeats=1 sent-bytes/s=1250999 received-bytes/s=2512500 seconds=12.5\n",
            output.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(120)]
    [InlineData(60)]
    public void The_live_view_shows_versions_staleness_discards_and_traffic(int width)
    {
        using StringWriter output = new() { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        LinkStatus[] links = [.. Server.Links, .. Enumerable.Range(2, 8).Select(i => new LinkStatus($"worker {i}", 1, 0, 2, 3))];
        console.Write(LiveTable.Render(Samples.Report() with { Distributed = Server with { Links = links } }, null, "", new StopOptions(), width));
        string text = output.ToString();
        string[] expected =
        [
            "parameter-server", "2 workers", "8,400, target 8,200", "512", "0.35", "discarded 3 stale, 1 not finite", "staleness 0: 6,000, 1: 2,000, 2: 300, 3-4: 100",
            "gradient worker 0 of 127.0.0.1:4055: 4,300", "worker 7: 1 gradients, sends 2.00 B/s, receives 3.00 B/s", "and 2 more",
        ];
        Assert.All(expected, cell => Assert.Contains(cell, text, StringComparison.Ordinal));
        Assert.DoesNotContain("worker 8", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_ends_with_its_last_bin_and_has_one_for_all_beyond()
    {
        long[] staleness = new long[DistributedStatus.MaxStaleness + 1];
        (staleness[0], staleness[5], staleness[8], staleness[63], staleness[64]) = (1, 2, 3, 4, 5);
        Assert.Equal(
            [("0", 1), ("1", 0), ("2", 0), ("3-4", 0), ("5-8", 5), ("9-16", 0), ("17-32", 0), ("33-63", 4), ("64+", 5)],
            DistributedText.Histogram(Server with { Staleness = staleness }));
        Assert.Empty(DistributedText.Histogram(Server with { Staleness = [] }));
        Assert.Equal("–", DistributedText.HistogramLine(Server with { Staleness = [0, 0] }));
        Assert.True(double.IsNaN(DistributedText.MeanStaleness(Server with { Staleness = [0, 0] })));
    }
}
