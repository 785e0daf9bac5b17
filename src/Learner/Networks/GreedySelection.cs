namespace DqnAkka.Learner;

/// <summary>Chooses the action of the highest value.</summary>
internal static class GreedySelection
{
    /// <summary>argmaxₐ of each row, the first of equals.</summary>
    /// <param name="values">Action values, float32 [rows × actions].</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="actions">Receives the actions, int32 [rows].</param>
    public static void Select(ReadOnlySpan<float> values, int actionCount, Span<int> actions)
    {
        for (int row = 0; row < actions.Length; row++)
        {
            ReadOnlySpan<float> rowValues = values.Slice(row * actionCount, actionCount);
            int best = 0;
            for (int action = 1; action < rowValues.Length; action++)
            {
                best = rowValues[action] > rowValues[best] ? action : best;
            }

            actions[row] = best;
        }
    }
}
