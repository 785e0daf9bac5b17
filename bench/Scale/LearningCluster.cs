using System.Globalization;
using System.Text.Json;
using DqnAkka.Process.Tests;

namespace DqnAkka.Bench;

/// <summary>Real nodes that learn CartPole in one of the modes; ended by their ids.</summary>
internal sealed class LearningCluster : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(30);
    private readonly TestCluster _cluster;
    private readonly List<TestNode> _nodes = [];

    /// <summary>Starts the nodes.</summary>
    /// <param name="common">Arguments of every node.</param>
    /// <param name="seedRoles">Roles of the seed, which hosts the learner.</param>
    /// <param name="others">Roles and further arguments of each other node.</param>
    public LearningCluster(string[] common, string seedRoles, params string[][] others)
    {
        _cluster = new TestCluster(common);
        _nodes.Add(_cluster.Seed(seedRoles));
        _nodes.AddRange(others.Select(other => TestCluster.Node(other[0], other[1..])));
        foreach (TestNode node in _nodes)
        {
            _cluster.Start(node);
        }
    }

    /// <summary>Addresses of the nodes, the seed's first.</summary>
    public IReadOnlyList<string> Addresses => [.. _nodes.Select(node => node.Address)];

    private TestNode Seed => _nodes[0];

    /// <summary>Waits until so many learn together and have made some updates.</summary>
    /// <param name="members">Workers, or replicas with the learner's own; of no interest where there is one learner alone.</param>
    public void WaitForMembers(int members) => TestCluster.WaitForAsync(
        Seed,
        nodes => nodes.Count == _nodes.Count && nodes.Updates() > 100 && (members == 1 || nodes.Training()?.Distributed?.Members == members),
        StartLimit,
        $"{members} that learn together").GetAwaiter().GetResult();

    /// <summary>Updates a second over a time, by the run's own clock.</summary>
    /// <param name="time">How long.</param>
    public double UpdatesPerSecond(TimeSpan time)
    {
        RunReading before = Newest();
        Thread.Sleep(time);
        RunReading after = Newest();
        return (after.Updates - before.Updates) / (after.Seconds - before.Seconds);
    }

    /// <summary>Waits for the run's end.</summary>
    /// <returns>How the seed ended.</returns>
    public HostResult WaitForEnd() => Seed.Process!.WaitAsync(EndLimit).GetAwaiter().GetResult();

    /// <summary>The newest line of the run's metrics, and of all lines what they say of the bytes that members send.</summary>
    public RunReading Newest()
    {
        // A line that is being written ends without a line break.
        using FileStream file = new(Path.Combine(_cluster.RunDirectory, "metrics.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        string text = reader.ReadToEnd();
        RunReading? newest = null;
        List<double> sent = [];
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.GetProperty("type").GetString() is not ("progress" or "summary"))
            {
                continue;
            }

            newest = new RunReading(root.GetProperty("elapsed_seconds").GetDouble(), root.GetProperty("steps").GetInt64(), root.GetProperty("updates").GetInt64());
            if (root.TryGetProperty("distributed", out JsonElement distributed))
            {
                JsonElement rate = distributed.GetProperty("sent_bytes_per_second");
                if (rate.ValueKind == JsonValueKind.Number)
                {
                    sent.Add(rate.GetDouble());
                }

                newest = newest with
                {
                    Staleness = [.. distributed.GetProperty("staleness").EnumerateArray().Select(count => count.GetInt64())],
                    DiscardedStale = distributed.GetProperty("discarded_stale").GetInt64(),
                };
            }
        }

        newest ??= new RunReading(0, 0, 0);
        return newest with { SentBytesPerSecond = sent.DefaultIfEmpty(0).Average() };
    }

    /// <summary>A setting, as an argument.</summary>
    public static string[] Set(string key, object value) => ["--set", string.Create(CultureInfo.InvariantCulture, $"dqn.{key}={value}")];

    /// <inheritdoc />
    public void Dispose() => _cluster.Dispose();
}

/// <summary>How far a run is.</summary>
/// <param name="Seconds">Time since its begin.</param>
/// <param name="Steps">Environment steps.</param>
/// <param name="Updates">Updates.</param>
internal sealed record RunReading(double Seconds, long Steps, long Updates)
{
    /// <summary>Gradients that a server has applied, by their staleness.</summary>
    public long[] Staleness { get; init; } = [];

    /// <summary>Gradients that it has discarded as stale.</summary>
    public long DiscardedStale { get; init; }

    /// <summary>Bytes a second that all members together send.</summary>
    public double SentBytesPerSecond { get; init; }
}
