using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>
/// A Markov decision process with few states, written out, and the sampler of Gymnasium's toy texts: of one uniform number the first entry
/// whose cumulative probability (a running sum in float64) lies above it, the first of all where rounding leaves none.
/// </summary>
internal sealed class TransitionTable
{
    private readonly Transition[][][] _transitions;
    private readonly double[] _initialDistribution;
    private readonly double[] _initialCumulative;
    private readonly Outcome[] _outcomes;
    private readonly int[] _distributions;
    private readonly double[] _cumulative;
    private readonly int _stride;
    private readonly int _comparisons;

    /// <summary>Compiles the table for sampling.</summary>
    /// <param name="transitions">[state][action][entry], the entries in the order in which they are sampled, at least one each.</param>
    /// <param name="initialDistribution">Probability of each state at the beginning, [state].</param>
    public TransitionTable(Transition[][][] transitions, double[] initialDistribution)
    {
        _transitions = transitions;
        _initialDistribution = initialDistribution;
        StateCount = transitions.Length;
        ActionCount = transitions[0].Length;
        _initialCumulative = RunningSums(initialDistribution);
        int most = transitions.Max(actions => actions.Max(entries => entries.Length));
        // A single entry is what every number leads to. Beside several there is a copy of the first one, for a number above all sums.
        _comparisons = most == 1 ? 0 : most;
        _stride = _comparisons + 1;
        Transition[][] rows = [.. transitions.SelectMany(actions => actions)];
        _outcomes = [.. rows.SelectMany(Outcomes)];
        // A table has few distributions, however large it is: shared, they stay in the fastest cache.
        List<double[]> distinct = [];
        _distributions = [.. rows.Select(Cumulative).Select(sums => IndexOf(distinct, sums) * _comparisons)];
        _cumulative = [.. distinct.SelectMany(sums => sums)];
    }

    /// <summary>Number of states.</summary>
    public int StateCount { get; }

    /// <summary>Number of actions.</summary>
    public int ActionCount { get; }

    /// <summary>Probability of each state at the beginning, [state].</summary>
    public ReadOnlySpan<double> InitialDistribution => _initialDistribution;

    /// <summary>What may follow from an action in a state, in the order in which it is sampled.</summary>
    /// <param name="state">The state.</param>
    /// <param name="action">The action.</param>
    public ReadOnlySpan<Transition> Of(int state, int action) => _transitions[state][action];

    /// <summary>Whether an action can lead out of a state: Gymnasium's <c>action_mask</c>.</summary>
    /// <param name="state">The state.</param>
    /// <param name="action">The action.</param>
    public bool CanLeave(int state, int action) => _transitions[state][action].Any(transition => transition.NextState != state);

    /// <summary>The state in which an episode begins.</summary>
    /// <param name="uniform">A uniform number in [0, 1).</param>
    public int SampleInitial(double uniform)
    {
        int low = 0;
        int high = _initialCumulative.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _initialCumulative[middle] > uniform ? (low, middle) : (middle + 1, high);
        }

        return low < _initialCumulative.Length ? low : 0;
    }

    /// <summary>What follows from an action in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="action">The action.</param>
    /// <param name="uniform">A uniform number in [0, 1).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Outcome Sample(int state, int action, double uniform)
    {
        int row = (state * ActionCount) + action;
        int first = _distributions[row];
        int index = row * _stride;
        // Sums never fall, so that counting those that are not above the number finds the first that is, without a branch on chance.
        for (int i = 0; i < _comparisons; i++)
        {
            index += uniform >= _cumulative[first + i] ? 1 : 0;
        }

        return ref _outcomes[index];
    }

    private static double[] RunningSums(double[] probabilities)
    {
        double[] sums = new double[probabilities.Length];
        double sum = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = sum += probabilities[i];
        }

        return sums;
    }

    private static int IndexOf(List<double[]> distinct, double[] sums)
    {
        int index = distinct.FindIndex(sums.SequenceEqual);
        if (index < 0)
        {
            index = distinct.Count;
            distinct.Add(sums);
        }

        return index;
    }

    // Every number lies below the sums that a short row lacks, which lead to its first entry.
    private double[] Cumulative(Transition[] entries)
    {
        double[] sums = RunningSums([.. entries.Select(entry => entry.Probability)]);
        return [.. sums.Concat(Enumerable.Repeat(double.PositiveInfinity, _comparisons)).Take(_comparisons)];
    }

    private Outcome[] Outcomes(Transition[] entries)
    {
        Outcome[] outcomes = [.. entries.Select(Outcome.Of)];
        return [.. outcomes, .. Enumerable.Repeat(outcomes[0], _stride - entries.Length)];
    }

    /// <summary>A transition without its probability.</summary>
    /// <param name="Reward">The reward.</param>
    /// <param name="NextState">The state that follows.</param>
    /// <param name="Terminated">Whether the episode ends there.</param>
    internal readonly record struct Outcome(double Reward, int NextState, bool Terminated)
    {
        /// <summary>What a transition leads to.</summary>
        public static Outcome Of(Transition transition) => new(transition.Reward, transition.NextState, transition.Terminated);
    }
}
