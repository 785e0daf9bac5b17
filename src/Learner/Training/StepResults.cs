using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>What a step saw, from its rows.</summary>
internal static class StepResults
{
    /// <summary>Means over the rows, and |δ| of each.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="norm">The gradient's norm.</param>
    /// <param name="errors">δ, float32 [rows].</param>
    /// <param name="chosenValues">Q(s, a; θ), float32 [rows].</param>
    /// <param name="absoluteTdErrors">Receives |δ|, float32 [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TrainingResult Summarize(float loss, float norm, ReadOnlySpan<float> errors, ReadOnlySpan<float> chosenValues, Span<float> absoluteTdErrors)
    {
        double errorSum = 0;
        double valueSum = 0;
        for (int row = 0; row < errors.Length; row++)
        {
            float magnitude = MathF.Abs(errors[row]);
            absoluteTdErrors[row] = magnitude;
            errorSum += magnitude;
            valueSum += chosenValues[row];
        }

        return new TrainingResult(loss, (float)(errorSum / errors.Length), (float)(valueSum / errors.Length), norm);
    }

    /// <summary>As <see cref="Summarize(float, float, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>, of a gradient that nobody has applied.</summary>
    public static GradientResult Summarize(float loss, ReadOnlySpan<float> errors, ReadOnlySpan<float> chosenValues, Span<float> absoluteTdErrors)
    {
        TrainingResult result = Summarize(loss, 0, errors, chosenValues, absoluteTdErrors);
        return new GradientResult(result.Loss, result.MeanAbsoluteTdError, result.MeanQ);
    }
}
