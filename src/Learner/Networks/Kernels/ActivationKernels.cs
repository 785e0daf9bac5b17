using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner;

/// <summary>The nonlinearities and their derivatives, elementwise over whole vectors.</summary>
internal static unsafe class ActivationKernels
{
    private const int Width = 16;

    /// <summary>x ← tanh(x), in place.</summary>
    /// <param name="values">float32 [length].</param>
    /// <param name="length">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tanh(float* values, nint length)
    {
        for (nint i = 0; i < length; i += Width)
        {
            Tanh(Vector512.Load(values + i)).Store(values + i);
        }
    }

    /// <summary>gradients ← gradients ⊙ f′, with f′ written in terms of the activation's output: 1[y &gt; 0], or 1 − y².</summary>
    /// <param name="activation">Which f.</param>
    /// <param name="outputs">y = f(x), float32 [length].</param>
    /// <param name="gradients">∂L/∂y in, ∂L/∂x out, float32 [length].</param>
    /// <param name="length">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyByDerivative(Activation activation, float* outputs, float* gradients, nint length)
    {
        if (activation == Activation.Relu)
        {
            for (nint i = 0; i < length; i += Width)
            {
                Vector512<float> isActive = Vector512.GreaterThan(Vector512.Load(outputs + i), Vector512<float>.Zero);
                (Vector512.Load(gradients + i) & isActive).Store(gradients + i);
            }

            return;
        }

        for (nint i = 0; i < length; i += Width)
        {
            Vector512<float> y = Vector512.Load(outputs + i);
            (Vector512.Load(gradients + i) * (Vector512<float>.One - (y * y))).Store(gradients + i);
        }
    }

    /// <summary>
    /// tanh to a few units in the last place: an odd polynomial near zero, where the exponential form cancels, and
    /// 1 − 2/(e^(2|x|) + 1) elsewhere (the split and the coefficients of Moshier's Cephes, tanhf).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> magnitude = Vector512.Abs(x);
        Vector512<float> square = x * x;
        Vector512<float> polynomial = Vector512.Create(-5.70498872745e-3f);
        polynomial = Vector512.MultiplyAddEstimate(polynomial, square, Vector512.Create(2.06390887954e-2f));
        polynomial = Vector512.MultiplyAddEstimate(polynomial, square, Vector512.Create(-5.37397155531e-2f));
        polynomial = Vector512.MultiplyAddEstimate(polynomial, square, Vector512.Create(1.33314422036e-1f));
        polynomial = Vector512.MultiplyAddEstimate(polynomial, square, Vector512.Create(-3.33332819422e-1f));
        Vector512<float> near = Vector512.MultiplyAddEstimate(polynomial * square, x, x);
        Vector512<float> exponential = Vector512.Exp(magnitude + magnitude);
        Vector512<float> far = Vector512<float>.One - (Vector512.Create(2f) / (exponential + Vector512<float>.One));
        Vector512<float> signedFar = Vector512.CopySign(far, x);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0.625f)), near, signedFar);
    }
}
