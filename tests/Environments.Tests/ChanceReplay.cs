using System.Runtime.CompilerServices;
using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>An episode of an environment whose chance was recorded, with what came of it.</summary>
/// <param name="Where">What the recording is of.</param>
/// <param name="AddReset">Puts the draws of the reset on the tape.</param>
/// <param name="AddStep">Puts the draws of a step on the tape.</param>
internal sealed record ChanceEpisode(
    string Where,
    int MaxEpisodeSteps,
    Action<RecordedNumbers> AddReset,
    Action<RecordedNumbers, int> AddStep,
    float[] FirstObservation,
    int[] Actions,
    float[][] Observations,
    double[] Rewards,
    bool[] Terminated,
    bool[] Truncated);

internal static class ChanceReplay
{
    /// <summary>The rules that an id and its arguments stand for in the registry.</summary>
    public static TDynamics Registered<TDynamics, TState>(string id, Dictionary<string, JsonElement> arguments)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        EnvironmentRegistration registration = EnvironmentRegistry.Get(id);
        object?[] values = ArgumentBinder.Bind(
            ArgumentOwner.Environment(id),
            [.. registration.Arguments.Select(argument => new EnvironmentParameter(argument.Name, argument.Default.GetType(), IsOptional: true, argument.Default))],
            arguments.ToDictionary(argument => argument.Key, argument => argument.Value.ToString()));
        return Assert.IsType<DynamicsEnvironment<TDynamics, TState>>(registration.Create(values, 0)).Dynamics;
    }

    /// <summary>Plays an episode through the single and through the vector environment.</summary>
    public static void Run<TDynamics, TState>(TDynamics dynamics, ChanceEpisode episode)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        Single<TDynamics, TState>(dynamics, episode);
        Vector<TDynamics, TState>(dynamics, episode);
    }

    /// <summary>A recorded uniform number.</summary>
    public static JsonElement[] Uniform(double value) => [JsonSerializer.SerializeToElement("u"), JsonSerializer.SerializeToElement(value)];

    /// <summary>A recorded integer in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static JsonElement[] Integer(int value, int low, int high) =>
    [
        JsonSerializer.SerializeToElement("i"),
        JsonSerializer.SerializeToElement(value),
        JsonSerializer.SerializeToElement(low),
        JsonSerializer.SerializeToElement(high),
    ];

    private static TapedDynamics<TDynamics, TState> Taped<TDynamics, TState>(TDynamics dynamics, RecordedNumbers numbers)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged => new(dynamics, numbers, [], new StrongBox<TState>());

    private static void Single<TDynamics, TState>(TDynamics dynamics, ChanceEpisode episode)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        RecordedNumbers numbers = new();
        DynamicsEnvironment<TapedDynamics<TDynamics, TState>, TState> bare = new(Taped<TDynamics, TState>(dynamics, numbers));
        IEnvironment environment = episode.MaxEpisodeSteps > 0 ? new TimeLimit(bare, episode.MaxEpisodeSteps) : bare;
        float[] observation = new float[dynamics.ObservationSize];
        environment.Seed(0, 0);
        episode.AddReset(numbers);
        environment.Reset(observation);
        Traces.AssertSame(episode.FirstObservation, observation, 0, $"{episode.Where} reset");
        for (int t = 0; t < episode.Actions.Length; t++)
        {
            string where = $"{episode.Where} step {t}";
            episode.AddStep(numbers, t);
            StepResult result = environment.Step(episode.Actions[t], observation);
            Assert.True(numbers.Left == 0, $"{where} draws less than was recorded");
            Traces.AssertSame(episode.Observations[t], observation, 0, where);
            Assert.Equal(new StepResult(episode.Rewards[t], episode.Terminated[t], episode.Truncated[t]), result);
        }
    }

    private static void Vector<TDynamics, TState>(TDynamics dynamics, ChanceEpisode episode)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        RecordedNumbers numbers = new();
        DynamicsVectorEnvironment<TapedDynamics<TDynamics, TState>, TState> environment = new(
            Taped<TDynamics, TState>(dynamics, numbers), 1, episode.MaxEpisodeSteps);
        VectorBuffers buffers = new(environment);
        episode.AddReset(numbers);
        environment.Reset(0, 0, buffers.Observations);
        for (int t = 0; t < episode.Actions.Length; t++)
        {
            string where = $"{episode.Where} vector step {t}";
            bool ended = episode.Terminated[t] || episode.Truncated[t];
            episode.AddStep(numbers, t);
            if (ended)
            {
                // The vector resets at the episode's end; beginning the same episode again shows that it did.
                episode.AddReset(numbers);
            }

            buffers.Step(environment, [episode.Actions[t]]);
            Assert.True(numbers.Left == 0, $"{where} draws less than was recorded");
            Traces.AssertSame(episode.Observations[t], ended ? buffers.FinalObservations : buffers.Observations, 0, where);
            Assert.Equal((episode.Rewards[t], episode.Terminated[t], episode.Truncated[t]), (buffers.Rewards[0], buffers.Terminated[0], buffers.Truncated[0]));
            if (ended)
            {
                Traces.AssertSame(episode.FirstObservation, buffers.Observations, 0, $"{where} after auto-reset");
                return;
            }
        }
    }
}
