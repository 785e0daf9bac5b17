using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>Chooses the action of the highest value.</summary>
internal static class GreedySelection
{
    /// <summary>argmaxₐ of each row, the first of equals.</summary>
    /// <param name="values">Action values, float32 [rows × actions].</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="actions">Receives the actions, int32 [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select(ReadOnlySpan<float> values, int actionCount, Span<int> actions)
    {
        int first = 0;
        for (int row = 0; row < actions.Length; row++)
        {
            int best = 0;
            float highest = values[first];
            for (int action = 1; action < actionCount; action++)
            {
                float value = values[first + action];
                // Without a branch: on an untrained network every other one would be mispredicted.
                best = value > highest ? action : best;
                highest = value > highest ? value : highest;
            }

            actions[row] = best;
            first += actionCount;
        }
    }
}
