namespace DqnAkka.Environments.Tests;

/// <summary>Value iteration over a table: what the best policy earns in a given number of steps, exactly.</summary>
internal sealed class FiniteHorizonOptimum
{
    private readonly int[][] _actions;

    public FiniteHorizonOptimum(TransitionTable table, int horizon)
    {
        double[] values = new double[table.StateCount];
        _actions = new int[horizon][];
        for (int left = 1; left <= horizon; left++)
        {
            double[][] returns = [.. Enumerable.Range(0, table.StateCount).Select(state =>
                Enumerable.Range(0, table.ActionCount).Select(action => Expected(table, state, action, values)).ToArray())];
            values = [.. returns.Select(ofActions => ofActions.Max())];
            _actions[left - 1] = [.. returns.Select(ofActions => Array.IndexOf(ofActions, ofActions.Max()))];
        }

        MeanReturn = values.Select((value, state) => value * table.InitialDistribution[state]).Sum();
    }

    /// <summary>Mean return of the best policy, which knows how many steps are left.</summary>
    public double MeanReturn { get; }

    /// <summary>The best action.</summary>
    public int Action(int state, int stepsTaken) => _actions[_actions.Length - 1 - stepsTaken][state];

    private static double Expected(TransitionTable table, int state, int action, double[] values)
    {
        double expected = 0;
        foreach (Transition transition in table.Of(state, action))
        {
            expected += transition.Probability * (transition.Reward + (transition.Terminated ? 0 : values[transition.NextState]));
        }

        return expected;
    }
}
