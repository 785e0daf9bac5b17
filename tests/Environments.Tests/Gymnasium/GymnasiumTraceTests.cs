using System.Globalization;
using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>CartPole through the bridge is CartPole: the recordings that the native one replays.</summary>
public sealed class GymnasiumTraceTests
{
    [Fact]
    public void CartPole_through_the_bridge_replays_every_recorded_episode_as_the_native_one_does()
    {
        Assert.SkipUnless(Traces.IsBitExactHere, "whole episodes are equal bit for bit on linux-x64 only");
        foreach (IGrouping<string, Episode> kind in Traces.Read<Episode>("cartpole").GroupBy(episode => $"{episode.Env} {SuttonBarto(episode)}"))
        {
            Episode[] episodes = [.. kind];
            // One process is enough for all that begin alike; the others have one each.
            foreach (Episode episode in episodes.Where((_, i) => i % Math.Max(1, episodes.Length / 6) == 0))
            {
                Replay(episode);
            }
        }
    }

    private static bool SuttonBarto(Episode episode) => episode.Kwargs.TryGetValue("sutton_barto_reward", out JsonElement flag) && flag.GetBoolean();

    private static void Replay(Episode episode)
    {
        string state = $"[{string.Join(", ", episode.InitState.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(
            PythonInterpreter.Of(
                $"parent_environments:CartPoleFrom-{episode.Env.Split('-')[1]}",
                ("init_state", state), ("sutton_barto_reward", SuttonBarto(episode) ? "true" : "false")),
            1);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        Traces.AssertSame(episode.InitObs, buffers.Observations, 0, $"{episode.Kind} after reset");
        for (int t = 0; t < episode.Actions.Length; t++)
        {
            string where = $"{episode.Env} {episode.Kind} step {t}";
            buffers.Step(environment, [episode.Actions[t]]);
            bool ended = episode.Terminated[t] || episode.Truncated[t];
            Traces.AssertSame(episode.Obs[t], ended ? buffers.FinalObservations : buffers.Observations, 0, where);
            Assert.Equal(
                (episode.Reward[t], episode.Terminated[t], episode.Truncated[t]), (buffers.Rewards[0], buffers.Terminated[0], buffers.Truncated[0]));
            if (ended)
            {
                Traces.AssertSame(episode.InitObs, buffers.Observations, 0, $"{where} after auto-reset");
                return;
            }
        }
    }
}
