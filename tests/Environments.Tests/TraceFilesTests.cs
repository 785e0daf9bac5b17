using System.Security.Cryptography;

namespace DqnAkka.Environments.Tests;

public sealed class TraceFilesTests
{
    [Theory]
    [InlineData("cartpole", 100, 6114)]
    [InlineData("mountaincar", 75, 7140)]
    [InlineData("acrobot", 48, 3160)]
    [InlineData("minatar_asterix", 87, 3738)]
    [InlineData("minatar_breakout", 111, 4388)]
    [InlineData("minatar_freeway", 79, 9968)]
    [InlineData("minatar_seaquest", 114, 2601)]
    [InlineData("minatar_space_invaders", 97, 3355)]
    [InlineData("vector_autoreset", 6, 900)]
    [InlineData("tabular_tables", 9, 0)]
    [InlineData("tabular_episodes", 103, 6773)]
    [InlineData("blackjack", 450, 706)]
    [InlineData("bsuite", 92, 1719)]
    public void Shipped_recordings_are_whole(string name, int lines, int steps)
    {
        ManifestEntry entry = Traces.Manifest(Traces.Shipped)[$"{name}.jsonl.gz"];
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Traces.Shipped, $"{name}.jsonl.gz"))));
        Assert.Equal(entry.Sha256, sha256);
        Assert.Equal(lines, entry.Lines);
        Assert.Equal(steps, entry.Steps);
    }

    [Theory]
    [InlineData("cartpole")]
    [InlineData("mountaincar")]
    [InlineData("acrobot")]
    public void Replayed_recordings_have_the_lines_and_steps_of_their_manifest(string name)
    {
        ManifestEntry entry = Traces.Expected(name);
        List<Episode> episodes = Traces.Read<Episode>(name);
        Assert.Equal(entry.Lines, episodes.Count);
        Assert.Equal(entry.Steps, episodes.Sum(episode => episode.Actions.Length));
        Assert.All(episodes, episode => Assert.Equal(episode.Actions.Length, episode.State.Length));
    }

    [Fact]
    public void Replayed_vector_recordings_have_the_lines_and_steps_of_their_manifest()
    {
        ManifestEntry entry = Traces.Expected("vector_autoreset");
        List<VectorRecording> recordings = Traces.Read<VectorRecording>("vector_autoreset");
        Assert.Equal(entry.Lines, recordings.Count);
        Assert.Equal(entry.Steps, recordings.Sum(recording => recording.Actions.Length));
    }
}
