using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>
/// The linear head Q = U·h + u with U [actions × stride] row-major. There are few actions, so each value is one dot product, and only the
/// values that are asked for are computed; backwards, a row's gradient touches the chosen action alone.
/// </summary>
internal static unsafe class HeadKernels
{
    private const int Width = 16;

    /// <summary>values[r, a] = U[a]·h[r] + u[a] for every action.</summary>
    /// <param name="hidden">h, float32 [rows × stride].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Padded hidden units, a multiple of 16.</param>
    /// <param name="weights">U, float32 [actions × stride].</param>
    /// <param name="biases">u, float32 [actions].</param>
    /// <param name="actions">Number of actions.</param>
    /// <param name="values">Receives float32 [rows × actions].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Values(float* hidden, int rows, nint stride, float* weights, float* biases, int actions, float* values)
    {
        for (int row = 0; row < rows; row++)
        {
            float* w = weights;
            for (int action = 0; action < actions; action++)
            {
                *values++ = Dot(hidden, w, stride) + biases[action];
                w += stride;
            }

            hidden += stride;
        }
    }

    /// <summary>values[r] = U[a(r)]·h[r] + u[a(r)] for one action a row.</summary>
    /// <param name="hidden">h, float32 [rows × stride].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Padded hidden units, a multiple of 16.</param>
    /// <param name="weights">U, float32 [actions × stride].</param>
    /// <param name="biases">u, float32 [actions].</param>
    /// <param name="actions">a, int32 [rows], each in range.</param>
    /// <param name="values">Receives float32 [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ValuesAt(float* hidden, int rows, nint stride, float* weights, float* biases, int* actions, float* values)
    {
        for (int row = 0; row < rows; row++)
        {
            int action = actions[row];
            values[row] = Dot(hidden, weights + (action * stride), stride) + biases[action];
            hidden += stride;
        }
    }

    /// <summary>Adds the gradient of Σᵣ g(r)·Q(r, a(r)) by U and u to the given sums.</summary>
    /// <param name="hidden">h, float32 [rows × stride].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Padded hidden units, a multiple of 16.</param>
    /// <param name="actions">a, int32 [rows].</param>
    /// <param name="outputGradients">g, float32 [rows].</param>
    /// <param name="weightGradients">Summed into, float32 [actions × stride].</param>
    /// <param name="biasGradients">Summed into, float32 [actions].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddGradients(
        float* hidden, int rows, nint stride, int* actions, float* outputGradients, float* weightGradients, float* biasGradients)
    {
        for (int row = 0; row < rows; row++)
        {
            float gradient = outputGradients[row];
            Vector512<float> g = Vector512.Create(gradient);
            float* w = weightGradients + (actions[row] * stride);
            biasGradients[actions[row]] += gradient;
            for (nint i = 0; i < stride; i += Width)
            {
                Vector512.MultiplyAddEstimate(g, Vector512.Load(hidden + i), Vector512.Load(w + i)).Store(w + i);
            }

            hidden += stride;
        }
    }

    /// <summary>hiddenGradients[r] = g(r)·U[a(r)].</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Padded hidden units, a multiple of 16.</param>
    /// <param name="actions">a, int32 [rows].</param>
    /// <param name="outputGradients">g, float32 [rows].</param>
    /// <param name="weights">U, float32 [actions × stride].</param>
    /// <param name="hiddenGradients">Receives float32 [rows × stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Propagate(int rows, nint stride, int* actions, float* outputGradients, float* weights, float* hiddenGradients)
    {
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> g = Vector512.Create(outputGradients[row]);
            float* w = weights + (actions[row] * stride);
            for (nint i = 0; i < stride; i += Width)
            {
                (g * Vector512.Load(w + i)).Store(hiddenGradients + i);
            }

            hiddenGradients += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(float* x, float* y, nint length)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (nint i = 0; i < length; i += Width)
        {
            sum = Vector512.MultiplyAddEstimate(Vector512.Load(x + i), Vector512.Load(y + i), sum);
        }

        return Vector512.Sum(sum);
    }
}
