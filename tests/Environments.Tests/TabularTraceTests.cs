using System.Text.Json;
using System.Text.Json.Serialization;

namespace DqnAkka.Environments.Tests;

/// <summary>One recorded table; see traces/README.md.</summary>
public sealed record RecordedTable(
    string Env,
    Dictionary<string, JsonElement> Kwargs,
    int NStates,
    int NActions,
    double[] InitialStateDistrib,
    [property: JsonPropertyName("P")] JsonElement[][][][] Transitions,
    int? MaxEpisodeSteps,
    double? RewardThreshold);

/// <summary>One recorded episode of a tabular task.</summary>
public sealed record TabularEpisode(
    string Env,
    Dictionary<string, JsonElement> Kwargs,
    string Kind,
    double[] ResetDraws,
    int InitObs,
    int[] Actions,
    double[][] Draws,
    int[] Obs,
    double[] Reward,
    bool[] Terminated,
    bool[] Truncated,
    int[]? InitMask,
    int[][]? Mask);

public sealed class TabularTraceTests
{
    [Fact]
    public void Computed_tables_equal_the_recorded_ones_entry_by_entry()
    {
        foreach (RecordedTable recorded in Traces.Read<RecordedTable>("tabular_tables"))
        {
            EnvironmentRegistration registration = EnvironmentRegistry.Get(recorded.Env);
            Assert.Equal(recorded.MaxEpisodeSteps ?? 0, registration.MaxEpisodeSteps);
            Assert.Equal(recorded.RewardThreshold, registration.RewardThreshold);
            TransitionTable table = Registered(recorded.Env, recorded.Kwargs).Task.Table;
            Assert.Equal((recorded.NStates, recorded.NActions), (table.StateCount, table.ActionCount));
            Assert.Equal(recorded.InitialStateDistrib, table.InitialDistribution.ToArray());
            for (int state = 0; state < table.StateCount; state++)
            {
                for (int action = 0; action < table.ActionCount; action++)
                {
                    Transition[] expected = [.. recorded.Transitions[state][action].Select(entry => new Transition(
                        entry[0].GetDouble(), entry[1].GetInt32(), entry[2].GetDouble(), entry[3].GetBoolean()))];
                    Assert.Equal(expected, table.Of(state, action).ToArray());
                }
            }
        }
    }

    [Fact]
    public void Tabular_tasks_replay_every_recorded_episode()
    {
        foreach (TabularEpisode episode in Traces.Read<TabularEpisode>("tabular_episodes"))
        {
            TabularDynamics dynamics = Registered(episode.Env, episode.Kwargs);
            ChanceReplay.Run<TabularDynamics, TabularState>(dynamics, new ChanceEpisode(
                $"{episode.Env} {episode.Kind}",
                EnvironmentRegistry.Get(episode.Env).MaxEpisodeSteps,
                numbers => numbers.Add(episode.ResetDraws.Select(ChanceReplay.Uniform)),
                (numbers, t) => numbers.Add(episode.Draws[t].Select(ChanceReplay.Uniform)),
                OneHot(episode.InitObs, dynamics.ObservationSize),
                episode.Actions,
                [.. episode.Obs.Select(state => OneHot(state, dynamics.ObservationSize))],
                episode.Reward,
                episode.Terminated,
                episode.Truncated));
        }
    }

    [Fact]
    public void Masks_of_the_taxi_equal_the_recorded_ones()
    {
        int masks = 0;
        foreach (TabularEpisode episode in Traces.Read<TabularEpisode>("tabular_episodes").Where(episode => episode.Mask is not null))
        {
            TransitionTable table = Registered(episode.Env, episode.Kwargs).Task.Table;
            foreach ((int state, int[] mask) in episode.Obs.Zip(episode.Mask!).Prepend((episode.InitObs, episode.InitMask!)))
            {
                Assert.Equal(mask, Enumerable.Range(0, table.ActionCount).Select(action => table.CanLeave(state, action) ? 1 : 0));
                masks++;
            }
        }

        Assert.SkipUnless(masks > 0 || Traces.Directory == Traces.Shipped, $"{Traces.Directory} has no masks");
        Assert.True(masks > 0);
    }

    [Fact]
    public void Recorded_episodes_have_the_lines_and_steps_of_their_manifest()
    {
        List<TabularEpisode> episodes = Traces.Read<TabularEpisode>("tabular_episodes");
        Assert.Equal(Traces.Expected("tabular_episodes").Lines, episodes.Count);
        Assert.Equal(Traces.Expected("tabular_episodes").Steps, episodes.Sum(episode => episode.Actions.Length));
        Assert.Equal(Traces.Expected("tabular_tables").Lines, Traces.Read<RecordedTable>("tabular_tables").Count);
    }

    private static TabularDynamics Registered(string id, Dictionary<string, JsonElement> arguments) =>
        ChanceReplay.Registered<TabularDynamics, TabularState>(id, arguments);

    private static float[] OneHot(int state, int count)
    {
        float[] observation = new float[count];
        observation[state] = 1;
        return observation;
    }
}
