using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>One recorded episode of bsuite; see traces/README.md.</summary>
public sealed record BsuiteEpisode(
    string Env,
    Dictionary<string, JsonElement> Config,
    string Kind,
    int[][]? ActionMapping,
    JsonElement[][] ResetDraws,
    int[] ObsShape,
    float[] InitObs,
    int[] Actions,
    JsonElement[][][] Draws,
    float[][] Obs,
    double[] Reward,
    bool[] Terminated);

public sealed class BsuiteTraceTests
{
    [Fact]
    public void Bsuite_replays_every_recorded_episode()
    {
        foreach (BsuiteEpisode episode in Traces.Read<BsuiteEpisode>("bsuite"))
        {
            switch (episode.Env)
            {
                case "catch":
                    Run<Catch, CatchState>(episode, Registered<Catch, CatchState>(episode));
                    break;
                case "deep_sea":
                    // A recording has the cells themselves, which the registry derives from a seed.
                    DeepSea rules = new(
                        episode.Config["size"].GetInt32(),
                        !episode.Config.TryGetValue("deterministic", out JsonElement deterministic) || deterministic.GetBoolean(),
                        [.. episode.ActionMapping!.SelectMany(row => row).Select(cell => cell == 1)]);
                    Run<DeepSea, DeepSeaState>(episode, rules);
                    break;
                case "discounting_chain":
                    Run<DiscountingChain, DiscountingChainState>(episode, Registered<DiscountingChain, DiscountingChainState>(episode));
                    break;
                case "memory_chain":
                    Run<MemoryChain, MemoryChainState>(episode, Registered<MemoryChain, MemoryChainState>(episode));
                    break;
                case "umbrella_chain":
                    Run<UmbrellaChain, UmbrellaChainState>(episode, Registered<UmbrellaChain, UmbrellaChainState>(episode));
                    break;
                default:
                    Assert.Fail($"no environment replays {episode.Env}");
                    break;
            }
        }
    }

    [Fact]
    public void Recorded_episodes_have_the_lines_and_steps_of_their_manifest()
    {
        ManifestEntry entry = Traces.Expected("bsuite");
        List<BsuiteEpisode> episodes = Traces.Read<BsuiteEpisode>("bsuite");
        Assert.Equal(entry.Lines, episodes.Count);
        Assert.Equal(entry.Steps, episodes.Sum(episode => episode.Actions.Length));
    }

    private static TDynamics Registered<TDynamics, TState>(BsuiteEpisode episode)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged => ChanceReplay.Registered<TDynamics, TState>($"bsuite/{episode.Env}-v0", episode.Config);

    private static void Run<TDynamics, TState>(BsuiteEpisode episode, TDynamics dynamics)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        PlaneShape shape = dynamics.ObservationSpace.Format.Shape;
        // A grid keeps its rows and columns even where it has one of either; what has no grid is bsuite's single row.
        Assert.Equal(episode.ObsShape, shape == PlaneShape.Vector(dynamics.ObservationSize) ? [1, dynamics.ObservationSize] : [shape.Height, shape.Width]);
        ChanceReplay.Run<TDynamics, TState>(dynamics, new ChanceEpisode(
            $"{episode.Env} {episode.Kind}",
            EnvironmentRegistry.Get($"bsuite/{episode.Env}-v0").MaxEpisodeSteps,
            numbers => numbers.Add(episode.ResetDraws),
            (numbers, t) => numbers.Add(episode.Draws[t]),
            episode.InitObs,
            episode.Actions,
            episode.Obs,
            episode.Reward,
            episode.Terminated,
            new bool[episode.Actions.Length]));
    }
}
