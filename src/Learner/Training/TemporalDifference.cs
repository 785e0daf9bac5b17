using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>Temporal-difference errors and the bootstrapped values within them.</summary>
internal static class TemporalDifference
{
    /// <summary>
    /// Q(s′, a*; θ⁻) with a* = argmaxₐ of the selector's values. The selector is the target network in DQN (Mnih et al. 2015: the
    /// result is the maximum) and the online network in Double DQN (van Hasselt et al. 2016, equation 4).
    /// </summary>
    /// <param name="selectorValues">The selecting network's values of s′, float32 [rows × actions].</param>
    /// <param name="targetValues">The target network's values of s′, float32 [rows × actions].</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <param name="bootstraps">Receives the values, float32 [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bootstrap(
        ReadOnlySpan<float> selectorValues, ReadOnlySpan<float> targetValues, int actionCount, Span<float> bootstraps)
    {
        Span<int> selected = stackalloc int[1];
        for (int row = 0; row < bootstraps.Length; row++)
        {
            GreedySelection.Select(selectorValues.Slice(row * actionCount, actionCount), actionCount, selected);
            bootstraps[row] = targetValues[(row * actionCount) + selected[0]];
        }
    }

    /// <summary>δ = R + d·Q(s′, a*; θ⁻) − Q(s, a; θ).</summary>
    /// <param name="returns">R, float32 [rows].</param>
    /// <param name="discounts">d, float32 [rows]; 0 after a terminal state.</param>
    /// <param name="bootstraps">Q(s′, a*; θ⁻), float32 [rows].</param>
    /// <param name="chosenValues">Q(s, a; θ), float32 [rows].</param>
    /// <param name="errors">Receives δ, float32 [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Errors(
        ReadOnlySpan<float> returns,
        ReadOnlySpan<float> discounts,
        ReadOnlySpan<float> bootstraps,
        ReadOnlySpan<float> chosenValues,
        Span<float> errors)
    {
        for (int row = 0; row < errors.Length; row++)
        {
            errors[row] = returns[row] + (discounts[row] * bootstraps[row]) - chosenValues[row];
        }
    }
}
