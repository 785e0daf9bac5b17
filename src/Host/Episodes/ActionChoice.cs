using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>Chooses an action.</summary>
/// <param name="observation">What is observed, float32 [size].</param>
internal delegate int ActionChoice(ReadOnlySpan<float> observation);

/// <summary>The policies that episodes are played with.</summary>
internal static class ActionChoices
{
    /// <summary>Always the action of the highest value.</summary>
    public static ActionChoice Greedy(GreedyPolicy policy)
    {
        int[] action = new int[1];
        return observation =>
        {
            policy(observation, 1, action);
            return action[0];
        };
    }

    /// <summary>Any action, each as often.</summary>
    /// <param name="count">Number of actions.</param>
    /// <param name="seed">The run's seed.</param>
    public static ActionChoice Random(int count, ulong seed)
    {
        // Where no environment of this command draws from.
        RandomSource random = new(seed, ulong.MaxValue);
        return _ => random.NextInt(count);
    }
}
